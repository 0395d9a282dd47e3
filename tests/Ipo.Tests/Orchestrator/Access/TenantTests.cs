using System.Net;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Ipo.Tests.Fakes;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Xunit;
using Role = Ipo.Keys.Role;

namespace Ipo.Tests.Orchestrator.Access;

/// <summary>Two tenants, each with an admin: what one has, the other cannot find, whatever it knows of it.</summary>
public sealed class TenantTests : AccessTest
{
    private static readonly V1.RunSettings Short = new() { Dataset = "tiny", Steps = 1, Shots = 1 };

    private Metadata _mine = null!, _others = null!;
    private string _othersToken = "";

    private protected override async Task PrepareAsync()
    {
        _mine = Header(KeyFor(Role.Admin, "mine"));
        _others = Header(_othersToken = KeyFor(Role.Admin, "others"));
        TinyDataset.Write(Folder, "data/mine/tiny");
        TinyDataset.Write(Folder, "data/others/own");
        await Lab.Client.Datasets.RegisterDatasetAsync(new() { Path = "tiny" }, _mine, cancellationToken: Cancellation);
    }

    [Fact]
    public async Task Anothers_dataset_is_not_found()
    {
        var datasets = Lab.Client.Datasets;
        var image = (await datasets.ListImagesAsync(new() { Name = "tiny" }, _mine, cancellationToken: Cancellation)).Images[0].Sha256;
        Assert.NotEqual(0, (await datasets.GetImageAsync(new() { Name = "tiny", Sha256 = image }, _mine, cancellationToken: Cancellation)).Data.Length);

        Assert.Empty((await datasets.ListDatasetsAsync(new(), _others, cancellationToken: Cancellation)).Datasets);
        var words = await NotFoundAsync("DATASET", async () => await datasets.GetDatasetAsync(new() { Name = "tiny" }, _others));
        Assert.Equal("There is no dataset 'tiny'; none is registered yet.", words);
        await NotFoundAsync("DATASET", async () => await datasets.ListImagesAsync(new() { Name = "tiny" }, _others));
        await NotFoundAsync("DATASET", async () => await datasets.GetImageAsync(new() { Name = "tiny", Sha256 = image }, _others));
        await NotFoundAsync("DATASET", async () => await datasets.GetThumbnailAsync(new() { Name = "tiny", Sha256 = image }, _others));
        await NotFoundAsync("DATASET", async () => await datasets.DeleteDatasetAsync(new() { Name = "tiny" }, _others));
        await NotFoundAsync("DATASET", async () => await Lab.Client.Runs.EstimateRunAsync(new() { Settings = Short }, _others));
        await NotFoundAsync("DATASET", async () => await Lab.Client.Runs.CreateRunAsync(new() { Settings = Short }, _others));
        await NotFoundAsync("DATASET", async () => await Lab.Client.Evaluation.EvaluateTemplatesAsync(
            new()
            {
                Dataset = "tiny",
                PromptSets = { new V1.PromptSet { Templates = { "a photo of a <CLASS>." } } },
                Split = V1.Split.Train,
                Classes = V1.EvaluatedClasses.All,
            }, _others));

        // An image that the browser's tag names is not confirmed either.
        using var request = Request(HttpMethod.Get, $"/v1/datasets/tiny/images/{image}", _othersToken);
        request.Headers.TryAddWithoutValidation("If-None-Match", "*");
        using var cached = await Lab.Http.SendAsync(request, Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, cached.StatusCode);

        // Nor do agents find it.
        await using var agent = await McpClient.CreateAsync(
            new HttpClientTransport(
                new()
                {
                    Endpoint = new Uri(Lab.Http.BaseAddress!, "/mcp"),
                    AdditionalHeaders = new Dictionary<string, string> { ["authorization"] = $"Bearer {_othersToken}" },
                }, Lab.Http), cancellationToken: Cancellation);
        var listed = await agent.CallToolAsync("list_datasets", cancellationToken: Cancellation);
        Assert.DoesNotContain("tiny", Assert.IsType<TextContentBlock>(listed.Content[0]).Text, StringComparison.Ordinal);

        // A dataset of one's own under the same name, with other images, does not have it.
        await datasets.RegisterDatasetAsync(new() { Path = "own", Name = "tiny" }, _others, cancellationToken: Cancellation);
        await NotFoundAsync("IMAGE", async () => await datasets.GetImageAsync(new() { Name = "tiny", Sha256 = image }, _others));
        await datasets.DeleteDatasetAsync(new() { Name = "tiny" }, _others, cancellationToken: Cancellation);
        Assert.NotNull((await datasets.GetDatasetAsync(new() { Name = "tiny" }, _mine, cancellationToken: Cancellation)).Dataset);
    }

