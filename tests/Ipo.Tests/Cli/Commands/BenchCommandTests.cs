using Grpc.Core;
using Ipo.Cli.Connections;
using Ipo.Tests.Fakes;
using Ipo.V1;
using Xunit;

namespace Ipo.Tests.Cli.Commands;

public sealed class BenchCommandTests : CommandTest
{
    private readonly TempFolder folder = new();

    private protected override void Prepare()
    {
        Orchestrator.Dataset = new() { Name = "dtd", ClassNames = { "banded", "woven" }, TrainImages = 20, ValidationImages = 8, TestImages = 12 };
        Orchestrator.Run = Runs.Encoding;
        Orchestrator.Bench.Found = new()
        {
            Datasets =
            {
                new BenchDataset { Name = "dtd", Path = "/data/dtd", PaperName = "DTD", HandWrittenTemplate = "<CLASS> texture." },
                new BenchDataset { Name = "mine", Path = "/elsewhere", Registered = true },
            },
            LeftOut = { new LeftOut { Name = "SUN397", Reason = "There is no folder 'sun397' in /data." } },
        };
        Orchestrator.Bench.Plan = new() { Runs = { Planned("dtd", 1), Planned("mine", 1) }, Warnings = { "The checkpoint is ipo-tiny." } };
        Orchestrator.Bench.Table = [new() { Progress = "dtd, all classes" }, new() { Table = new() { Title = "Base-to-novel, 1 shot", Markdown = "# Base-to-novel, 1 shot\n" } }];
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Datasets_are_registered_runs_made_in_turn_and_the_table_printed()
    {
        Orchestrator.Watches.Enqueue(new([Runs.AfterStep(1), Runs.Completed]));
        Orchestrator.Watches.Enqueue(new([Runs.Completed]));
        var line = Line();
        Assert.Equal(ExitCode.Done, await line.RunAsync("bench", "base-to-novel", "--root", folder, "--preset", "ipo-paper", "--steps", "3", "--seeds", "1,2", "--shots", "4"));
        Assert.Equal("# Base-to-novel, 1 shot\n", line.Out);
        Assert.Equal(
            """
            Skipped SUN397. There is no folder 'sun397' in /data.
            Reading /data/dtd
            Dataset 'dtd': 2 classes, 20 training, 8 validation and 12 test images.
            Warning: The checkpoint is ipo-tiny.
            Run 1 of 2: dtd, 1 shot, seed 1
            Run r1
            step 1/4: search images: best 81.0 % (loss 0.590), baseline 80.0 %; 1 call, 1,000 tokens, $0.0021; 1:00 left
            step 4/4: search images: best 84.0 % (loss 0.530), baseline 80.0 %; 4 calls, 4,000 tokens, $0.0084
            Run 2 of 2: mine, 1 shot, seed 1
            Run r1
            step 4/4: search images: best 84.0 % (loss 0.530), baseline 80.0 %; 4 calls, 4,000 tokens, $0.0084
            dtd, all classes

            """, line.Error);
        Assert.Equal(new FindBenchDatasetsRequest { Root = folder }, Orchestrator.Bench.Requests.OfType<FindBenchDatasetsRequest>().Single());
        Assert.Equal(new RegisterDatasetRequest { Name = "dtd", Path = "/data/dtd", HandWrittenTemplate = "<CLASS> texture." }, Orchestrator.Requests.OfType<RegisterDatasetRequest>().Single());
        var bench = new Bench { Protocol = BenchProtocol.BaseToNovel, Datasets = { "dtd", "mine" }, Seeds = { 1, 2 }, Shots = { 4 }, Settings = new() { Preset = "ipo-paper", Steps = 3 } };
        Assert.Equal(bench.ToString(), Orchestrator.Bench.Requests.OfType<PlanBenchRequest>().Single().Bench.ToString());
        Assert.Equal(bench.ToString(), Orchestrator.Bench.Requests.OfType<TabulateBenchRequest>().Single().Bench.ToString());
        Assert.Equal(["bench-dtd-1", "bench-mine-1"], Orchestrator.Requests.OfType<CreateRunRequest>().Select(request => request.RunId));
    }

    [Fact]
    public async Task A_bench_that_goes_on_repeats_no_finished_run_and_resumes_a_failed_one()
    {
        Orchestrator.Standing["bench-dtd-1"] = Runs.Completed;
        Orchestrator.Standing["bench-mine-1"] = Runs.Failed;
        Orchestrator.Watches.Enqueue(new([Runs.Completed]));
        var line = Line();
        Assert.Equal(ExitCode.Done, await line.RunAsync("bench", "few-shot"));
        Assert.Contains("Run 1 of 2: dtd, 1 shot, seed 1: already completed\n", line.Error, StringComparison.Ordinal);
        Assert.Equal("bench-mine-1", Orchestrator.Requests.OfType<ResumeRunRequest>().Single().RunId);
        Assert.Single(Orchestrator.Requests.OfType<WatchRunRequest>());
    }

    [Fact]
    public async Task A_run_that_fails_or_was_cancelled_does_not_stop_the_others_and_shows_in_the_exit_code()
    {
        Orchestrator.Standing["bench-dtd-1"] = Runs.Cancelled;
        Orchestrator.Watches.Enqueue(new([Runs.Failed]));
        var line = Line();
        Assert.Equal(ExitCode.RunNotCompleted, await line.RunAsync("bench", "base-to-novel"));
        Assert.Contains("seed 1: already cancelled\n", line.Error, StringComparison.Ordinal);
        Assert.Contains("ipo: Run r1 is failed: The proposer refused the key; set OPENAI_API_KEY.\n", line.Error, StringComparison.Ordinal);
        Assert.Equal("# Base-to-novel, 1 shot\n", line.Out);
    }

    [Fact]
    public async Task Ctrl_C_leaves_the_run_to_itself_and_starts_no_other()
    {
        using var stop = new CancellationTokenSource();
        var line = Line();
        var running = line.RunAsync(stop.Token, "bench", "base-to-novel");
        await line.UntilToldAsync("Run r1\n");
        await stop.CancelAsync();
        Assert.Equal(ExitCode.Interrupted, await running);
        Assert.EndsWith("The benchmark stops here; run r1 continues in the background. Repeat the command to resume both.\n", line.Error, StringComparison.Ordinal);
        Assert.Single(Orchestrator.Requests.OfType<CreateRunRequest>());
        Assert.Empty(Orchestrator.Requests.OfType<CancelRunRequest>());
        Assert.Empty(Orchestrator.Bench.Requests.OfType<TabulateBenchRequest>());
    }

    [Fact]
    public async Task A_dry_run_lists_the_runs_and_makes_none()
    {
        var line = Line();
        Assert.Equal(ExitCode.Done, await line.RunAsync("bench", "base-to-novel", "--dry-run"));
        Assert.Equal(
            """
            RUN           DATASET  SHOTS  SEED  CLASSES
            bench-dtd-1   dtd      1      1     base
            bench-mine-1  mine     1      1     base

            """, line.Out);
        Assert.Empty(Orchestrator.Requests.OfType<CreateRunRequest>());
    }

    [Fact]
    public async Task Settings_are_varied_by_their_options_names_in_every_combination()
    {
        Orchestrator.Bench.Plan.Runs[1].Variant = "memory 5, descriptions off";
        var line = Line();
        Assert.Equal(ExitCode.Done, await line.RunAsync("bench", "base-to-novel", "--dry-run", "--steps", "3", "--vary", "memory=5,20", "--vary", "descriptions=off,on"));
        Assert.Equal(
            [
                new RunSettings { MemorySize = 5, Descriptions = false }, new RunSettings { MemorySize = 5, Descriptions = true },
                new RunSettings { MemorySize = 20, Descriptions = false }, new RunSettings { MemorySize = 20, Descriptions = true },
            ],
            Planned().Variants);
        Assert.Equal(3, Planned().Settings.Steps);
        Assert.Contains("SEED  CLASSES  VARIED\n", line.Out, StringComparison.Ordinal);
        Assert.Contains("base     memory 5, descriptions off\n", line.Out, StringComparison.Ordinal);

        Assert.Equal(ExitCode.Done, await Line().RunAsync("bench", "few-shot", "--dry-run", "--vary", "proposer=ipo@a,evolve+ipo/no-history", "--vary", "preset=robust,ipo-paper", "--vary", "temperature=0.5"));
        Assert.Equal(4, Planned().Variants.Count);
        Assert.Equal(new RunSettings { Preset = "robust", Temperature = 0.5, Proposers = { new ProposerChoice { Name = "ipo", NamedModel = "a" } } }, Planned().Variants[0]);
        Assert.Equal([new ProposerChoice { Name = "evolve" }, new ProposerChoice { Name = "ipo", HidesHistory = true }], Planned().Variants[3].Proposers);
        await Line().RunAsync("bench", "base-to-novel", "--dry-run");
        Assert.Empty(Planned().Variants);
    }

    [Theory]
    [InlineData("15", "0,1,5,10,20,50,100", "", "")]
    [InlineData("7", "", "1,16", "")]
    [InlineData("14", "4,16,32,64,128,256", "", "imagenet")]
    [InlineData("4", "False,True", "", "")]
    public async Task A_table_of_the_paper_is_named_by_its_number(string number, string varied, string shots, string dataset)
    {
        Orchestrator.Bench.Found.Datasets.Add(new BenchDataset { Name = "imagenet", Path = "/data/imagenet", Registered = true });
        Assert.Equal(ExitCode.Done, await Line().RunAsync("bench", "base-to-novel", "--dry-run", "--table", number));
        var bench = Planned();
        object Value(RunSettings one) => one.HasMemorySize ? one.MemorySize : one.HasDescriptions ? one.Descriptions : one.DescriptionLimit;
        Assert.Equal((varied, shots), (string.Join(',', bench.Variants.Select(Value)), string.Join(',', bench.Shots)));
        Assert.Equal(dataset, string.Join(',', Orchestrator.Bench.Requests.OfType<FindBenchDatasetsRequest>().Last().Names));
    }

    [Fact]
    public async Task A_dry_run_says_what_all_runs_would_cost_together()
    {
        Orchestrator.Bench.Plan.Runs[0].Estimate = new() { PaidCalls = 100, InputTokens = 30_000, OutputTokens = 2_000, CostMicroUsd = 1_500_000, TokenRule = "4 characters are a token." };
        Orchestrator.Bench.Plan.Runs[1].Estimate = new() { PaidCalls = 50, InputTokens = 10_000, OutputTokens = 1_000, CostMicroUsd = 500_000, TokenRule = "4 characters are a token." };
        var line = Line();
        Assert.Equal(ExitCode.Done, await line.RunAsync("bench", "base-to-novel", "--dry-run"));
        Assert.True(Orchestrator.Bench.Requests.OfType<PlanBenchRequest>().Single().WithEstimates);
        Assert.EndsWith(
            """

            AT MOST
            Runs        2, fewer where some are finished
            Paid calls  150
            Tokens      about 40,000 in, 3,000 out (4 characters are a token)
            Money       about $2.00

            """, line.Out, StringComparison.Ordinal);

        Orchestrator.Bench.Plan.Runs[1].Estimate.ClearCostMicroUsd();
        Orchestrator.Bench.Plan.Runs[1].Estimate.Warnings.Add("No price is known.");
        var unpriced = Line();
        await unpriced.RunAsync("bench", "base-to-novel", "--dry-run");
        Assert.Contains("Money       not known: a paid model has no price\n", unpriced.Out, StringComparison.Ordinal);
        Assert.Contains("Warning: No price is known.\n", unpriced.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cross_dataset_takes_its_source_out_of_the_targets()
    {
        Assert.Equal(ExitCode.Error, await Line().RunAsync("bench", "cross-dataset"));
        Orchestrator.Bench.Found.LeftOut.Clear();
        Assert.Equal(ExitCode.Done, await Line().RunAsync("bench", "cross-dataset", "--source", "mine", "--dry-run"));
        var bench = Orchestrator.Bench.Requests.OfType<PlanBenchRequest>().Single().Bench;
        Assert.Equal(("mine", "dtd", BenchProtocol.CrossDataset), (bench.Source, Assert.Single(bench.Datasets), bench.Protocol));
    }

    [Fact]
    public async Task A_dataset_that_cannot_be_registered_is_left_out_and_without_any_there_is_no_bench()
    {
        Orchestrator.Operations.Failure = new(new(StatusCode.InvalidArgument, "/data/dtd holds no folders."));
        var line = Line();
        await line.RunAsync("bench", "base-to-novel", "--dry-run");
        Assert.Contains("Skipped dtd. /data/dtd holds no folders.\n", line.Error, StringComparison.Ordinal);
        Assert.Equal(["mine"], Orchestrator.Bench.Requests.OfType<PlanBenchRequest>().Single().Bench.Datasets);

        Orchestrator.Bench.Found.Datasets.Clear();
        var none = Line();
        Assert.Equal(ExitCode.Error, await none.RunAsync("bench", "base-to-novel", "--root", "there", "--datasets", "a, b"));
        Assert.EndsWith("ipo: No dataset found in there. Use --root to name the folder that holds the datasets' folders, or --datasets to name datasets.\nNext: ipo bench base-to-novel --help\n", none.Error, StringComparison.Ordinal);
        Assert.Equal(new FindBenchDatasetsRequest { Root = "there", Names = { "a", "b" } }, Orchestrator.Bench.Requests.OfType<FindBenchDatasetsRequest>().Last());
    }

    [Fact]
    public async Task Published_prompts_come_from_a_file_or_from_beside_the_root()
    {
        Orchestrator.Bench.Comparison = [new() { Progress = "dtd, base classes" }, new() { Comparison = new() { Rows = { new PublishedRow() }, Notes = { "The checkpoint is ipo-tiny and not the paper's." }, Markdown = "# Published\n" } }];
        folder.Write("published_prompts.csv", "beside");
        folder.Write("root/readme", "x");
        folder.Write("mine.csv", "named");
        var line = Line();
        Assert.Equal(ExitCode.Done, await line.RunAsync("bench", "published", "--root", Path.Combine(folder, "root")));
        Assert.Equal("# Published\n", line.Out);
        Assert.EndsWith("dtd, base classes\nWarning: The checkpoint is ipo-tiny and not the paper's.\n", line.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, await Line().RunAsync("bench", "published", Path.Combine(folder, "mine.csv"), "--root", Path.Combine(folder, "root")));
        folder.Write("root/published_prompts.csv", "inside");
        Assert.Equal(ExitCode.Done, await Line().RunAsync("bench", "published", "--root", Path.Combine(folder, "root")));
        Assert.Equal(["beside", "named", "inside"], Orchestrator.Bench.Requests.OfType<ComparePublishedRequest>().Select(request => request.Csv));
        Assert.All(Orchestrator.Bench.Requests.OfType<ComparePublishedRequest>(), request => Assert.Equal(["dtd", "mine"], request.Datasets));
    }

    [Fact]
    public async Task A_missing_or_huge_file_of_prompts_and_nothing_compared_are_errors()
    {
        var missing = Line();
        Assert.Equal(ExitCode.Usage, await missing.RunAsync("bench", "published", "--root", Path.Combine(folder, "root")));
        Assert.Equal($"ipo: Neither {folder.Path}/root/published_prompts.csv nor {folder.Path}/published_prompts.csv exists; name the file of published prompts.\nNext: ipo bench published --help\n", missing.Error);
        var named = Line();
        Assert.Equal(ExitCode.Error, await named.RunAsync("bench", "published", Path.Combine(folder, "none.csv")));
        Assert.Equal($"ipo: There is no file {folder.Path}/none.csv.\nNext: ipo bench published --help\n", named.Error);
        var huge = Line();
        folder.Write("huge.csv", new byte[3 * 1024 * 1024 + 1]);
        Assert.Equal(ExitCode.Error, await huge.RunAsync("bench", "published", Path.Combine(folder, "huge.csv")));
        Assert.Contains("has 3145729 bytes; the limit is 3145728.", huge.Error, StringComparison.Ordinal);

        folder.Write("p.csv", "x");
        Orchestrator.Bench.Comparison = [new() { Comparison = new() { IsPaperCheckpoint = true, Markdown = "# Nothing\n" } }];
        Assert.Equal(ExitCode.Error, await Line().RunAsync("bench", "published", Path.Combine(folder, "p.csv")));
    }

    [Fact]
    public async Task A_table_goes_to_a_file_and_as_json_to_standard_output()
    {
        Orchestrator.Standing["bench-dtd-1"] = Orchestrator.Standing["bench-mine-1"] = Runs.Completed;
        var file = Path.Combine(folder, "table.md");
        var line = Line();
        Assert.Equal(ExitCode.Done, await line.RunAsync("bench", "base-to-novel", "--json", "--output", file));
        Assert.Equal("# Base-to-novel, 1 shot\n", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        using var json = System.Text.Json.JsonDocument.Parse(line.Out);
        Assert.Equal("Base-to-novel, 1 shot", json.RootElement.GetProperty("title").GetString());
    }

    [Theory]
    [InlineData("bench", "Required command was not provided.\nSee 'ipo bench --help'.")]
    [InlineData("bench few-shot --seeds 1,b", "--seeds does not take 'b'; it takes whole numbers separated by commas.\nSee 'ipo bench few-shot --help'.")]
    [InlineData("bench few-shot --seed 1", "'ipo bench few-shot' has no option '--seed'.\nSee 'ipo bench few-shot --help'.")]
    [InlineData("bench base-to-novel --source x", "'ipo bench base-to-novel' has no option '--source'.\nSee 'ipo bench base-to-novel --help'.")]
    [InlineData("bench base-to-novel --vary memory", "--vary does not take 'memory'; it takes a setting, = and its values, for instance memory=5,20.\nSee 'ipo bench base-to-novel --help'.")]
    [InlineData("bench base-to-novel --vary memory=5,x", "--vary does not take 'memory=5,x'; memory has no value 'x'; it takes a whole number.\nSee 'ipo bench base-to-novel --help'.")]
    [InlineData("bench base-to-novel --vary descriptions=yes", "--vary does not take 'descriptions=yes'; descriptions has no value 'yes'; it takes on or off.\nSee 'ipo bench base-to-novel --help'.")]
    [InlineData("bench base-to-novel --vary temperature=warm", "--vary does not take 'temperature=warm'; temperature has no value 'warm'; it takes a number.\nSee 'ipo bench base-to-novel --help'.")]
    [InlineData("bench base-to-novel --vary proposer=ipo,", "--vary does not take 'proposer=ipo,'; proposer has no value ''; it takes a name.\nSee 'ipo bench base-to-novel --help'.")]
    [InlineData("bench base-to-novel --vary memory=5,5", "--vary does not take 'memory=5,5'; it has '5' twice.\nSee 'ipo bench base-to-novel --help'.")]
    [InlineData("bench base-to-novel --vary seed=1,2", "--vary does not take 'seed=1,2'; --seeds has the protocol's own values.\nSee 'ipo bench base-to-novel --help'.")]
    [InlineData("bench base-to-novel --vary shots=1,2", "--vary does not take 'shots=1,2'; --shots has the protocol's own values.\nSee 'ipo bench base-to-novel --help'.")]
    [InlineData("bench base-to-novel --vary memory=5 --vary memory=6", "--vary names memory twice; give all of its values at once.\nSee 'ipo bench base-to-novel --help'.")]
    [InlineData("bench base-to-novel --vary memory=5 --memory 6", "--memory and --vary memory cannot be combined; give one of them.\nSee 'ipo bench base-to-novel --help'.")]
    [InlineData("bench base-to-novel --vary descriptions=on --no-descriptions", "--descriptions and --vary descriptions cannot be combined; give one of them.\nSee 'ipo bench base-to-novel --help'.")]
    [InlineData("bench base-to-novel --table 6", "--table does not take '6'; it takes 4, 7, 14, 15.\nSee 'ipo bench base-to-novel --help'.")]
    [InlineData("bench base-to-novel --table 15 --vary memory=5", "--table 15 and --vary cannot be combined; give one of them.\nSee 'ipo bench base-to-novel --help'.")]
    [InlineData("bench base-to-novel --table 7 --shots 2", "--table 7 and --shots cannot be combined; give one of them.\nSee 'ipo bench base-to-novel --help'.")]
    public async Task A_wrong_command_line_is_told_what_is_wrong(string args, string expected)
    {
        var line = Line();
        Assert.Equal(ExitCode.Usage, await line.RunAsync(args.Split(' ')));
        Assert.Equal($"ipo: {expected}\n", line.Error);
    }

    private Bench Planned() => Orchestrator.Bench.Requests.OfType<PlanBenchRequest>().Last().Bench;

    private static BenchRun Planned(string dataset, long seed) =>
        new() { RunId = $"bench-{dataset}-{seed}", Settings = new() { Dataset = dataset, Seed = seed, Shots = 1, Classes = ClassSelection.Base } };
}
