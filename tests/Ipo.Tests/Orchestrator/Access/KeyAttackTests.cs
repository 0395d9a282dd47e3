using System.Net;
using System.Text.Json;
using Grpc.Core;
using Ipo.Keys;
using Xunit;

namespace Ipo.Tests.Orchestrator.Access;

public sealed class KeyAttackTests : AccessTest
{
    [Fact]
    public async Task A_key_is_let_in()
    {
        await LetInAsync(KeyFor(Role.Read));
        await LetInAsync(KeyFor(Role.Read, expires: DateTimeOffset.UtcNow.AddHours(1)));
    }

    [Fact]
    public Task Without_a_token_nobody_is() => RefusedAsync(
        StatusCode.Unauthenticated, "TOKEN_MISSING",
        async () => await Lab.Client.Runs.ListRunsAsync(new(), cancellationToken: Cancellation));

    [Theory]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Basic dXNlcjpwYXNz")]
    [InlineData("Bearer ipo_")]
    [InlineData("Bearer ipo__")]
    [InlineData("Bearer ipo_aaaaaaaaaa_0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("Bearer a.b.c")]
    [InlineData("Bearer ../../etc/passwd")]
    [InlineData("Bearer null")]
    public Task What_is_no_token_is_refused(string header) => RefusedAsync(StatusCode.Unauthenticated, "TOKEN_INVALID", header);

    [Fact]
    public async Task An_id_without_its_secret_is_refused_in_the_same_words_as_an_unknown_one()
    {
        var id = KeyFor(Role.Admin).Split('_')[1];
        var known = await RefusedAsync(StatusCode.Unauthenticated, "TOKEN_INVALID", $"Bearer ipo_{id}_{new string('0', 64)}");
        var unknown = await RefusedAsync(StatusCode.Unauthenticated, "TOKEN_INVALID", $"Bearer ipo_0000000000_{new string('0', 64)}");
        Assert.Equal(unknown, known);
        // The file's digest is not the secret.
        await RefusedAsync(StatusCode.Unauthenticated, "TOKEN_INVALID", $"Bearer ipo_{id}_{Keys[^1].Sha256}");
    }

    [Fact]
    public Task Two_tokens_are_none() => RefusedAsync(
        StatusCode.Unauthenticated, "TOKEN_INVALID", async () => await Lab.Client.Runs.ListRunsAsync(
            new(), new Metadata { { "authorization", $"Bearer {KeyFor(Role.Read)}" }, { "authorization", $"Bearer {KeyFor(Role.Admin)}" } },
            cancellationToken: Cancellation));

    [Fact]
    public Task An_expired_key_is_refused() => RefusedAsync(
        StatusCode.Unauthenticated, "TOKEN_EXPIRED", $"Bearer {KeyFor(Role.Admin, expires: DateTimeOffset.UtcNow.AddSeconds(-1))}");

    [Fact]
    public async Task A_key_is_refused_from_the_moment_that_the_file_revokes_it_and_the_next_one_of_its_caller_is_not()
    {
        var old = KeyFor(Role.Run);
        var next = KeyFor(Role.Run);
        await LetInAsync(old);
        await LetInAsync(next);
        Keys[0] = Keys[0] with { Revoked = DateTimeOffset.UtcNow };
        WriteKeys();
        await RefusedAsync(StatusCode.Unauthenticated, "TOKEN_REVOKED", $"Bearer {old}");
        await LetInAsync(next);
        Keys.RemoveAt(0);
        WriteKeys();
        await RefusedAsync(StatusCode.Unauthenticated, "TOKEN_INVALID", $"Bearer {old}");
        await LetInAsync(next);
    }

    [Fact]
    public async Task A_stream_that_was_refused_says_so_and_a_link_that_moves_is_followed_as_Kubernetes_moves_it()
    {
        var token = KeyFor(Role.Read);
        await LetInAsync(token);
        var (first, second) = (Path.Combine(Folder, "..1"), Path.Combine(Folder, "..2"));
        Directory.CreateDirectory(first);
        Directory.CreateDirectory(second);
        File.Move(KeysPath, Path.Combine(first, "keys.json"));
        KeysFile.Write(Path.Combine(second, "keys.json"), []);
        Directory.CreateSymbolicLink(Path.Combine(Folder, "..data"), "..1");
        File.CreateSymbolicLink(KeysPath, Path.Combine("..data", "keys.json"));
        await LetInAsync(token);
        Directory.Delete(Path.Combine(Folder, "..data"));
        Directory.CreateSymbolicLink(Path.Combine(Folder, "..data"), "..2");
        await RefusedAsync(StatusCode.Unauthenticated, "TOKEN_INVALID", $"Bearer {token}");
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_lets_nobody_in()
    {
        var token = KeyFor(Role.Admin);
        await LetInAsync(token);
        var whole = await File.ReadAllTextAsync(KeysPath, Cancellation);
        await File.WriteAllTextAsync(KeysPath, whole[..^10], Cancellation);
        await RefusedAsync(StatusCode.Unavailable, "ACCESS_UNAVAILABLE", $"Bearer {token}");
        File.Delete(KeysPath);
        await RefusedAsync(StatusCode.Unavailable, "ACCESS_UNAVAILABLE", $"Bearer {token}");
        await File.WriteAllTextAsync(KeysPath, whole, Cancellation);
        await LetInAsync(token);
    }

    [Theory]
    [InlineData("/v1/runs?access_token={0}")]
    [InlineData("/v1/runs?token={0}")]
    [InlineData("/v1/runs?api_key=x")]
    [InlineData("/v1/runs?page_token={0}")]
    [InlineData("/v1/runs/x/events?access_token={0}")]
    public async Task A_token_in_the_address_is_refused_also_beside_a_good_one(string path)
    {
        var token = KeyFor(Role.Admin);
        foreach (var header in (string?[])[null, token])
        {
            using var response = await Lab.Http.SendAsync(
                Request(HttpMethod.Get, string.Format(null, System.Text.CompositeFormat.Parse(path), token), header), Cancellation);
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
            Assert.Equal("TOKEN_IN_QUERY", await ReasonAsync(response));
        }
    }

    [Fact]
    public async Task Over_HTTP_the_refusal_is_JSON_and_names_the_scheme()
    {
        using var response = await Lab.Http.GetAsync("/v1/runs", Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("Bearer", response.Headers.WwwAuthenticate.Single().Scheme);
        Assert.Equal("TOKEN_MISSING", await ReasonAsync(response));
    }

    [Theory]
    [InlineData("/openapi/v1.json")]
    [InlineData("/api/index.html")]
    [InlineData("/protos.zip")]
    public async Task The_contract_is_open_to_everybody(string path)
    {
        using var response = await Lab.Http.GetAsync(path, Cancellation);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static async Task<string?> ReasonAsync(HttpResponseMessage response) =>
        JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancellation)).RootElement
            .GetProperty("details")[0].GetProperty("reason").GetString();
}
