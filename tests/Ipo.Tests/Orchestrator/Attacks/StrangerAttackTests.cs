using System.Net;
using System.Text.Json;
using Grpc.Core;
using Ipo.Keys;
using Ipo.Orchestrator.Configuration;
using Ipo.Tests.Fakes;
using Ipo.Tests.Orchestrator.Access;
using Xunit;

namespace Ipo.Tests.Orchestrator.Attacks;

/// <summary>Floods of calls without a token that is taken.</summary>
public sealed class StrangerAttackTests : AccessTest
{
    private const int Most = 20;
    private const int Sent = 400;

    private string AuditFile => Path.Combine(Folder, "state", "audit.jsonl");

    private protected override void Configure(AccessOptions access) => access.Limits.RefusalsPerMinute = Most;

    [Fact]
    public async Task Guessing_tokens_is_counted_told_to_stop_and_written_down_in_a_few_lines()
    {
        using var metrics = new MetricRecorder(Lab.Services);
        var reasons = new List<string>();
        for (var sent = 0; sent < Sent; sent++)
        {
            using var response = await Lab.Http.SendAsync(
                Request(HttpMethod.Get, $"/v1/runs/{new string('x', 3000)}", $"ipo_aaaaaaaaaa_{sent:D64}"), Cancellation);
            reasons.Add(JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancellation)).RootElement
                .GetProperty("details")[0].GetProperty("reason").GetString()!);
            Assert.Equal(reasons[^1] == "TOKEN_INVALID" ? HttpStatusCode.Unauthorized : HttpStatusCode.TooManyRequests, response.StatusCode);
        }
        Assert.All(reasons.Take(Most), reason => Assert.Equal("TOKEN_INVALID", reason));
        // A new minute may have begun once.
        Assert.InRange(reasons.Count(reason => reason == "TOO_MANY_REQUESTS"), Sent - (2 * Most), Sent - Most);
        Assert.Equal(Sent, metrics.Of("ipo.access.refused").Count);

        var lines = await File.ReadAllLinesAsync(AuditFile, Cancellation);
        Assert.InRange(lines.Length, 1, 20);
        Assert.All(lines, line =>
        {
            Assert.InRange(line.Length, 1, 600);
            Assert.DoesNotContain("aaaaaaaaaa", line, StringComparison.Ordinal);
            Assert.Equal("nobody", JsonDocument.Parse(line).RootElement.GetProperty("who").GetString());
        });
    }

    [Fact]
    public async Task Whoever_has_a_token_is_let_in_from_the_same_address_all_the_while()
    {
        var token = KeyFor(Role.Read);
        for (var sent = 0; sent < 3 * Most; sent++)
        {
            var refused = await Assert.ThrowsAsync<RpcException>(async () => await Lab.Client.Runs.ListRunsAsync(new(), cancellationToken: Cancellation));
            Assert.Equal(sent < Most ? StatusCode.Unauthenticated : refused.StatusCode, refused.StatusCode);
            await LetInAsync(token);
        }
        Assert.Equal(
            StatusCode.ResourceExhausted,
            (await Assert.ThrowsAsync<RpcException>(async () => await Lab.Client.Runs.ListRunsAsync(new(), cancellationToken: Cancellation))).StatusCode);
        await LetInAsync(token);
    }

    [Fact]
    public async Task Names_of_thousands_of_letters_are_short_in_the_audit_log()
    {
        var token = KeyFor(Role.Run);
        await RefusedAsync(StatusCode.InvalidArgument, "INVALID_FIELD", async () => await Lab.Client.Runs.CreateRunAsync(
            new() { RunId = new string('x', 1_000_000), Settings = new() { Dataset = new string('y', 1_000_000) } }, Header(token),
            cancellationToken: Cancellation));
        using var denied = await Lab.Http.SendAsync(
            Request(HttpMethod.Delete, $"/v1/runs/{new string('z', 3000)}", KeyFor(Role.Read)), Cancellation);
        Assert.Equal(HttpStatusCode.Forbidden, denied.StatusCode);
        var lines = await File.ReadAllLinesAsync(AuditFile, Cancellation);
        Assert.True(lines.Length >= 3, string.Join('\n', lines));
        Assert.All(lines, line => Assert.InRange(line.Length, 1, 1000));
    }
}
