using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Grpc.Core;
using Ipo.Optimization.Templates;
using Ipo.Orchestrator.Reports.Exports;
using Ipo.Tests.Fakes;
using Ipo.V1;
using Xunit;

namespace Ipo.Tests.Orchestrator.Reports.Exports;

public sealed class RunExportsTests : OrchestratorTest
{
    private RunReport _report = null!;

    private string Winner => Assert.Single(_report.Winner.Templates);

    private protected override async Task PrepareAsync()
    {
        TinyDataset.Write(Folder, "data/tiny");
        await Lab.RegisterAsync("tiny");
        await Client.Runs.CreateRunAsync(
            new() { RunId = "run", Settings = new() { Dataset = "tiny", Preset = "ipo-paper", Steps = 2, Shots = 2, Proposers = { new V1.ProposerChoice { Name = "evolve" } } } },
            cancellationToken: Cancellation);
        await Lab.EndAsync("run");
        _report = (await Client.Reports.GetRunReportAsync(new() { RunId = "run" }, cancellationToken: Cancellation)).Report;
    }

    [Fact]
    public async Task The_winner_goes_out_as_templates_and_prompts()
    {
        // Else a file of the baseline would look like the winner's.
        Assert.NotEqual(PromptTemplate.Baseline.Text, Winner);
        Assert.Equal(
            [Winner.Replace("<CLASS>", "{}", StringComparison.Ordinal)],
            JsonSerializer.Deserialize<string[]>((await ExportAsync(ExportFormat.OpenClip))[""])!);
        var (dataset, templates) =
            Assert.Single(JsonSerializer.Deserialize<Dictionary<string, string[]>>((await ExportAsync(ExportFormat.ClipBenchmark))[""])!);
        Assert.Equal(("tiny", Winner.Replace("<CLASS>", "{c}", StringComparison.Ordinal)), (dataset, Assert.Single(templates)));
        var prompts = JsonSerializer.Deserialize<Dictionary<string, string[]>>((await ExportAsync(ExportFormat.Cupl))[""])!;
        Assert.Equal(["kind a", "kind b"], prompts.Keys);
        Assert.All(prompts,
            one => Assert.Equal(Winner.Replace("<CLASS>", one.Key, StringComparison.Ordinal), Assert.Single(one.Value)));
        Assert.Equal(
            ["kind a", "kind b", "kind c", "kind d"],
            JsonSerializer.Deserialize<Dictionary<string, string[]>>((await ExportAsync(ExportFormat.Cupl, all: true))[""])!.Keys);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(V1.ServedPrompts.Winner)]
    [InlineData(V1.ServedPrompts.Baseline)]
    public async Task An_export_says_which_prompts_and_classes_it_holds(V1.ServedPrompts? asked)
    {
        var request = new V1.ExportRunRequest { RunId = "run", Format = ExportFormat.Cupl };
        if (asked is { } prompts) request.Prompts = prompts;
        using var export = Client.Reports.ExportRun(request, cancellationToken: Cancellation);
        var chunks = new List<V1.ExportRunResponse>();
        await foreach (var chunk in export.ResponseStream.ReadAllAsync(Cancellation)) chunks.Add(chunk);
        Assert.All(chunks.Skip(1), chunk => Assert.Null(chunk.Exported));
        var exported = chunks[0].Exported;
        var expected = asked switch
        {
            V1.ServedPrompts.Winner => _report.Winner,
            V1.ServedPrompts.Baseline => _report.BaselineEvaluation.PromptSet,
            _ => _report.Verdict.Judgement is V1.Judgement.Better ? _report.Winner : _report.BaselineEvaluation.PromptSet,
        };
        Assert.Equal((expected, expected.Equals(_report.BaselineEvaluation.PromptSet)), (exported.PromptSet, exported.IsBaseline));
        Assert.Equal(["kind a", "kind b"], exported.ClassNames);
        Assert.Equal(["kind c", "kind d"], exported.ClassesLeftOut);
    }

