using System.Text;
using System.Text.Json;
using Grpc.Core;
using Ipo.Keys;
using Ipo.Orchestrator.Configuration;
using ModelContextProtocol.Client;
using Xunit;
using Role = Ipo.Keys.Role;

namespace Ipo.Tests.Orchestrator.Access;

public sealed class AuditTests : AccessTest
{
    private string AuditPath => Path.Combine(Folder, "audit", "log.jsonl");

    private protected override void Configure(AccessOptions access) => access.AuditFile = AuditPath;

    private protected override Task PrepareAsync()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(AuditPath)!);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Who_did_what_stands_there_and_no_secret()
    {
        var (run, admin) = (KeyFor(Role.Run, "birds", name: "builder"), KeyFor(Role.Admin, "birds"));
        await RefusedAsync(StatusCode.PermissionDenied, "ROLE_LACKING", async () =>
            await Lab.Client.Runs.DeleteRunAsync(new() { RunId = "x" }, Header(run), cancellationToken: Cancellation));
        await RefusedAsync(StatusCode.NotFound, "RUN_NOT_FOUND", async () =>
            await Lab.Client.Runs.DeleteRunAsync(new() { RunId = "a\nb" }, Header(admin), cancellationToken: Cancellation));
        await LetInAsync(run); // it reads, and is not written down
        using var put = await Lab.Http.SendAsync(
            Request(HttpMethod.Put, $"/v1/uploads/{new string('0', 64)}", run, new StringContent("canary", Encoding.UTF8)), Cancellation);
        await using (var agent = await McpClient.CreateAsync(
            new HttpClientTransport(
                new()
                {
                    Endpoint = new Uri(Lab.Http.BaseAddress!, "/mcp"),
                    AdditionalHeaders = new Dictionary<string, string> { ["authorization"] = $"Bearer {run}" },
                }, Lab.Http), cancellationToken: Cancellation))
            await agent.CallToolAsync("start_run", new Dictionary<string, object?> { ["dataset"] = "gone" }, cancellationToken: Cancellation);

        var text = await File.ReadAllTextAsync(AuditPath, Cancellation);
        Assert.Equal(
            [
                "builder birds POST /ipo.v1.RunService/DeleteRun ROLE_LACKING {}",
                "tester birds ipo.v1.RunService/DeleteRun BEGUN {\"run_id\":\"a\\nb\"}",
                "tester birds ipo.v1.RunService/DeleteRun RUN_NOT_FOUND {\"run_id\":\"a\\nb\"}",
                $"builder birds PUT /v1/uploads/{{sha256}} BEGUN {{\"sha256\":\"{new string('0', 64)}\"}}",
                $"builder birds PUT /v1/uploads/{{sha256}} INVALID_CONTENT {{\"sha256\":\"{new string('0', 64)}\"}}",
                "builder birds mcp start_run BEGUN {\"dataset\":\"gone\"}",
                "builder birds mcp start_run DATASET_NOT_FOUND {\"dataset\":\"gone\"}",
            ],
            text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)
                .Select(line => $"{line.GetProperty("name")} {line.GetProperty("tenant")} {line.GetProperty("call")} "
                    + $"{line.GetProperty("outcome")} {line.GetProperty("resource").GetRawText()}"));
        Assert.Contains($"\"who\":\"{Keys[0].Id}\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain(ApiKey.Parse(run)!.Value.Secret, text, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_written_down_is_not_done_and_reading_goes_on()
    {
        var run = KeyFor(Role.Run);
        Directory.Delete(Path.GetDirectoryName(AuditPath)!);
        await RefusedAsync(StatusCode.Unavailable, "AUDIT_FAILED", async () => await Lab.Client.Operations.CreateOperationAsync(
            new() { OperationId = "op", Registration = new() { Path = "x" } }, Header(run), cancellationToken: Cancellation));
        Assert.Empty((await Lab.Client.Operations.ListOperationsAsync(new(), Header(run), cancellationToken: Cancellation)).Operations);
        using var put = await Lab.Http.SendAsync(
            Request(HttpMethod.Put, $"/v1/uploads/{new string('0', 64)}", run, new StringContent("canary", Encoding.UTF8)), Cancellation);
        Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, put.StatusCode);
    }
}