    [Theory]
    [InlineData("{0}/data/mine/tiny")]
    [InlineData("../mine/tiny")]
    [InlineData("{0}/data")]
    [InlineData("{0}/data/others/link")]
    [InlineData("link")]
    public async Task Anothers_folder_is_not_read(string path)
    {
        Directory.CreateSymbolicLink(Path.Combine(Folder, "data", "others", "link"), Path.Combine(Folder, "data", "mine", "tiny"));
        await RefusedAsync(StatusCode.InvalidArgument, "INVALID_FIELD", async () => await Lab.Client.Datasets.RegisterDatasetAsync(
            new() { Path = path.Replace("{0}", Folder, StringComparison.Ordinal), Name = "x" }, _others));
        Assert.Equal(
            [Path.Combine(Folder, "data", "others")],
            (await Lab.Client.System.GetSystemAsync(new(), _others, cancellationToken: Cancellation)).DatasetRoots);
    }

    [Fact]
    public async Task Anothers_run_is_not_found_and_its_id_is_free()
    {
        var runs = Lab.Client.Runs;
        await runs.CreateRunAsync(new() { RunId = "first", Settings = Short }, _mine, cancellationToken: Cancellation);
        using (var watch = runs.WatchRun(new() { RunId = "first" }, _mine, cancellationToken: Cancellation))
            while (await watch.ResponseStream.MoveNext(Cancellation)) { }

        Assert.Empty((await runs.ListRunsAsync(new(), _others, cancellationToken: Cancellation)).Runs);
        await NotFoundAsync("RUN", async () => await runs.GetRunAsync(new() { RunId = "first" }, _others));
        using (var watch = runs.WatchRun(new() { RunId = "first" }, _others, cancellationToken: Cancellation))
            await NotFoundAsync("RUN", () => watch.ResponseStream.MoveNext(Cancellation));
        await NotFoundAsync("RUN", async () => await runs.GetProposalsAsync(new() { RunId = "first", Step = 1 }, _others));
        await NotFoundAsync("RUN", async () => await runs.ListDescriptionsAsync(new() { RunId = "first" }, _others));
        await NotFoundAsync("RUN", async () => await runs.FinishRunAsync(new() { RunId = "first" }, _others));
        await NotFoundAsync("RUN", async () => await runs.CancelRunAsync(new() { RunId = "first" }, _others));
        await NotFoundAsync("RUN", async () => await runs.ResumeRunAsync(new() { RunId = "first" }, _others));
        await NotFoundAsync("RUN", async () => await runs.DeleteRunAsync(new() { RunId = "first" }, _others));
        await NotFoundAsync("RUN", async () => await Lab.Client.Reports.GetRunReportAsync(new() { RunId = "first" }, _others));
        using (var export = Lab.Client.Reports.ExportRun(
            new() { RunId = "first", Format = V1.ExportFormat.Candidates }, _others, cancellationToken: Cancellation))
            await NotFoundAsync("RUN", () => export.ResponseStream.MoveNext(Cancellation));
        await NotFoundAsync("RUN", async () => await Lab.Client.Serving.ClassifyImagesAsync(
            new() { RunId = "first", Contents = { ByteString.CopyFromUtf8("image") } }, _others));
        foreach (var path in (string[])["/v1/runs/first/events", "/runs/first/report.md", "/reports/latest.md"])
        {
            using var response = await Lab.Http.SendAsync(Request(HttpMethod.Get, path, _othersToken), Cancellation);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }

        // The same id with other settings: nobody is told that it is taken.
        await Lab.Client.Datasets.RegisterDatasetAsync(new() { Path = "own" }, _others, cancellationToken: Cancellation);
        await runs.CreateRunAsync(
            new() { RunId = "first", Settings = new() { Dataset = "own", Steps = 1, Shots = 2 } }, _others, cancellationToken: Cancellation);
        using (var watch = runs.WatchRun(new() { RunId = "first" }, _others, cancellationToken: Cancellation))
            while (await watch.ResponseStream.MoveNext(Cancellation)) { }
        Assert.Equal("own", (await runs.GetRunAsync(new() { RunId = "first" }, _others, cancellationToken: Cancellation)).Run.Settings.Dataset);
        Assert.Equal("tiny", (await runs.GetRunAsync(new() { RunId = "first" }, _mine, cancellationToken: Cancellation)).Run.Settings.Dataset);
        await runs.DeleteRunAsync(new() { RunId = "first" }, _others, cancellationToken: Cancellation);
        Assert.Single((await runs.ListRunsAsync(new(), _mine, cancellationToken: Cancellation)).Runs);

        // What a provider answered for one is not handed to the other.
        Assert.Equal(["mine", "others"], Fakes.PromptGen.Requests.Select(request => request.KeptFor).Distinct());
        Assert.Equal(["mine", "others"], Fakes.Captioner.KeptFor.Distinct());
    }

