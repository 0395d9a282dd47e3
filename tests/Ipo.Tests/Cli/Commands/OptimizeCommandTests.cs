using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Ipo.Cli.Connections;
using Ipo.V1;
using Xunit;

namespace Ipo.Tests.Cli.Commands;

public sealed class OptimizeCommandTests : CommandTest
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("ipo-cli-");

    private protected override void Prepare()
    {
        Orchestrator.Dataset = new() { Name = "flowers", ClassNames = { "daisy", "rose" }, TrainImages = 1200, ValidationImages = 40, TestImages = 80, Warnings = { "2 files are no images and were skipped." } };
        Orchestrator.Run = Runs.Encoding;
        Orchestrator.Report = Runs.Report;
        Orchestrator.Watches.Enqueue(new([Runs.Encoding, .. Enumerable.Range(0, 5).Select(Runs.AfterStep), Runs.Completed]));
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_folder_is_registered_searched_and_answered()
    {
        var line = Line();
        Assert.Equal(ExitCode.Done, await line.RunAsync("optimize", folder.FullName, "--name", "flowers", "--template", "a <CLASS>, a flower."));
        Assert.StartsWith("Better: the winner beats the baseline on 400 test images. (flowers, run r1)\n", line.Out, StringComparison.Ordinal);
        Assert.Equal(
            """
            Dataset 'flowers': 2 classes, 1,200 training, 40 validation and 80 test images.
            Warning: 2 files are no images and were skipped.
            Run r1
            encoding images
            step 0/4: search images: best 80.0 % (loss 0.610), baseline 80.0 %; 0 calls, $0.00
            step 1/4: search images: best 81.0 % (loss 0.590), baseline 80.0 %; 1 call, 1,000 tokens, $0.0021; 0:30 left
            step 2/4: search images: best 82.0 % (loss 0.570), baseline 80.0 %; 2 calls, 2,000 tokens, $0.0042; 0:20 left
            step 3/4: search images: best 83.0 % (loss 0.550), baseline 80.0 %; 3 calls, 3,000 tokens, $0.0063; 0:10 left
            step 4/4: search images: best 84.0 % (loss 0.530), baseline 80.0 %; 4 calls, 4,000 tokens, $0.0084

            """, line.Complaint);
        Assert.Equal(
            new RegisterDatasetRequest { Name = "flowers", Path = folder.FullName, HandWrittenTemplate = "a <CLASS>, a flower." },
            Orchestrator.Requests.OfType<RegisterDatasetRequest>().Single());
        Assert.Equal("flowers", Orchestrator.Requests.OfType<CreateRunRequest>().Single().Settings.Dataset);
    }

    [Theory]
    [InlineData(2, 12_345L, "Money          about $0.0123")]
    [InlineData(2, 0L, "Money          about $0.00")]
    [InlineData(0, 0L, "Money          none: no paid provider")]
    [InlineData(2, null, "Money          not known: a paid model has no price")]
    public async Task A_dry_run_says_what_it_would_cost(int paidCalls, long? cost, string said)
    {
        Orchestrator.Estimate = new() { PaidCalls = paidCalls, Captioner = new() };
        if (cost is { } known) Orchestrator.Estimate.CostMicroUsd = known;
        var line = Line();
        Assert.Equal(ExitCode.Done, await line.RunAsync("optimize", "flowers", "--dry-run"));
        Assert.Contains(said, line.Out.Split('\n').Select(written => written.TrimEnd()));
    }

    [Fact]
    public async Task A_folder_is_named_by_its_full_path_and_a_path_of_the_orchestrators_as_it_stands()
    {
        var relative = Path.GetRelativePath(Environment.CurrentDirectory, folder.FullName) + "/";
        await Line().RunAsync("optimize", relative, "--detach");
        await Line().RunAsync("optimize", "elsewhere/flowers", "--detach");
        Assert.Equal([folder.FullName, "elsewhere/flowers"], Orchestrator.Requests.OfType<RegisterDatasetRequest>().Select(request => request.Path));
    }

    [Fact]
    public async Task What_is_not_given_stays_absent_so_that_the_preset_decides()
    {
        Assert.Equal(ExitCode.Done, await Line().RunAsync("optimize", "flowers"));
        Assert.Empty(Orchestrator.Requests.OfType<RegisterDatasetRequest>());
        Assert.Equal(new CreateRunRequest { Settings = new() { Dataset = "flowers" } }.ToString(), Orchestrator.Requests.OfType<CreateRunRequest>().Single().ToString());
    }

    [Fact]
    public async Task Every_setting_has_an_option()
    {
        string args = "optimize flowers --preset ipo-code --seed -3 --shots 0 --classes all --steps 20 --candidates 5 --memory 10 --temperature 0.7 --proposer openai " +
            "--no-descriptions --ensemble 1 --class-sentences --max-calls 100 --max-tokens 5000000000 --max-cost 0.505 --max-time 1h30m --run-id mine";
        Assert.Equal(ExitCode.Done, await Line().RunAsync(args.Split(' ')));
        Assert.Equal(
            // As text, because to Equals an absent value and its default are the same.
            new CreateRunRequest
            {
                RunId = "mine",
                Settings = new()
                {
                    Dataset = "flowers",
                    Preset = "ipo-code",
                    Seed = -3,
                    Shots = 0,
                    Classes = ClassSelection.All,
                    Steps = 20,
                    CandidatesPerStep = 5,
                    MemorySize = 10,
                    Temperature = 0.7,
                    Proposers = { new ProposerChoice { Name = "ipo" } },
                    Descriptions = false,
                    EnsembleSize = 1,
                    ClassSentences = true,
                    Budget = new() { Calls = 100, Tokens = 5_000_000_000, CostMicroUsd = 505_000, Duration = Duration.FromTimeSpan(TimeSpan.FromMinutes(90)) },
                },
            }.ToString(),
            Orchestrator.Requests.OfType<CreateRunRequest>().Single().ToString());
    }

    [Fact]
    public async Task Labels_and_a_display_name_go_with_the_run()
    {
        Assert.Equal(ExitCode.Done, await Line().RunAsync("optimize", "flowers", "--label", "team=vision", "--label", "note=a=b", "--display-name", "second try"));
        var request = Orchestrator.Requests.OfType<CreateRunRequest>().Single();
        Assert.Equal("second try", request.DisplayName);
        var labels = request.Labels;
        Assert.Equal(("vision", "a=b"), (labels["team"], labels["note"]));
    }

    [Theory]
    [InlineData("--label team", "--label does not take 'team'; it takes a key and a value, for instance team=vision.")]
    [InlineData("--label team=a --label team=b", "--label gives team twice; a run has one value of it.")]
    [InlineData("--label team=a --dry-run", "--dry-run starts no run, so it cannot be combined with --detach, --output, --run-id, --branch-from, --display-name or --label.")]
    public async Task What_is_no_label_is_told_before_anything_is_asked(string options, string words)
    {
        var line = Line();
        Assert.NotEqual(ExitCode.Done, await line.RunAsync(["optimize", "flowers", .. options.Split(' ')]));
        Assert.Contains(words, line.Complaint, StringComparison.Ordinal);
        Assert.Empty(Orchestrator.Requests);
    }

    [Theory]
    [InlineData("--classes base")]
    [InlineData("--descriptions")]
    [InlineData("--max-calls 0")]
    public async Task A_value_that_equals_a_default_is_still_sent(string option)
    {
        await Line().RunAsync(["optimize", "flowers", .. option.Split(' ')]);
        var settings = Orchestrator.Requests.OfType<CreateRunRequest>().Single().Settings;
        Assert.Equal(1, (settings.Classes is ClassSelection.Base ? 1 : 0) + (settings is { HasDescriptions: true, Descriptions: true } ? 1 : 0) + (settings.Budget is { HasCalls: true, Calls: 0 } ? 1 : 0));
    }

    [Fact]
    public async Task As_json_the_report_is_the_one_document_on_standard_output()
    {
        var line = Line();
        Assert.Equal(ExitCode.Done, await line.RunAsync("optimize", folder.FullName, "--json"));
        Assert.Equal(Runs.Report.Report, RunReport.Parser.ParseJson(line.Out));
        Assert.Contains("step 4/4", line.Complaint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("report.md", "# Run r1")]
    [InlineData("report.JSON", "{")]
    public async Task A_report_goes_to_the_file_in_the_form_of_its_ending(string name, string beginning)
    {
        var file = Path.Combine(folder.FullName, name);
        var line = Line();
        Assert.Equal(ExitCode.Done, await line.RunAsync("optimize", "flowers", "--output", file));
        Assert.StartsWith(beginning, await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.StartsWith("Better: ", line.Out, StringComparison.Ordinal);
        Assert.EndsWith($"Wrote the report to {file}.\n", line.Complaint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Detached_it_prints_the_id_alone_and_says_how_to_come_back()
    {
        var line = Line();
        Assert.Equal(ExitCode.Done, await line.RunAsync("optimize", "flowers", "-d"));
        Assert.Equal("r1\n", line.Out);
        Assert.Equal("Run r1 continues in the background. Watch it with: ipo watch r1\n", line.Complaint);
        Assert.Empty(Orchestrator.Requests.OfType<WatchRunRequest>());
    }

    [Fact]
    public async Task Detached_as_json_it_gives_the_created_run()
    {
        var line = Line();
        await line.RunAsync("optimize", "flowers", "--detach", "--json");
        Assert.Equal(Runs.Encoding, CreateRunResponse.Parser.ParseJson(line.Out).Run);
    }

    [Fact]
    public async Task A_refused_setting_is_told_in_the_orchestrators_words()
    {
        Orchestrator.Faults["CreateRun"] = new(new(StatusCode.InvalidArgument, "settings.budget.calls is 0; it takes a whole number above 0."));
        var line = Line();
        Assert.Equal(ExitCode.Error, await line.RunAsync("optimize", "flowers", "--max-calls", "0"));
        Assert.Equal("ipo: settings.budget.calls is 0; it takes a whole number above 0.\n", line.Complaint);
        Assert.Empty(line.Out);
    }
}