    [Fact]
    public void A_large_file_goes_out_in_pieces_of_a_mebibyte_that_join_to_it()
    {
        // Numbers of four bytes that count: no piece is like another.
        var content = Enumerable.Range(0, 5 * 128 * 1024).SelectMany(BitConverter.GetBytes).ToArray();
        var chunks = RunExports.Chunks(new(".npy", content)).ToList();
        Assert.Equal([1024 * 1024, 1024 * 1024, 512 * 1024], chunks.Select(chunk => chunk.Content.Length));
        Assert.All(chunks, chunk => Assert.Equal(".npy", chunk.Suffix));
        Assert.True(content.AsSpan().SequenceEqual(chunks.SelectMany(chunk => chunk.Content).ToArray()));
    }

    [Theory]
    [InlineData(ExportFormat.Npy, false, 2)]
    [InlineData(ExportFormat.Npy, true, 4)]
    [InlineData(ExportFormat.Safetensors, true, 4)]
    public async Task Weights_are_the_embeddings_of_each_classes_prompt_with_the_names_beside(ExportFormat format, bool all, int classes)
    {
        var files = await ExportAsync(format, all);
        var names = JsonSerializer.Deserialize<string[]>(files[".classes.json"])!;
        Assert.Equal(classes, names.Length);
        var data = files[""][^(4 * 4 * classes)..];
        for (var label = 0; label < classes; label++)
        {
            var column = Enumerable.Range(0, 4).Select(at => BitConverter.ToSingle(data, 4 * ((at * classes) + label))).ToArray();
            Assert.Equal(FakeScorer.TextEmbedding(Winner.Replace("<CLASS>", names[label], StringComparison.Ordinal)), column);
            Assert.Equal(1, column.Sum(number => number * number), 1e-6);
        }
    }

    [Fact]
    public async Task Weights_of_another_checkpoint_are_refused()
    {
        Fakes.Scorer.Model = new(Fakes.Scorer.Model) { Name = "other-clip", Digest = new string('d', 64) };
        var refusal = await Assert.ThrowsAsync<RpcException>(() => ExportAsync(ExportFormat.Npy));
        Assert.Equal(StatusCode.FailedPrecondition, refusal.StatusCode);
        Assert.Contains("clip-scorer now runs other-clip", refusal.Status.Detail, StringComparison.Ordinal);
        Assert.NotEmpty(await ExportAsync(ExportFormat.OpenClip)); // which needs no checkpoint
    }

    [Fact]
    public async Task Weights_of_the_same_checkpoint_at_another_precision_are_refused()
    {
        Fakes.Scorer.Model = new(Fakes.Scorer.Model) { Precision = "fp16" };
        var refusal = await Assert.ThrowsAsync<RpcException>(() => ExportAsync(ExportFormat.Npy));
        Assert.Equal(StatusCode.FailedPrecondition, refusal.StatusCode);
        Assert.Contains("(fp16), and run 'run' was made with fake-clip", refusal.Status.Detail, StringComparison.Ordinal);
        Assert.EndsWith("(fp32). Start it with that checkpoint.", refusal.Status.Detail, StringComparison.Ordinal);
        Assert.Equal("CHECKPOINT_CHANGED", refusal.GetRpcStatus()!.GetDetail<Google.Rpc.ErrorInfo>().Reason);
    }

