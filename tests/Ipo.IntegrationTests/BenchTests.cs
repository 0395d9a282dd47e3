using System.Text.Json;
using Ipo.V1;
using Xunit;

namespace Ipo.IntegrationTests;

/// <summary>The paper's protocols through the command line, on real photographs and on a drawn dataset.</summary>
public sealed class BenchTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ipo-bench-").FullName;
    private RunningSystem _system = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        // A root with CoOp's Caltech-101 by its usual name, and a zip of somebody's own pictures beside it.
        var caltech = Tests.Shared.Path("data/caltech101");
        _system = await RunningSystem.StartAsync(Cancellation, ("IPO_DATASETS", $"{_folder}{Path.PathSeparator}{Path.GetDirectoryName(caltech)}"));
        await BuiltPrograms.DrawAsync(Path.Combine(_folder, "drawn"), Cancellation, "--style", "neon", "--category", "animal", "--count", "10");
        System.IO.Compression.ZipFile.CreateFromDirectory(Path.Combine(_folder, "drawn"), Path.Combine(_folder, "neon.zip"));
        await OkAsync("datasets", "register", caltech);
    }

    public async ValueTask DisposeAsync()
    {
        if (_system is not null) await _system.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Protocols_give_tables_with_the_papers_beside_and_repeat_no_run()
    {
        string[] bench = ["bench", "base-to-novel", "--datasets", "caltech101,neon", "--seeds", "1,2", "--preset", "ipo-paper", "--steps", "2", "--json"];
        var first = await OkAsync(bench);
        var runs = (await _system.Client.Runs.ListRunsAsync(new(), cancellationToken: Cancellation)).Runs;
        var again = await OkAsync(bench);

        Assert.Equal(4, runs.Count);
        Assert.Equal(runs, (await _system.Client.Runs.ListRunsAsync(new(), cancellationToken: Cancellation)).Runs);
        Assert.Equal(first.Output, again.Output);
        Assert.Contains("Run 4 of 4: neon, 1 shot, seed 2: already completed", again.Errors, StringComparison.Ordinal);

        var table = JsonDocument.Parse(first.Output).RootElement;
        Assert.Contains("The checkpoint is ipo-tiny and not OpenAI's CLIP ViT-B/16", table.GetProperty("notes")[0].GetString(), StringComparison.Ordinal);
        var rows = table.GetProperty("rows").EnumerateArray().ToDictionary(row => row.GetProperty("dataset").GetString()!, row => row.GetProperty("cells").EnumerateArray().ToList());
        Assert.Equal(["Caltech101", "neon"], rows.Keys);
        Assert.Equal(0.9653, rows["Caltech101"][6].GetProperty("accuracy").GetDouble(), 6); // IPO in the paper's Table 6
        // What runs found is what scoring the template by itself gives.
        var (onBase, onNovel) = (await EvaluateAsync(EvaluatedClasses.Base), await EvaluateAsync(EvaluatedClasses.Novel));
        Assert.Equal(onBase, rows["Caltech101"][7].GetProperty("accuracy").GetDouble(), 12);
        Assert.Equal(onNovel, rows["Caltech101"][7].GetProperty("novelAccuracy").GetDouble(), 12);
        Assert.Equal(2, rows["Caltech101"][^1].GetProperty("runs").GetInt32());

        var across = await OkAsync("bench", "cross-dataset", "--source", "neon", "--datasets", "caltech101", "--seeds", "1", "--shots", "2", "--steps", "2", "--preset", "ipo-paper");
        Assert.Contains("| method | neon (source) | Caltech101 |", across.Output, StringComparison.Ordinal);

        var published = await OkAsync("bench", "published", Tests.Shared.Path("data/goldens/published_prompts.csv"), "--datasets", "caltech101", "--json");
        var comparison = JsonDocument.Parse(published.Output).RootElement;
        Assert.Equal((13, 132), (comparison.GetProperty("rows").GetArrayLength(), comparison.GetProperty("leftOut").GetArrayLength()));
        Assert.Equal("a photo of a <CLASS>.", comparison.GetProperty("rows")[0].GetProperty("prompt").GetString());
        Assert.Equal(onBase, comparison.GetProperty("rows")[0].GetProperty("measured").GetProperty("base").GetDouble(), 12);
        Assert.Equal(onNovel - 0.94, comparison.GetProperty("rows")[0].GetProperty("difference").GetProperty("novel").GetDouble(), 12);
        Assert.False(comparison.GetProperty("isPaperCheckpoint").GetBoolean());
        foreach (var summary in comparison.GetProperty("summaries").EnumerateArray())
            TestContext.Current.TestOutputHelper!.WriteLine($"{summary.GetProperty("measure")}: mean absolute {summary.GetProperty("meanAbsolute").GetDouble():P2}, largest {summary.GetProperty("largest").GetDouble():P2}");
    }

    private async Task<double> EvaluateAsync(EvaluatedClasses classes) =>
        (await _system.Client.Evaluation.EvaluateTemplatesAsync(new() { Dataset = "caltech101", PromptSets = { new V1.PromptSet { Templates = { "a photo of a <CLASS>." } } }, Split = V1.Split.Test, Classes = classes }, cancellationToken: Cancellation)).Results[0].Score.Accuracy;

    private async Task<CommandResult> OkAsync(params string[] arguments)
    {
        var result = await _system.IpoAsync(Cancellation, arguments);
        Assert.True(result.ExitCode == 0, $"{string.Join(' ', arguments)}\n{result.Output}\n{result.Errors}");
        return result;
    }
}