    [Fact]
    public async Task A_run_goes_on_for_its_tenant_after_a_restart()
    {
        var gate = new TaskCompletionSource();
        Fakes.PromptGen.Instead = async _ => { await gate.Task; return null; };
        await Lab.Client.Runs.CreateRunAsync(new() { RunId = "long", Settings = Short }, _mine, cancellationToken: Cancellation);
        await OrchestratorLab.UntilAsync(() => !Fakes.PromptGen.Requests.IsEmpty);
        await RestartAsync(() => gate.SetResult());
        var ended = V1.RunState.Unspecified;
        using (var watch = Lab.Client.Runs.WatchRun(new() { RunId = "long" }, _mine, cancellationToken: Cancellation))
            while (await watch.ResponseStream.MoveNext(Cancellation)) ended = watch.ResponseStream.Current.Run.State;
        Assert.Equal(V1.RunState.Completed, ended);
        await NotFoundAsync("RUN", async () => await Lab.Client.Runs.GetRunAsync(new() { RunId = "long" }, _others));
    }

    [Fact]
    public async Task Anothers_upload_is_lacking_whoever_knows_its_digest()
    {
        var (content, half) = (Encoding.UTF8.GetBytes("a picture of mine"), Encoding.UTF8.GetBytes("half of one"));
        await UploadAsync(_mine, content, content.Length);
        await Assert.ThrowsAsync<RpcException>(() => UploadAsync(_mine, half, 4));
        Assert.Equal([(Of(half), 4)], await MissingAsync(_mine, Of(content), Of(half)));

        Assert.Equal([(Of(content), 0), (Of(half), 0)], await MissingAsync(_others, Of(content), Of(half)));
        await NotFoundAsync("UPLOAD", async () => await Lab.Client.Datasets.RegisterDatasetAsync(
            new() { Name = "x", Upload = Of(content) }, _others));
        var manifest = Encoding.UTF8.GetBytes($"{Of(content)}  bird/1.png\n");
        await UploadAsync(_others, manifest, manifest.Length);
        var words = await RefusedAsync(StatusCode.FailedPrecondition, "FAILED_PRECONDITION", async () =>
            await Lab.Client.Datasets.RegisterDatasetAsync(new() { Name = "x", Upload = Of(manifest) }, _others));
        Assert.StartsWith("1 of 1 files of the manifest are lacking", words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Anothers_operation_is_not_found_and_its_id_is_free()
    {
        var operations = Lab.Client.Operations;
        await operations.CreateOperationAsync(
            new() { OperationId = "first", Registration = new() { Path = "tiny" } }, _mine, cancellationToken: Cancellation);
        using (var watch = operations.WatchOperation(new() { OperationId = "first" }, _mine, cancellationToken: Cancellation))
            while (await watch.ResponseStream.MoveNext(Cancellation)) { }
        Assert.Empty((await operations.ListOperationsAsync(new(), _others, cancellationToken: Cancellation)).Operations);
        await NotFoundAsync("OPERATION", async () => await operations.GetOperationAsync(new() { OperationId = "first" }, _others));
        await NotFoundAsync("OPERATION", async () => await operations.CancelOperationAsync(new() { OperationId = "first" }, _others));
        using (var watch = operations.WatchOperation(new() { OperationId = "first" }, _others, cancellationToken: Cancellation))
            await NotFoundAsync("OPERATION", () => watch.ResponseStream.MoveNext(Cancellation));
        var own = await operations.CreateOperationAsync(
            new() { OperationId = "first", Registration = new() { Path = "own" } }, _others, cancellationToken: Cancellation);
        Assert.Equal("own", own.Operation.Registration.Path);
        using (var watch = operations.WatchOperation(new() { OperationId = "first" }, _others, cancellationToken: Cancellation))
            while (await watch.ResponseStream.MoveNext(Cancellation)) own.Operation = watch.ResponseStream.Current.Operation;
        Assert.Equal((V1.OperationState.Succeeded, "own"), (own.Operation.State, own.Operation.Dataset.Name));
        Assert.Equal("tiny", (await operations.GetOperationAsync(new() { OperationId = "first" }, _mine, cancellationToken: Cancellation)).Operation.Dataset.Name);
    }

    [Fact]
    public async Task Looks_at_test_images_are_counted_for_each()
    {
        // The same images, registered by both: neither learns that the other has looked at them.
        foreach (var file in Directory.GetFiles(Path.Combine(Folder, "data", "mine", "tiny"), "*", SearchOption.AllDirectories))
        {
            var copy = file.Replace($"{Path.DirectorySeparatorChar}mine{Path.DirectorySeparatorChar}", $"{Path.DirectorySeparatorChar}others{Path.DirectorySeparatorChar}", StringComparison.Ordinal);
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
        await Lab.Client.Datasets.RegisterDatasetAsync(new() { Path = "tiny" }, _others, cancellationToken: Cancellation);
        foreach (var who in (Metadata[])[_mine, _others])
        {
            await Lab.Client.Runs.CreateRunAsync(new() { RunId = "run", Settings = Short }, who, cancellationToken: Cancellation);
            using (var watch = Lab.Client.Runs.WatchRun(new() { RunId = "run" }, who, cancellationToken: Cancellation))
                while (await watch.ResponseStream.MoveNext(Cancellation)) { }
            var report = await Lab.Client.Reports.GetRunReportAsync(new() { RunId = "run" }, who, cancellationToken: Cancellation);
            Assert.Equal(0, report.Report.TestSeal?.EarlierLooks ?? 0);
        }
    }

    private static Task<string> NotFoundAsync(string kind, Func<Task> call) =>
        RefusedAsync(StatusCode.NotFound, $"{kind}_NOT_FOUND", call);

    private static string Of(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private async Task UploadAsync(Metadata who, byte[] content, int sent)
    {
        using var call = Lab.Client.Uploads.UploadFiles(who, cancellationToken: Cancellation);
        await call.RequestStream.WriteAsync(new() { Start = new() { Sha256 = Of(content), SizeBytes = content.Length } }, Cancellation);
        await call.RequestStream.WriteAsync(new() { Content = ByteString.CopyFrom(content.AsSpan(0, sent)) }, Cancellation);
        await call.RequestStream.CompleteAsync();
        await call;
    }

    private async Task<IEnumerable<(string Sha256, long ReceivedBytes)>> MissingAsync(Metadata who, params string[] digests) =>
        (await Lab.Client.Uploads.FindMissingFilesAsync(new() { Sha256 = { digests } }, who, cancellationToken: Cancellation)).Files
            .Select(file => (file.Sha256, file.ReceivedBytes)).ToList();
}
