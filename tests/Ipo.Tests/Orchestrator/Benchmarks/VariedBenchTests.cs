using Xunit;

namespace Ipo.Tests.Orchestrator.Benchmarks;

/// <summary>Benchmarks whose table is over settings, checkpoints or models.</summary>
public sealed class VariedBenchTests : BenchTest
{
    [Fact]
    public async Task Varied_settings_stand_in_one_table_beside_the_papers_rows()
    {
        await RegisterAsync("eurosat");
        await RegisterAsync("dtd");
        var bench = new V1.Bench
        {
            Protocol = V1.BenchProtocol.BaseToNovel,
            Datasets = { "eurosat", "dtd" },
            Seeds = { 1 },
            Settings = Settings,
            Variants = { new V1.RunSettings { MemorySize = 1 }, new V1.RunSettings { MemorySize = 5 } },
        };
        var plan = await PlanAsync(bench);
        Assert.Equal(
            [("eurosat", "memory 1", 1), ("eurosat", "memory 5", 5), ("dtd", "memory 1", 1), ("dtd", "memory 5", 5)],
            plan.Runs.Select(run => (run.Settings.Dataset, run.Variant, run.Settings.MemorySize)));
        Assert.All(plan.Runs, run => Assert.Equal(Settings.Steps, run.Settings.Steps));
        var reports = await RunAsync(bench);
        var (table, _) = await TabulateAsync(bench);

        Assert.Equal("Base-to-novel, 1 shot, over memory", table.Title);
        Assert.Equal(["IPO; memory 0", "IPO; memory 1", "IPO; memory 5", "IPO; memory 10", "IPO; memory 20", "IPO; memory 50", "IPO; memory 100", "baseline", "found, memory 1", "found, memory 5"], table.Columns.Select(column => column.Method));
        Assert.Equal(["EuroSAT", "dtd", "mean of 2", "mean of the paper's 11"], table.Rows.Select(row => row.Dataset));
        Assert.Equal([reports[0].WinnerEvaluation.TestBase.Accuracy, reports[1].WinnerEvaluation.TestBase.Accuracy], table.Rows[0].Cells.TakeLast(2).Select(cell => cell.Accuracy));
        Assert.Equal([reports[3].Run.RunId], table.Rows[1].Cells[^1].RunIds);
        Assert.Equal((table.Rows[0].Cells[^1].NovelAccuracy + table.Rows[1].Cells[^1].NovelAccuracy) / 2, table.Rows[2].Cells[^1].NovelAccuracy, 12);
        Assert.Equal((0.7095, true), (table.Rows[3].Cells[2].Accuracy, !table.Rows[3].Cells[^1].HasAccuracy));
        Assert.Equal((Fakes.Scorer.Model.Digest, null), (table.Columns[^1].Checkpoint.Digest, table.Columns[0].Checkpoint));
        Assert.Contains("| method | EuroSAT | dtd | mean of 2 | mean of the paper's 11 |", table.Markdown, StringComparison.Ordinal);
        Assert.Contains("| IPO; memory 5 (paper, Table 15) | – | – | – | 70.95 / 76.21 / 73.49 |", table.Markdown, StringComparison.Ordinal);
        Assert.Contains("| found, memory 5 (here) | ", table.Markdown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_numbers_of_shots_make_the_papers_table_7()
    {
        await RegisterAsync("eurosat");
        var bench = new V1.Bench { Protocol = V1.BenchProtocol.BaseToNovel, Datasets = { "eurosat" }, Seeds = { 1 }, Shots = { 1, 16 }, Settings = Settings };
        await RunAsync(bench);
        var (table, _) = await TabulateAsync(bench);
        Assert.Equal("Base-to-novel, 1, 16 shots", table.Title);
        Assert.Equal(["IPO; 1 shot", "IPO; 16 shots", "baseline", "found, 1 shot", "found, 16 shots"], table.Columns.Skip(6).Select(column => column.Method));
        Assert.Contains("| IPO; 16 shots (paper, Table 7) | – | 79.92 / 80.51 / 80.21 |", table.Markdown, StringComparison.Ordinal);
        Assert.Contains(table.Notes, note => note.StartsWith("IPO's 16-shot figures in the paper contradict", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_bench_that_is_repeated_with_another_checkpoint_has_both_in_its_table()
    {
        await RegisterAsync("eurosat");
        var bench = new V1.Bench { Protocol = V1.BenchProtocol.BaseToNovel, Datasets = { "eurosat" }, Seeds = { 1, 2 }, Settings = Settings };
        Fakes.Captioner.Facts.Captioner.Model = "fake-clip"; // as the embedded one's is the scorer's
        var first = await RunAsync(bench);
        Fakes.Scorer.Model = new(Fakes.Scorer.Model) { Name = "other-clip", Digest = new string('d', 64) };
        Fakes.Captioner.Facts.Captioner.Model = "other-clip";
        bench.Seeds.RemoveAt(1);
        await RunAsync(bench);
        bench.Seeds.Add(2);
        // What the loaded one lacks is missing, and the earlier one is whole.
        Assert.Single((await TabulateAsync(bench)).Table.LeftOut);
        var second = await RunAsync(bench);
        var (table, _) = await TabulateAsync(bench);

        string[] sources = ["here, other-clip dddddddddddd (fp32)", "here, fake-clip cccccccccccc (fp32)"];
        Assert.Equal(
            [("baseline", sources[0]), ("baseline", sources[1]), ("found", sources[0]), ("found", sources[1])],
            table.Columns.Where(column => column.Checkpoint is not null).Select(column => (column.Method, column.Source)));
        Assert.Equal(second.Select(report => report.Run.RunId), table.Rows[0].Cells[^2].RunIds);
        Assert.Equal(first.Select(report => report.Run.RunId), table.Rows[0].Cells[^1].RunIds);
        Assert.Equal(first.Average(report => report.WinnerEvaluation.TestBase.Accuracy), table.Rows[0].Cells[^1].Accuracy, 12);
        Assert.Contains($"| found ({sources[1]}) | ", table.Markdown, StringComparison.Ordinal);
        Assert.Contains(" Checkpoint: other-clip, fake-clip.\n", table.Markdown, StringComparison.Ordinal);
        Assert.Equal(["CLIP", "CoOp"], table.Columns.Select(column => column.Method).Take(2)); // Table 6: there is one captioner
        Assert.Contains(table.Notes, note => note.StartsWith("Columns of another checkpoint are of runs that this benchmark made with it before", StringComparison.Ordinal));
        Assert.Empty(table.LeftOut);

        // Loaded again, the earlier one goes first, and nothing is to be run.
        Fakes.Scorer.Model = new(Fakes.Scorer.Model) { Name = "fake-clip", Digest = new string('c', 64) };
        Fakes.Captioner.Facts.Captioner.Model = "fake-clip";
        Assert.Equal(sources[1], (await TabulateAsync(bench)).Table.Columns[^2].Source);
        // Of more seeds the other has too few, which is said.
        bench.Seeds.Add(3);
        await RunAsync(bench);
        var more = (await TabulateAsync(bench)).Table;
        Assert.Equal("here", more.Columns[^1].Source);
        Assert.StartsWith("other-clip dddddddddddd (fp32), ", Assert.Single(more.LeftOut).Name, StringComparison.Ordinal);
        Assert.Equal("2 of 3 runs are complete; load it and repeat the command to have it in the table.", more.LeftOut[0].Reason);
    }

    [Fact]
    public async Task Language_models_and_captioners_that_change_between_two_benches_are_told_apart()
    {
        await RegisterAsync("dtd");
        Fakes.PromptGen.More = [new() { Name = "openai", Model = "gpt", Paid = true }];
        var bench = new V1.Bench { Protocol = V1.BenchProtocol.BaseToNovel, Datasets = { "dtd" }, Seeds = { 1 }, Settings = Settings };
        await RunAsync(bench);
        Fakes.Captioner.Facts.Captioner.Model = "another";
        await RunAsync(bench);
        var (table, _) = await TabulateAsync(bench);
        Assert.Equal(["baseline", "found", "found"], table.Columns.Where(column => column.Checkpoint is not null).Select(column => column.Method));
        Assert.StartsWith("here, captioner ", table.Columns[^1].Source, StringComparison.Ordinal);
        Assert.Contains("another", table.Columns[^2].Source, StringComparison.Ordinal);
        Assert.Contains("IPO; captioner MiniCPM-V-2", table.Columns.Select(column => column.Method));
    }

    [Fact]
    public async Task Of_a_cross_dataset_bench_another_checkpoint_is_named_and_not_set_beside()
    {
        await RegisterAsync("eurosat");
        await RegisterAsync("dtd");
        var bench = new V1.Bench { Protocol = V1.BenchProtocol.CrossDataset, Source = "eurosat", Datasets = { "dtd" }, Seeds = { 1 }, Shots = { 2 }, Settings = Settings };
        await RunAsync(bench);
        Fakes.Scorer.Model = new(Fakes.Scorer.Model) { Name = "other-clip", Digest = new string('d', 64) };
        await RunAsync(bench);
        var (table, _) = await TabulateAsync(bench);
        Assert.All(table.Columns, column => Assert.Equal("here", column.Source));
        Assert.StartsWith("Winners are scored on targets with the checkpoint that is loaded", Assert.Single(table.LeftOut).Reason, StringComparison.Ordinal);
    }
}
