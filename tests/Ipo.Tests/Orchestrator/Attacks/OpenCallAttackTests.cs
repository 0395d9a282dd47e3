using System.Net;
using Google.Protobuf;
using Grpc.Core;
using Ipo.Keys;
using Ipo.Orchestrator.Configuration;
using Ipo.Tests.Fakes;
using Ipo.Tests.Orchestrator.Access;
using Xunit;

namespace Ipo.Tests.Orchestrator.Attacks;

/// <summary>Whoever was let in holds a call open: when the key is taken away, and in too great a number.</summary>
public sealed class OpenCallAttackTests : AccessTest
{
    private const int MostOpen = 3;

    private readonly TaskCompletionSource _gate = new();

    private string _runner = "";

    private protected override void Configure(AccessOptions access)
    {
        access.CheckInterval = TimeSpan.FromMilliseconds(100);
        access.Limits.OpenRequests = MostOpen;
    }

    private protected override async Task PrepareAsync()
    {
        TinyDataset.Write(Folder, "data/local/tiny");
        Fakes.PromptGen.Instead = async _ => { await _gate.Task; return null; };
        _runner = KeyFor(Role.Run, name: "runner");
        await Lab.Client.Datasets.RegisterDatasetAsync(new() { Path = "tiny" }, Header(_runner), cancellationToken: Cancellation);
        await Lab.Client.Runs.CreateRunAsync(
            new() { RunId = "run", Settings = new() { Dataset = "tiny", Steps = 1, Shots = 1 } }, Header(_runner), cancellationToken: Cancellation);
    }

    [Fact]
    public async Task A_watch_ends_when_its_key_is_revoked_and_that_of_another_key_goes_on()
    {
        var (stolen, other) = (KeyFor(Role.Read, name: "stolen"), KeyFor(Role.Read, name: "other"));
        using var watch = await WatchAsync(stolen);
        using var kept = await WatchAsync(other);
        Revoke("stolen");
        await RefusedAsync(StatusCode.Unauthenticated, "TOKEN_REVOKED", () => ToEndAsync(watch));
        _gate.SetResult();
        await ToEndAsync(kept);
        await LetInAsync(other);
    }

    [Fact]
    public async Task A_watch_ends_when_its_key_is_taken_out_of_the_file_or_the_file_is_damaged()
    {
        var token = KeyFor(Role.Read, name: "gone");
        using var watch = await WatchAsync(token);
        Keys.RemoveAll(key => key.Name == "gone");
        WriteKeys();
        await RefusedAsync(StatusCode.Unauthenticated, "TOKEN_INVALID", () => ToEndAsync(watch));

        using var others = await WatchAsync(_runner);
        await File.WriteAllTextAsync(KeysPath, "{", Cancellation);
        await RefusedAsync(StatusCode.Unavailable, "ACCESS_UNAVAILABLE", () => ToEndAsync(others));
    }

    [Fact]
    public async Task A_watch_ends_when_its_key_or_token_expires_or_has_another_role()
    {
        using (var watch = await WatchAsync(KeyFor(Role.Read, expires: DateTimeOffset.UtcNow.AddSeconds(2), name: "short")))
            await RefusedAsync(StatusCode.Unauthenticated, "TOKEN_EXPIRED", () => ToEndAsync(watch));

        using (var watch = await WatchAsync(KeyFor(Role.Admin, name: "demoted")))
        {
            Change("demoted", key => key with { Role = Role.Read });
            await RefusedAsync(StatusCode.Unauthenticated, "TOKEN_CHANGED", () => ToEndAsync(watch));
        }
    }

    [Theory]
    [InlineData("/v1/runs/run/events")]
    [InlineData("/v1/runs/run:watch")]
    public async Task Over_HTTP_the_stream_ends_with_the_reason_and_a_browser_that_comes_back_is_refused(string path)
    {
        var token = KeyFor(Role.Read, name: "stolen");
        using var response = await Lab.Http.SendAsync(
            Request(HttpMethod.Get, path, token), HttpCompletionOption.ResponseHeadersRead, Cancellation);
        using var body = new StreamReader(await response.Content.ReadAsStreamAsync(Cancellation));
        Assert.NotNull(await body.ReadLineAsync(Cancellation));
        Revoke("stolen");
        var rest = await body.ReadToEndAsync(Cancellation);
        Assert.Contains("TOKEN_REVOKED", rest, StringComparison.Ordinal);
        using var again = await Lab.Http.SendAsync(Request(HttpMethod.Get, path, token), Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, again.StatusCode);
    }

    [Fact]
    public async Task An_upload_that_is_open_ends_when_its_key_is_revoked_and_what_came_is_no_file()
    {
        var token = KeyFor(Role.Run, name: "stolen");
        var sha256 = new string('a', 64);
        using var upload = Lab.Client.Uploads.UploadFiles(Header(token), cancellationToken: Cancellation);
        await upload.RequestStream.WriteAsync(new() { Start = new() { Sha256 = sha256, SizeBytes = 100 } }, Cancellation);
        await upload.RequestStream.WriteAsync(new() { Content = ByteString.CopyFromUtf8("half") }, Cancellation);
        Revoke("stolen");
        await RefusedAsync(StatusCode.Unauthenticated, "TOKEN_REVOKED", async () => await upload);
        var missing = await Lab.Client.Uploads.FindMissingFilesAsync(
            new() { Sha256 = { sha256 } }, Header(_runner), cancellationToken: Cancellation);
        Assert.Equal(sha256, Assert.Single(missing.Files).Sha256);
    }

    [Fact]
    public async Task More_open_calls_than_a_caller_may_have_are_refused_until_one_of_them_ends_and_others_are_let_in()
    {
        var token = KeyFor(Role.Read, name: "greedy");
        var watches = new List<AsyncServerStreamingCall<V1.WatchRunResponse>>();
        for (var open = 0; open < MostOpen; open++) watches.Add(await WatchAsync(token));
        await RefusedAsync(StatusCode.ResourceExhausted, "TOO_MANY_REQUESTS", $"Bearer {token}");
        await LetInAsync(_runner);
        watches[0].Dispose();
        for (var tries = 0; ; tries++)
            try
            {
                await LetInAsync(token);
                break;
            }
            catch (RpcException refused) when (refused.StatusCode == StatusCode.ResourceExhausted && tries < 500) { await Task.Delay(10, Cancellation); }
        foreach (var watch in watches) watch.Dispose();
    }

    private async Task<AsyncServerStreamingCall<V1.WatchRunResponse>> WatchAsync(string token)
    {
        var watch = Lab.Client.Runs.WatchRun(new() { RunId = "run" }, Header(token), cancellationToken: Cancellation);
        Assert.True(await watch.ResponseStream.MoveNext(Cancellation));
        return watch;
    }

    private static async Task ToEndAsync(AsyncServerStreamingCall<V1.WatchRunResponse> watch)
    {
        while (await watch.ResponseStream.MoveNext(Cancellation)) { }
    }

    private void Revoke(string name) => Change(name, key => key with { Revoked = DateTimeOffset.UtcNow });

    private void Change(string name, Func<ApiKey, ApiKey> change)
    {
        var at = Keys.FindIndex(key => key.Name == name);
        Keys[at] = change(Keys[at]);
        WriteKeys();
    }
}