    [Fact]
    public async Task The_report_carries_what_it_rests_on_with_checksums_that_anyone_can_repeat()
    {
        var file = (await ExportAsync(ExportFormat.Report))[""];
        var json = JsonDocument.Parse(file).RootElement;
        Assert.Equal("ipo-report-1", json.GetProperty("format").GetString());
        foreach (var part in new[] { "inputs", "report" })
            Assert.Equal(Sha256(json.GetProperty(part).GetRawText()), json.GetProperty($"{part}_sha256").GetString());

        var inputs = json.GetProperty("inputs");
        Assert.Equal(Sha256(inputs.GetProperty("settings").GetRawText()), inputs.GetProperty("settings_sha256").GetString());
        Assert.Equal(
            (_report.Dataset.Digest, _report.Run.Model.Digest),
            (inputs.GetProperty("dataset_digest").GetString(), inputs.GetProperty("checkpoint_digest").GetString()));
        Assert.Equal(Sha256("kind a\nkind b\nkind c\nkind d\n"), inputs.GetProperty("class_names_sha256").GetString());
        Assert.Equal(
            Sha256(string.Concat(Lab.ImagesOf("tiny").Select(image => $"{image.Split} {image.Label} {image.Sha256}\n"))),
            inputs.GetProperty("images_sha256").GetString());
        Assert.Equal(["evolve rules 1"], inputs.GetProperty("proposers").EnumerateArray().Select(proposer => proposer.GetString()));
        var prepared = (await Lab.Book.GetAsync("run", Cancellation)).State.Prepared!;
        Assert.Equal(
            Sha256(string.Concat(prepared.SearchImages.Select(image => $"{image.Label} {image.Sha256}\n"))),
            inputs.GetProperty("search_images_sha256").GetString());

        // The report in it is the report.
        var again = Google.Protobuf.JsonParser.Default.Parse<RunReport>(json.GetProperty("report").GetRawText());
        Assert.Equal(_report.Winner, again.Winner);
        Assert.Equal(_report.Trajectory, again.Trajectory);
        Assert.Equal(file, (await ExportAsync(ExportFormat.Report))[""]);
    }

    [Fact]
    public async Task A_changed_image_changes_the_checksum_of_the_inputs()
    {
        var before = JsonDocument.Parse((await ExportAsync(ExportFormat.Report))[""]).RootElement.GetProperty("inputs");
        Folder.Write("data/tiny/kind_d/09.png", TinyDataset.Image("another"));
        await Lab.RegisterAsync("tiny");
        await Client.Runs.CreateRunAsync(
            new()
            {
                RunId = "again",
                Settings = new() { Dataset = "tiny", Preset = "ipo-paper", Steps = 2, Shots = 2, Proposers = { new V1.ProposerChoice { Name = "evolve" } } }
            },
                    cancellationToken: Cancellation);
        await Lab.EndAsync("again");
        var after = JsonDocument.Parse((await ExportAsync(ExportFormat.Report, run: "again"))[""]).RootElement.GetProperty("inputs");
        Assert.NotEqual(before.GetProperty("images_sha256").GetString(), after.GetProperty("images_sha256").GetString());
        Assert.Equal(before.GetProperty("settings_sha256").GetString(), after.GetProperty("settings_sha256").GetString());
    }

    [Fact]
    public async Task No_format_and_no_run_are_refused()
    {
        var refusal = await Assert.ThrowsAsync<RpcException>(() => ExportAsync(ExportFormat.Unspecified));
        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        Assert.StartsWith("format is 0; it takes open_clip, clip_benchmark, ", refusal.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(
            StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => ExportAsync(ExportFormat.Npy, run: "nobody"))).StatusCode);
    }

    private async Task<Dictionary<string, byte[]>> ExportAsync(ExportFormat format, bool all = false, string run = "run")
    {
        var files = new Dictionary<string, byte[]>();
        using var export = Client.Reports.ExportRun(new() { RunId = run, Format = format, AllClasses = all, Prompts = V1.ServedPrompts.Winner }, cancellationToken: Cancellation);
        await foreach (var chunk in export.ResponseStream.ReadAllAsync(Cancellation))
            if (chunk.Progress is { } now) _progress = now;
            else files[chunk.Suffix] = [.. files.GetValueOrDefault(chunk.Suffix, []), .. chunk.Content];
        return files;
    }

    private V1.ExportProgress? _progress;

    [Fact]
    public async Task Weights_end_their_progress_when_every_prompt_is_embedded()
    {
        await ExportAsync(ExportFormat.Npy);
        Assert.NotNull(_progress);
        Assert.Equal(_progress.Prompts, _progress.PromptsDone);
        Assert.True(_progress.Prompts > 0);
    }

    private static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
