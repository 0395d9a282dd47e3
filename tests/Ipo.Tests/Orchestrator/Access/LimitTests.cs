using System.Net;
using System.Security.Cryptography;
using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using Ipo.Keys;
using Ipo.Orchestrator.Configuration;
using Ipo.Tests.Fakes;
using Xunit;

namespace Ipo.Tests.Orchestrator.Access;

public sealed class LimitTests : AccessTest
{
    private static readonly V1.RunSettings Short = new() { Dataset = "tiny", Steps = 1, Shots = 1 };

    private protected override async Task PrepareAsync()
    {
        TinyDataset.Write(Folder, "data/local/tiny"); // 40 images
        await Lab.Client.Datasets.RegisterDatasetAsync(new() { Path = "tiny" }, Header(KeyFor(Role.Run)), cancellationToken: Cancellation);
    }

    private protected override void Configure(AccessOptions access)
    {
        access.Limits.RequestsPerSecond = 20; // and 40 at once
        access.Limits.RunningRuns = 1;
        access.Limits.ImagesPerDay = 41;
        access.Limits.UploadBytesPerDay = 100;
        access.Limits.MicroUsdPerDay = 5;
    }

    [Fact]
    public async Task Who_sends_too_many_requests_is_told_when_to_come_again_and_nobody_else_is()
    {
        var (busy, other) = (KeyFor(Role.Read, name: "busy"), KeyFor(Role.Read, name: "other"));
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => OutcomeAsync(busy)));
        Assert.InRange(answers.Count(answer => answer is null), 40, 100);
        var refused = answers.OfType<RpcException>().First();
        Assert.Equal((StatusCode.ResourceExhausted, "TOO_MANY_REQUESTS"), (refused.StatusCode, refused.GetRpcStatus()!.GetDetail<ErrorInfo>().Reason));
        Assert.Equal(1, refused.GetRpcStatus()!.GetDetail<RetryInfo>().RetryDelay.Seconds);
        await LetInAsync(other);
        using var http = await Lab.Http.SendAsync(Request(HttpMethod.Get, "/v1/runs", other), Cancellation);
        Assert.Equal(HttpStatusCode.OK, http.StatusCode);

        async Task<RpcException?> OutcomeAsync(string token)
        {
            try { await LetInAsync(token); return null; }
            catch (RpcException refused) { return refused; }
        }
    }

    [Fact]
    public async Task A_second_run_waits_for_the_first_of_the_same_caller_alone()
    {
        var gate = new TaskCompletionSource();
        Fakes.PromptGen.Instead = async _ => { await gate.Task; return null; };
        var (one, other) = (Header(KeyFor(Role.Run, name: "one")), Header(KeyFor(Role.Run, name: "other")));
        await Lab.Client.Runs.CreateRunAsync(new() { RunId = "first", Settings = Short }, one, cancellationToken: Cancellation);
        await QuotaAsync("1 of your runs are running, and 1 may", async () =>
            await Lab.Client.Runs.CreateRunAsync(new() { RunId = "second", Settings = Short }, one, cancellationToken: Cancellation));
        // The same run asked for again is no second one.
        await Lab.Client.Runs.CreateRunAsync(new() { RunId = "first", Settings = Short }, one, cancellationToken: Cancellation);
        await Lab.Client.Runs.CreateRunAsync(new() { RunId = "others", Settings = Short }, other, cancellationToken: Cancellation);
        gate.SetResult();
    }

    [Fact]
    public async Task What_runs_cost_counts_and_is_remembered_over_a_restart()
    {
        Fakes.PromptGen.Proposer = new() { Name = "ipo", Model = "paid", Paid = true, SeesImages = true }; // 7 a call
        var who = Header(KeyFor(Role.Run));
        await Lab.Client.Runs.CreateRunAsync(new() { RunId = "first", Settings = Short }, who, cancellationToken: Cancellation);
        using (var watch = Lab.Client.Runs.WatchRun(new() { RunId = "first" }, who, cancellationToken: Cancellation))
            while (await watch.ResponseStream.MoveNext(Cancellation)) { }
        await RestartAsync(() => { });
        await QuotaAsync("The millionths of a US dollar of today are used up", async () =>
            await Lab.Client.Runs.CreateRunAsync(new() { RunId = "second", Settings = Short }, who, cancellationToken: Cancellation));
    }

    [Fact]
    public async Task Images_and_bytes_count_by_the_day()
    {
        var who = Header(KeyFor(Role.Run)); // of the name that registered 40 images
        await QuotaAsync("The images of today are used up: 40 of 41", async () => await Lab.Client.Serving.ClassifyImagesAsync(
            new() { RunId = "x", Contents = { ByteString.CopyFromUtf8("a"), ByteString.CopyFromUtf8("b") } }, who, cancellationToken: Cancellation));
        await UploadAsync(new byte[60]);
        await QuotaAsync("The bytes of uploads of today are used up: 60 of 100", () => UploadAsync(new byte[41]));
        await UploadAsync(new byte[40]);
        using var form = new MultipartFormDataContent { { new ByteArrayContent(new byte[1]), "file", "a.png" } };
        using var http = await Lab.Http.SendAsync(Request(HttpMethod.Post, "/v1/uploads", KeyFor(Role.Run), form), Cancellation);
        Assert.Equal(HttpStatusCode.TooManyRequests, http.StatusCode);

        async Task UploadAsync(byte[] content)
        {
            using var call = Lab.Client.Uploads.UploadFiles(who, cancellationToken: Cancellation);
            var digest = Convert.ToHexStringLower(SHA256.HashData(content));
            await call.RequestStream.WriteAsync(new() { Start = new() { Sha256 = digest, SizeBytes = content.Length } }, Cancellation);
            await call.RequestStream.WriteAsync(new() { Content = ByteString.CopyFrom(content) }, Cancellation);
            await call.RequestStream.CompleteAsync();
            await call;
        }
    }

    private static async Task QuotaAsync(string words, Func<Task> call) => Assert.StartsWith(
        words, await RefusedAsync(StatusCode.ResourceExhausted, "QUOTA_REACHED", call), StringComparison.Ordinal);
}
