using Grpc.Core;
using Ipo.Optimization.Templates;
using Ipo.Tests.Fakes;
using Xunit;

namespace Ipo.Tests.Orchestrator.Benchmarks;

public sealed class BenchServiceTests : BenchTest
{
    [Fact]
    public async Task Finds_the_papers_datasets_and_says_what_it_looked_for_in_vain()
    {
        Folder.Write("data/sun397.zip", "a bare download");
        var found = await Lab.Client.Bench.FindBenchDatasetsAsync(new(), cancellationToken: Cancellation);
        Assert.Equal([("dtd", "DTD", "<CLASS> texture."), ("eurosat", "EuroSAT", "a centered satellite photo of <CLASS>.")], found.Datasets.Select(dataset => (dataset.Name, dataset.PaperName, dataset.HandWrittenTemplate)));
        Assert.Equal(9, found.LeftOut.Count);
        Assert.Contains(found.LeftOut, left => left.Name == "Flowers102" && left.Reason == $"There is no folder 'oxford_flowers' in {Folder.Path}/data.");
        Assert.Empty((await Client.Datasets.ListDatasetsAsync(new(), cancellationToken: Cancellation)).Datasets);
    }

    [Fact]
    public async Task Finds_others_by_folder_zip_and_registered_name()
    {
        TinyDataset.Write(Folder, "data/more/Food_101");
        TinyDataset.Write(Folder, "data/mine");
        System.IO.Compression.ZipFile.CreateFromDirectory(Path.Combine(Folder, "data/mine"), Path.Combine(Folder, "data/more/packed.zip"));
        await Client.Datasets.RegisterDatasetAsync(new() { Name = "theirs", Path = "mine", HandWrittenTemplate = "my <CLASS>." }, cancellationToken: Cancellation);

        var found = await Lab.Client.Bench.FindBenchDatasetsAsync(new() { Root = "more", Names = { "packed", "Food101", "theirs", "nothing" } }, cancellationToken: Cancellation);
        Assert.Equal([("packed", "", false), ("Food_101", "Food101", false), ("theirs", "", true)], found.Datasets.Select(dataset => (dataset.Name, dataset.PaperName, dataset.Registered)));
        Assert.Equal("nothing", Assert.Single(found.LeftOut).Name);
        // A folder that somebody registered keeps its name and template there.
        var mine = Assert.Single((await Lab.Client.Bench.FindBenchDatasetsAsync(new() { Names = { "mine" } }, cancellationToken: Cancellation)).Datasets);
        Assert.Equal(("theirs", "my <CLASS>."), (mine.Name, mine.HandWrittenTemplate));

        var refused = await Assert.ThrowsAsync<RpcException>(async () => await Lab.Client.Bench.FindBenchDatasetsAsync(new() { Root = "/etc" }, cancellationToken: Cancellation));
        Assert.Contains("does not lie under a dataset root", refused.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_benchmark_has_the_same_runs_until_something_that_decides_them_changes()
    {
        await RegisterAsync("eurosat");
        var bench = new V1.Bench { Protocol = V1.BenchProtocol.BaseToNovel, Datasets = { "eurosat" }, Settings = Settings };
        var plan = await PlanAsync(bench);
        Assert.Equal([1L, 2, 3], plan.Runs.Select(run => run.Settings.Seed));
        Assert.All(plan.Runs, run => Assert.Matches("^bench-b2n-eurosat-[0-9a-f]{12}$", run.RunId));
        Assert.All(plan.Runs, run => Assert.Equal((1, V1.ClassSelection.Base), (run.Settings.Shots, run.Settings.Classes)));
        Assert.Contains(plan.Warnings, warning => warning.Contains("The checkpoint is fake-clip and not OpenAI's CLIP ViT-B/16", StringComparison.Ordinal));
        Assert.Equal(plan, await PlanAsync(bench));

        async Task ChangesAsync(V1.Bench other) => Assert.Empty((await PlanAsync(other)).Runs.Select(run => run.RunId).Intersect(plan.Runs.Select(run => run.RunId)));
        var steps = bench.Clone();
        steps.Settings.Steps = 3;
        await ChangesAsync(steps);
        Fakes.Scorer.Model = new(Fakes.Scorer.Model) { Digest = new string('d', 64) };
        await ChangesAsync(bench);
        Fakes.Scorer.Model.Digest = new string('c', 64);
        Folder.Write("data/eurosat/images/kind_a/00.png", TinyDataset.Image("another"));
        await RegisterAsync("eurosat");
        await ChangesAsync(bench);
    }

    [Fact]
    public async Task A_captioner_is_asked_once_for_a_plan_and_not_at_all_where_no_run_uses_it()
    {
        await RegisterAsync("eurosat");
        Fakes.PromptGen.More = [new() { Name = "openai", Model = "gpt", Paid = true }];
        var bench = new V1.Bench { Protocol = V1.BenchProtocol.BaseToNovel, Datasets = { "eurosat" }, Settings = Settings };
        var seeing = await PlanAsync(bench);
        Assert.Equal((3, 1), (seeing.Runs.Count, Fakes.Captioner.FactsAsked));

        bench.Settings.Ask("opro");
        var blind = await PlanAsync(bench);
        Assert.Equal(1, Fakes.Captioner.FactsAsked);
        Fakes.Captioner.Facts.Captioner.Model = "another";
        Assert.Equal(blind, await PlanAsync(bench));

        bench.Settings.Ask("");
        Assert.Empty((await PlanAsync(bench)).Runs.Select(run => run.RunId).Intersect(seeing.Runs.Select(run => run.RunId)));
    }

    [Fact]
    public async Task What_cannot_be_planned_is_refused_with_the_field()
    {
        await RegisterAsync("eurosat");
        await RefusedAsync(new() { Datasets = { "eurosat" } }, "bench.protocol is missing");
        await RefusedAsync(new() { Protocol = V1.BenchProtocol.FewShot }, "bench.datasets is empty");
        await RefusedAsync(new() { Protocol = V1.BenchProtocol.FewShot, Datasets = { "eurosat" }, Settings = new() { Seed = 3 } }, "bench.settings sets a dataset, seed, shots or classes");
        await RefusedAsync(new() { Protocol = V1.BenchProtocol.FewShot, Datasets = { "eurosat" }, Settings = new() { Steps = 0 } }, "bench.settings.steps is 0");
        V1.Bench Varied(params V1.RunSettings[] variants) => new() { Protocol = V1.BenchProtocol.FewShot, Datasets = { "eurosat" }, Variants = { variants } };
        await RefusedAsync(Varied(new() { MemorySize = 3 }, new() { Seed = 3 }), "bench.variants[1] sets a dataset, seed, shots or classes");
        await RefusedAsync(Varied(new V1.RunSettings { Budget = new() { Calls = 1 } }), "bench.variants sets a budget");
        await RefusedAsync(Varied(new() { MemorySize = 3 }, new() { MemorySize = 3 }), "bench.variants is empty or has one twice");
        await RefusedAsync(Varied(new(), new() { MemorySize = 20 }), "bench.variants has '' and 'memory 20', which are the same settings");
        await RefusedAsync(Varied(new V1.RunSettings { MemorySize = -1 }), "bench.settings.memory_size is -1");
        await RefusedAsync(new() { Protocol = V1.BenchProtocol.FewShot, Datasets = { "lions" } }, "There is no dataset 'lions'", StatusCode.NotFound);
    }

    [Fact]
    public async Task Base_to_novel_sets_the_runs_beside_the_papers_table()
    {
        await RegisterAsync("eurosat", "a centered satellite photo of <CLASS>.");
        var bench = new V1.Bench { Protocol = V1.BenchProtocol.BaseToNovel, Datasets = { "eurosat" }, Seeds = { 1, 2 }, Settings = Settings };
        var reports = await RunAsync(bench);
        var (table, progress) = await TabulateAsync(bench);

        Assert.Empty(progress);
        Assert.Equal("Base-to-novel, 1 shot", table.Title);
        Assert.Equal(["CLIP", "CoOp", "CoCoOp", "MaPLe", "PromptSRC", "CoPrompt", "IPO", "baseline", "hand-written", "found"], table.Columns.Select(column => column.Method));
        var row = Assert.Single(table.Rows);
        Assert.Equal("EuroSAT", row.Dataset);
        Assert.Equal((0.6497, 0.8213, 0.7254), (row.Cells[6].Accuracy, row.Cells[6].NovelAccuracy, row.Cells[6].HarmonicMean));
        var found = row.Cells[9];
        Assert.Equal(reports.Average(report => report.WinnerEvaluation.TestBase.Accuracy), found.Accuracy, 12);
        Assert.Equal(reports.Average(report => report.WinnerEvaluation.TestNovel.Accuracy), found.NovelAccuracy, 12);
        Assert.Equal(2 * found.Accuracy * found.NovelAccuracy / (found.Accuracy + found.NovelAccuracy), found.HarmonicMean, 12);
        Assert.Equal(reports[0].BaselineEvaluation.TestBase.Accuracy, row.Cells[7].Accuracy, 12);
        Assert.Equal(reports[0].HandWrittenEvaluation.TestNovel.Accuracy, row.Cells[8].NovelAccuracy, 12);
        Assert.Equal(2, found.Runs);
        Assert.Equal(reports.Select(report => report.Run.RunId), found.RunIds);
        Assert.False(table.IsPaperCheckpoint);
        Assert.Contains("not comparable", table.Notes[0], StringComparison.Ordinal);
        Assert.Contains("| EuroSAT | 56.48 / 64.05 / 60.03 |", table.Markdown, StringComparison.Ordinal);
        Assert.Contains("64.97 / 82.13 / 72.54", table.Markdown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Datasets_with_and_without_novel_figures_stand_in_one_table_and_the_mean_says_which_it_covers()
    {
        TinyDataset.WriteSplit(Folder, "data/pets", classes: 4, imagesPerClass: 6);
        TinyDataset.WriteSplit(Folder, "data/three", classes: 3, imagesPerClass: 6); // one novel class, which nothing is told apart from
        string[] names = ["dtd", "three", "pets"];
        foreach (var name in names) await RegisterAsync(name);
        var bench = new V1.Bench { Protocol = V1.BenchProtocol.BaseToNovel, Datasets = { names }, Seeds = { 1 }, Settings = Settings };
        await RunAsync(bench);
        var (table, _) = await TabulateAsync(bench);
        Assert.Equal(["dtd", "three", "pets", "mean of 2"], table.Rows.Select(row => row.Dataset));
        Assert.Equal([true, false, true, true], table.Rows.Select(row => row.Cells[^1].HasNovelAccuracy));
        Assert.Equal((table.Rows[0].Cells[^1].Accuracy + table.Rows[2].Cells[^1].Accuracy) / 2, table.Rows[3].Cells[^1].Accuracy, 12);
        Assert.Contains("- The mean is over dtd, pets where every column has all of its figures.", table.Markdown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_of_an_unfinished_benchmark_names_what_is_missing()
    {
        await RegisterAsync("eurosat");
        var bench = new V1.Bench { Protocol = V1.BenchProtocol.BaseToNovel, Datasets = { "eurosat" }, Seeds = { 1 }, Settings = Settings };
        await RunAsync(bench);
        bench.Seeds.Add(2);
        var (table, _) = await TabulateAsync(bench);
        Assert.Equal(1, table.Rows[0].Cells[^1].Runs);
        Assert.Equal("The run on eurosat with 1 shots and seed 2 is not started.", Assert.Single(table.LeftOut).Reason);
        Assert.Contains("Left out: bench-b2n-eurosat-", table.Markdown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dataset_with_another_number_of_classes_is_not_set_beside_the_papers()
    {
        await RegisterAsync("dtd");
        var bench = new V1.Bench { Protocol = V1.BenchProtocol.BaseToNovel, Datasets = { "dtd" }, Seeds = { 1 }, Settings = Settings };
        const string Why = "The dataset 'dtd' has 4 classes and the paper's DTD has 47, so the paper's figures do not apply to it.";
        Assert.Contains(Why, (await PlanAsync(bench)).Warnings);
        await RunAsync(bench);
        var (table, _) = await TabulateAsync(bench);
        Assert.Equal(["baseline", "found"], table.Columns.Select(column => column.Method));
        Assert.Equal("dtd", table.Rows[0].Dataset);
        Assert.Contains(Why, table.Notes);
    }

    [Fact]
    public async Task A_dataset_without_the_published_split_is_not_set_beside_the_papers()
    {
        File.Delete(Path.Combine(Folder, "data/eurosat/split_zhou_Tiny.json"));
        Directory.Move(Path.Combine(Folder, "data/eurosat/images"), Path.Combine(Folder, "data/EuroSAT"));
        await RegisterAsync("EuroSAT");
        const string Why = "The dataset 'EuroSAT' (layout 'folder') does not have the split of the paper's EuroSAT";
        Assert.Contains((await PlanAsync(new() { Protocol = V1.BenchProtocol.BaseToNovel, Datasets = { "EuroSAT" } })).Warnings, warning => warning.StartsWith(Why, StringComparison.Ordinal));
        var (comparison, _) = await CompareAsync("dataset,prompt,base_acc,novel_acc\nEuroSAT,<CLASS>,50,60\n", "EuroSAT");
        Assert.StartsWith(Why, Assert.Single(comparison.LeftOut).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Few_shot_has_a_column_for_each_number_of_shots_and_a_mean()
    {
        await RegisterAsync("eurosat", "a photo of a <CLASS>.");
        await RegisterAsync("dtd", "<CLASS> texture.");
        var bench = new V1.Bench { Protocol = V1.BenchProtocol.FewShot, Datasets = { "eurosat", "dtd" }, Seeds = { 1 }, Shots = { 1, 2 }, Settings = Settings };
        var reports = await RunAsync(bench);
        var (table, _) = await TabulateAsync(bench);
        Assert.Equal(["baseline", "hand-written", "found, 1 shot", "found, 2 shots"], table.Columns.Select(column => column.Method));
        Assert.Equal(["EuroSAT", "dtd", "mean of 2"], table.Rows.Select(row => row.Dataset));
        Assert.Equal(reports[1].WinnerEvaluation.TestBase.Accuracy, table.Rows[0].Cells[3].Accuracy, 12);
        Assert.False(table.Rows[0].Cells[3].HasNovelAccuracy);
        Assert.Equal(table.Rows[0].Cells[0].Accuracy, table.Rows[0].Cells[1].Accuracy); // its own template is the baseline
        Assert.Equal((table.Rows[0].Cells[2].Accuracy + table.Rows[1].Cells[2].Accuracy) / 2, table.Rows[2].Cells[2].Accuracy, 12);
        Assert.Contains("The paper prints no table of this protocol.", table.Notes);
    }

    [Fact]
    public async Task Cross_dataset_scores_the_sources_winners_on_the_targets()
    {
        await RegisterAsync("eurosat");
        await RegisterAsync("dtd", "<CLASS> texture.");
        var bench = new V1.Bench { Protocol = V1.BenchProtocol.CrossDataset, Source = "eurosat", Datasets = { "dtd" }, Seeds = { 1, 2 }, Settings = Settings };
        var reports = await RunAsync(bench);
        var (table, progress) = await TabulateAsync(bench);

        Assert.Contains(progress, line => line.StartsWith("dtd, all classes", StringComparison.Ordinal));
        Assert.Equal(["baseline", "hand-written", "found"], table.Columns.Select(column => column.Method));
        Assert.Equal(["EuroSAT", "dtd"], table.Rows.Select(row => row.Dataset));
        var winners = await Client.Evaluation.EvaluateTemplatesAsync(
            new()
            {
                Dataset = "dtd",
                PromptSets = { reports.Select(report => report.Winner) },
                Split = V1.Split.Test,
                Classes = V1.EvaluatedClasses.All,
            },
            cancellationToken: Cancellation);
        Assert.Equal(winners.Results.Average(result => result.Score.Accuracy), table.Rows[1].Cells[2].Accuracy, 12);
        Assert.Equal(reports.Average(report => report.WinnerEvaluation.TestBase.Accuracy), table.Rows[0].Cells[2].Accuracy, 12);
        Assert.Contains("The paper prints no table with this source; its Table 9 searches on ImageNet.", table.Notes);
        Assert.Contains("| method | EuroSAT (source) | dtd |", table.Markdown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a photo of a <CLASS>.", "a photo of a <CLASS>.")]
    [InlineData("a <CLASS>.\nthe <CLASS>.", "a <CLASS>.\nthe <CLASS>.")]
    [InlineData("a <CLASS>.\nthe <CLASS>.\nkind a\ta <CLASS> with stripes.", "a <CLASS>.\nthe <CLASS>.")]
    public async Task Templates_and_ensembles_go_to_other_datasets_and_sentences_of_classes_stay(string winner, string expected)
    {
        Assert.Equal(expected, Ipo.Orchestrator.Benchmarks.BenchTabulation.ForOtherClasses(PromptSet.Parse(winner)).Text);
        await RegisterAsync("dtd");
        var scored = await Client.Evaluation.EvaluateTemplatesAsync(new() { Dataset = "dtd", PromptSets = { Prompts.Sets(expected) }, Split = V1.Split.Test, Classes = V1.EvaluatedClasses.All }, cancellationToken: Cancellation);
        Assert.Equal((expected, V1.EvaluatedTemplate.ResultOneofCase.Score), (scored.Results[0].PromptSet.Text(), scored.Results[0].ResultCase));
    }

    [Fact]
    public async Task A_target_whose_test_is_sealed_is_left_out_with_the_reason()
    {
        await RegisterAsync("eurosat");
        await RegisterAsync("dtd");
        var bench = new V1.Bench { Protocol = V1.BenchProtocol.CrossDataset, Source = "eurosat", Datasets = { "dtd" }, Seeds = { 1 }, Settings = Settings };
        await RunAsync(bench);
        var held = new TaskCompletionSource<V1.ProposeTemplatesResponse?>();
        Fakes.PromptGen.Instead = _ => held.Task;
        await Client.Runs.CreateRunAsync(new() { RunId = "sealing", Settings = new() { Dataset = "dtd", Preset = "robust", Steps = 2 } }, cancellationToken: Cancellation);
        var (table, _) = await TabulateAsync(bench);
        held.SetResult(null);
        Assert.All(table.Rows[1].Cells, cell => Assert.False(cell.HasAccuracy));
        Assert.All(table.LeftOut, left => Assert.Contains("sealed while run 'sealing' is unfinished", left.Reason, StringComparison.Ordinal));
        Assert.Equal(2, table.LeftOut.Count);
    }

    [Fact]
    public async Task Published_prompts_are_compared_cell_by_cell_and_what_is_left_out_says_why()
    {
        await RegisterAsync("eurosat");
        await RegisterAsync("dtd");
        Fakes.Scorer.LongestText = 60;
        var csv = $"""
            dataset,prompt,base_acc,novel_acc,source
            EuroSAT,a photo of a <CLASS>.,56.48,64.05,"rows, of a table"
            ImageNet,a photo of a <CLASS>.,72.43,68.14,x
            EuroSAT,<CLASS>.,50,60,x
            EuroSAT,{new string('x', 60)} <CLASS>.,50,60,x
            EuroSAT,no class,50,60,x
            DTD,<CLASS> texture.,53.24,59.9,x
            """;
        var (comparison, progress) = await CompareAsync(csv, "eurosat", "dtd");

        Assert.Contains(progress, line => line.StartsWith("eurosat, novel classes: 4 templates", StringComparison.Ordinal));
        Assert.Equal([2, 4], comparison.Rows.Select(row => row.Line));
        var row = comparison.Rows[0];
        var measured = await Client.Evaluation.EvaluateTemplatesAsync(new() { Dataset = "eurosat", PromptSets = { Prompts.Sets("a photo of a <CLASS>.") }, Split = V1.Split.Test, Classes = V1.EvaluatedClasses.Novel }, cancellationToken: Cancellation);
        Assert.Equal((0.5648, "rows, of a table"), (row.Printed.Base, row.Source));
        Assert.Equal(measured.Results[0].Score.Accuracy, row.Measured.Novel, 12);
        Assert.Equal(row.Measured.Novel - 0.6405, row.Difference.Novel, 12);
        Assert.Equal(
            [V1.DifferenceMeasure.Base, V1.DifferenceMeasure.Novel, V1.DifferenceMeasure.HarmonicMean],
            comparison.Summaries.Select(summary => summary.Measure));
        Assert.Equal(comparison.Rows.Average(one => Math.Abs(one.Difference.Base)), comparison.Summaries[0].MeanAbsolute, 12);
        Assert.Equal(
            [
                (3, "The dataset ImageNet is not here."), (5, $"'{new string('x', 60)} kind a.' is longer than the context."),
                (6, "The template has no <CLASS>, so every class would get the same prompt."), (7, "The dataset 'dtd' has 4 classes and the paper's DTD has 47, so the paper's figures do not apply to it."),
            ],
            comparison.LeftOut.Select(left => (left.Line, left.Reason)));
        Assert.Contains("2 of 6 rows were compared.", comparison.Markdown, StringComparison.Ordinal);
        Assert.Contains("not comparable", comparison.Markdown, StringComparison.Ordinal);
        Assert.DoesNotContain("not comparable", (await AsThePapersCheckpointAsync(csv)).Markdown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "csv is empty; its first line names the columns: dataset,prompt,base_acc,novel_acc.")]
    [InlineData("dataset,prompt,base_acc\n", "csv, line 1: the header 'dataset,prompt,base_acc' has no column 'novel_acc'")]
    [InlineData("dataset,prompt,base_acc,novel_acc\n", "csv lists no prompts")]
    [InlineData("dataset,prompt,base_acc,novel_acc\n\nEuroSAT,<CLASS>,101,5\n", "csv, line 3: base_acc is '101'; it takes an accuracy in per cent, 0 to 100")]
    [InlineData("dataset,prompt,base_acc,novel_acc\nEuroSAT,<CLASS>,10,x\n", "csv, line 2: novel_acc is 'x'")]
    [InlineData("dataset,prompt,base_acc,novel_acc\nEuroSAT,,10,5\n", "csv, line 2: prompt is empty")]
    public async Task A_wrong_file_of_prompts_is_refused_with_the_line(string csv, string message)
    {
        var refused = await Assert.ThrowsAsync<RpcException>(() => CompareAsync(csv));
        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.Contains(message, refused.Status.Detail, StringComparison.Ordinal);
    }

    private async Task<V1.PublishedComparison> AsThePapersCheckpointAsync(string csv)
    {
        Fakes.Scorer.Model = new(Fakes.Scorer.Model) { Name = "clip-vit-base-patch16", EmbeddingDimension = 512, ImageSize = 224 };
        return (await CompareAsync(csv, "eurosat")).Comparison;
    }

    [Fact]
    public async Task Says_of_each_run_what_an_estimate_of_it_says_where_it_is_asked_for()
    {
        TinyDataset.Write(Folder, "data/mine");
        await RegisterAsync("mine");
        Fakes.PromptGen.Proposer = new() { Name = "ipo", Model = "model-1", Paid = true, InputPricePerMillionTokens = 2, OutputPricePerMillionTokens = 3 };
        var bench = new V1.Bench { Protocol = V1.BenchProtocol.BaseToNovel, Datasets = { "mine" }, Seeds = { 1, 2 }, Settings = new() { Preset = "ipo-paper", Steps = 4 } };

        var plan = await Lab.Client.Bench.PlanBenchAsync(new() { Bench = bench, WithEstimates = true }, cancellationToken: Cancellation);

        Assert.Equal(2, plan.Runs.Count);
        foreach (var run in plan.Runs)
        {
            Assert.Equal(await Lab.Client.Runs.EstimateRunAsync(new() { Settings = run.Settings }, cancellationToken: Cancellation), run.Estimate);
            Assert.True(run.Estimate.CostMicroUsd > 0);
        }
        Assert.All((await PlanAsync(bench)).Runs, run => Assert.Null(run.Estimate));
    }

    private async Task<(V1.PublishedComparison Comparison, List<string> Progress)> CompareAsync(string csv, params string[] datasets)
    {
        using var call = Lab.Client.Bench.ComparePublished(new() { Csv = csv, Datasets = { datasets } }, cancellationToken: Cancellation);
        var responses = await call.ResponseStream.ReadAllAsync(Cancellation).ToListAsync(Cancellation);
        Assert.Equal(responses[^1].Comparison.Rows.Count > 0, responses.Exists(response => response.Encoding is not null));
        foreach (var scored in responses.Where(response => response.Encoding is not null).GroupBy(response => response.Encoding.Doing))
            Assert.Equal(scored.Last().Encoding.Images, scored.Last().Encoding.ImagesDone); // 100 %
        return (responses[^1].Comparison, [.. responses.SkipLast(1).Where(response => response.Encoding is null).Select(response => response.Progress)]);
    }
}
