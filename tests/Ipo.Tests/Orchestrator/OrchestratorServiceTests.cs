using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Ipo.Optimization;
using Ipo.Orchestrator.Runs;
using Ipo.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Ipo.Tests.Orchestrator;

public sealed class OrchestratorServiceTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private FakeServices _fakes = null!;
    private OrchestratorLab _lab = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private V1.OrchestratorService.OrchestratorServiceClient Client => _lab.Client;

    public async ValueTask InitializeAsync()
    {
        _fakes = await FakeServices.StartAsync();
        TinyDataset.Write(_folder, "data/tiny");
        _lab = await OrchestratorLab.StartAsync(_folder, _fakes);
        await _lab.RegisterAsync("tiny", "a drawing of a <CLASS>.");
    }

    public async ValueTask DisposeAsync()
    {
        await _lab.DisposeAsync();
        await _fakes.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Says_what_the_system_is_made_of()
    {
        var system = await Client.GetSystemAsync(new(), cancellationToken: Cancellation);
        Assert.Equal("fake-clip", system.Model.Name);
        Assert.Equal("evolve", Assert.Single(system.Proposers).Name);
        Assert.Equal("attributes (fake-clip)", system.Captioner);
        Assert.Equal(["robust", "ipo-paper", "ipo-code"], system.Presets);
        Assert.Equal([Path.Combine(_folder, "data")], system.DatasetRoots);
        Assert.Matches(@"^\d+\.\d+\.\d+$", system.IpoVersion);
    }

    [Fact]
    public async Task Fills_in_what_the_preset_gives()
    {
        var run = await CreateAsync(new() { Dataset = "tiny", Preset = "ipo-paper", Steps = 1 });
        Assert.Matches("^[a-z0-9]{10}$", run.RunId);
        Assert.Equal(V1.RunState.Running, run.State);
        Assert.Equal(
            new V1.RunSettings
            {
                Dataset = "tiny",
                Preset = "ipo-paper",
                Seed = 1,
                Shots = 1,
                Classes = V1.ClassSelection.Base,
                Steps = 1,
                CandidatesPerStep = 5,
                MemorySize = 20,
                Temperature = 1,
                Proposer = "",
                Descriptions = true,
                Budget = new(),
                Patience = 0,
                EnsembleSize = 1,
            },
            run.Settings);
        Assert.Equal(8, (await CreateAsync(new() { Dataset = "tiny", Preset = "ipo-code", Steps = 1 })).Settings.CandidatesPerStep);
        Assert.False((await CreateAsync(new() { Dataset = "tiny", Preset = "ipo-paper", Steps = 1, Shots = 16 })).Settings.Descriptions);
        var byDefault = (await CreateAsync(new() { Dataset = "tiny", Steps = 1 })).Settings;
        Assert.Equal(("robust", 16, 8, 15, true), (byDefault.Preset, byDefault.Shots, byDefault.CandidatesPerStep, byDefault.Patience, byDefault.Descriptions));
    }

    public static TheoryData<string, string, Action<V1.RunSettings>> WrongSettings => new()
    {
        { "no dataset", "settings.dataset is empty", settings => settings.Dataset = "" },
        { "preset", "settings.preset 'best' does not exist; choose one of: robust, ipo-paper, ipo-code.", settings => settings.Preset = "best" },
        { "shots", "settings.shots is -1", settings => settings.Shots = -1 },
        { "steps", "settings.steps is 0", settings => settings.Steps = 0 },
        { "candidates", "settings.candidates_per_step is 65", settings => settings.CandidatesPerStep = 65 },
        { "memory", "settings.memory_size is -1", settings => settings.MemorySize = -1 },
        { "ensemble_size", "settings.ensemble_size is 17", settings => settings.EnsembleSize = 17 },
        { "patience", "settings.patience is -1", settings => settings.Patience = -1 },
        { "temperature", "settings.temperature is 3", settings => settings.Temperature = 3 },
        { "calls", "settings.budget.calls is 0", settings => settings.Budget = new() { Calls = 0 } },
        { "tokens", "settings.budget.tokens is -5", settings => settings.Budget = new() { Tokens = -5 } },
        { "money", "settings.budget.cost_micro_usd is 0", settings => settings.Budget = new() { CostMicroUsd = 0 } },
        { "time", "settings.budget.duration is 00:00:00", settings => settings.Budget = new() { Duration = new Duration() } },
        { "no time", "settings.budget.duration is 1 s and -5 ns; it takes a positive duration", settings => settings.Budget = new() { Duration = new Duration { Seconds = 1, Nanos = -5 } } },
        { "classes", "settings.classes is 7", settings => settings.Classes = (V1.ClassSelection)7 },
    };

    [Theory]
    [MemberData(nameof(WrongSettings), DisableDiscoveryEnumeration = true)]
    public async Task Wrong_settings_are_refused_by_name_value_and_what_they_take(string what, string message, Action<V1.RunSettings> wrong)
    {
        var settings = new V1.RunSettings { Dataset = "tiny" };
        wrong(settings);
        var refused = await RefusedAsync(StatusCode.InvalidArgument, () => CreateAsync(settings));
        Assert.True(refused.Contains(message, StringComparison.Ordinal), $"{what}: {refused}");
        Assert.Empty((await Client.ListRunsAsync(new(), cancellationToken: Cancellation)).Runs);
    }

    [Fact]
    public async Task Runs_of_no_dataset_and_with_no_id_are_refused()
    {
        Assert.Contains("There is no dataset 'lions'", await RefusedAsync(StatusCode.NotFound, () => CreateAsync(new() { Dataset = "lions" })), StringComparison.Ordinal);
        Assert.Contains("run_id 'a b' is none", await RefusedAsync(StatusCode.InvalidArgument, () => CreateAsync(new() { Dataset = "tiny" }, "a b")), StringComparison.Ordinal);
        Assert.Equal("There is no run 'nobody'.", await RefusedAsync(StatusCode.NotFound, async () => await Client.GetRunAsync(new() { RunId = "nobody" }, cancellationToken: Cancellation)));
    }

    [Fact]
    public async Task Creating_again_is_no_second_run_and_other_settings_are_refused()
    {
        var mine = Settings();
        mine.Seed = 7;
        await CreateAsync(mine, "mine");
        Assert.Equal("mine", (await CreateAsync(mine, "mine")).RunId);
        Assert.Equal("mine", (await CreateAsync(Settings(), "mine")).RunId); // whatever the seed
        var other = Settings();
        other.Seed = 99;
        Assert.Contains("Run 'mine' exists with other settings", await RefusedAsync(StatusCode.AlreadyExists, () => CreateAsync(other, "mine")), StringComparison.Ordinal);
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => CreateAsync(Settings(), "race")));
        Assert.Equal(2, (await Client.ListRunsAsync(new(), cancellationToken: Cancellation)).Runs.Count);
    }

    [Fact]
    public async Task A_run_from_creation_to_report_serving_and_deletion()
    {
        await CreateAsync(Settings(), "run");
        var watched = await WatchAsync("run");
        var last = watched[^1];
        Assert.Equal((V1.RunState.Completed, "All 2 steps were done.", 2), (last.State, last.Reason, last.StepsCompleted));
        Assert.Equal(("evolve (rules 1)", "attributes (fake-clip)", "fake-clip"), (last.Proposer, last.Captioner, last.Model.Name));
        Assert.True(watched.Zip(watched.Skip(1)).All(pair => pair.First.JournalLength <= pair.Second.JournalLength));

        var answer = await Client.GetRunReportAsync(new() { RunId = "run" }, cancellationToken: Cancellation);
        var report = answer.Report;
        Assert.Equal(report.Trajectory.MaxBy(scored => (scored.Accuracy, -scored.Loss))!.Template, report.Winner);
        Assert.Equal((4, 4, 6, 6), (report.WinnerEvaluation.Search.Images, report.WinnerEvaluation.Validation.Images, report.WinnerEvaluation.TestBase.Images, report.WinnerEvaluation.TestNovel.Images));
        Assert.Equal("a drawing of a <CLASS>.", report.HandWrittenEvaluation.Template);
        Assert.Equal(3, report.Curve.Count);
        Assert.Contains(report.Notes, note => note.Contains("no language model took part", StringComparison.Ordinal));
        Assert.StartsWith("# tiny: ", answer.Markdown, StringComparison.Ordinal);

        using var http = _lab.Http;
        Assert.Equal(answer.Markdown, await http.GetStringAsync(new Uri("/runs/run/report.md", UriKind.Relative), Cancellation));
        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await http.GetAsync(new Uri("/runs/nobody/report.md", UriKind.Relative), Cancellation)).StatusCode);

        var classified = await Client.ClassifyImagesAsync(new() { RunId = "run", Contents = { ByteString.CopyFrom(TinyDataset.Image("new")) }, TopK = 2 }, cancellationToken: Cancellation);
        Assert.Equal(report.Winner, classified.Template);
        Assert.Equal(2, Assert.Single(classified.Classifications).Classes.Count);

        Assert.Contains("is complete; there is nothing to cancel", await RefusedAsync(StatusCode.FailedPrecondition, async () => await Client.CancelRunAsync(new() { RunId = "run" }, cancellationToken: Cancellation)), StringComparison.Ordinal);
        Assert.Contains("only a failed run can be resumed", await RefusedAsync(StatusCode.FailedPrecondition, async () => await Client.ResumeRunAsync(new() { RunId = "run" }, cancellationToken: Cancellation)), StringComparison.Ordinal);
        await Client.DeleteRunAsync(new() { RunId = "run" }, cancellationToken: Cancellation);
        await RefusedAsync(StatusCode.NotFound, async () => await Client.GetRunAsync(new() { RunId = "run" }, cancellationToken: Cancellation));
        Assert.Empty((await Client.ListRunsAsync(new(), cancellationToken: Cancellation)).Runs);
    }

    [Fact]
    public async Task A_running_run_has_no_report_serves_nothing_and_cannot_be_deleted_until_it_is_cancelled()
    {
        var asked = new TaskCompletionSource();
        _fakes.PromptGen.Instead = async _ => { asked.TrySetResult(); await Task.Delay(Timeout.Infinite, Cancellation); return null; };
        await CreateAsync(Settings(), "run");
        await asked.Task;

        Assert.Contains("is running after 0 of 2 steps; a report exists once it is completed", await RefusedAsync(StatusCode.FailedPrecondition, async () => await Client.GetRunReportAsync(new() { RunId = "run" }, cancellationToken: Cancellation)), StringComparison.Ordinal);
        Assert.Contains("only a completed run has a winner", await RefusedAsync(StatusCode.FailedPrecondition, async () => await Client.ClassifyImagesAsync(new() { RunId = "run", Contents = { ByteString.CopyFromUtf8("x") } }, cancellationToken: Cancellation)), StringComparison.Ordinal);
        Assert.Contains("is running; cancel it first", await RefusedAsync(StatusCode.FailedPrecondition, async () => await Client.DeleteRunAsync(new() { RunId = "run" }, cancellationToken: Cancellation)), StringComparison.Ordinal);

        var watching = WatchAsync("run");
        Assert.Equal(V1.RunState.Cancelled, (await Client.CancelRunAsync(new() { RunId = "run" }, cancellationToken: Cancellation)).Run.State);
        Assert.Equal(V1.RunState.Cancelled, (await Client.CancelRunAsync(new() { RunId = "run" }, cancellationToken: Cancellation)).Run.State);
        Assert.Equal((V1.RunState.Cancelled, "A person cancelled it."), ((await watching)[^1].State, (await watching)[^1].Reason));
        Assert.Equal("a photo of a <CLASS>.", (await Client.GetRunAsync(new() { RunId = "run" }, cancellationToken: Cancellation)).Run.Best.Template);
        await Client.DeleteRunAsync(new() { RunId = "run" }, cancellationToken: Cancellation);
    }

    [Fact]
    public async Task Several_proposers_share_a_run_and_the_report_says_what_each_brought()
    {
        _fakes.PromptGen.More = [new() { Name = "reflect", Model = "model-1", Paid = true }];
        _fakes.PromptGen.Answer = request => $"<INS>a {request.Proposer} picture {request.Memory.Count} {request.Seed} of a <CLASS>.</INS><INS>none</INS>";
        var settings = Settings();
        settings.Proposer = "evolve,reflect,no-history";
        settings.Steps = 3;
        await CreateAsync(settings, "run");
        Assert.Equal("evolve (rules 1), reflect (model-1), evolve/no-history (rules 1)", (await WatchAsync("run"))[^1].Proposer);

        var answer = await Client.GetRunReportAsync(new() { RunId = "run" }, cancellationToken: Cancellation);
        Assert.Equal(
            [("evolve", 1, 1, 1), ("reflect", 1, 1, 1), ("evolve/no-history", 1, 1, 1)],
            answer.Report.ProposerShares.Select(share => (share.Proposer, share.Answers, share.Scored, share.Refused)));
        var winner = answer.Report.ProposerShares.SingleOrDefault(share => share.Best.Template == answer.Report.Winner);
        Assert.Equal(winner?.Proposer ?? "", answer.Report.WinnerProposer);
        Assert.Contains("## Who found it", answer.Markdown, StringComparison.Ordinal);

        var requests = _fakes.PromptGen.Requests.ToList();
        Assert.Equal(["evolve", "reflect", "evolve"], requests.Select(request => request.Proposer));
        Assert.Equal([1, 2, 0], requests.Select(request => request.Memory.Count));
        var confused = (await _lab.Book.GetAsync("run", Cancellation)).State;
        Assert.Equal(3, confused.StepsCompleted);
    }

    [Theory]
    [InlineData("evolve,no-history,evolve/no-history", "proposer is 'evolve,no-history,evolve/no-history', which means evolve, evolve/no-history, evolve/no-history; give each once.")]
    [InlineData("openai", "proposer 'ipo' is not configured; prompt-gen has: evolve.")]
    public async Task Proposers_that_are_not_there_or_twice_fail_the_run(string proposer, string reason)
    {
        var settings = Settings();
        settings.Proposer = proposer;
        await CreateAsync(settings, "run");
        Assert.Equal((V1.RunState.Failed, reason), ((await WatchAsync("run"))[^1] switch { var run => (run.State, run.Reason) }));
    }

    [Fact]
    public async Task Nothing_is_described_for_a_proposer_that_looks_at_no_description()
    {
        _fakes.PromptGen.More = [new() { Name = "random-words", Model = "random-words-1" }];
        var settings = Settings();
        settings.Proposer = "random-words";
        await CreateAsync(settings, "run");
        var run = (await WatchAsync("run"))[^1];
        Assert.Equal((V1.RunState.Completed, ""), (run.State, run.Captioner));
        Assert.All(_fakes.PromptGen.Requests, request => Assert.Empty(request.Descriptions));
    }

    [Fact]
    public async Task An_unknown_proposer_fails_the_run_and_names_the_known_ones()
    {
        var settings = Settings();
        settings.Proposer = "gpt-9";
        await CreateAsync(settings, "run");
        var run = (await WatchAsync("run"))[^1];
        Assert.Equal((V1.RunState.Failed, "proposer 'gpt-9' is not configured; prompt-gen has: evolve."), (run.State, run.Reason));
    }

    [Fact]
    public async Task A_class_name_too_long_for_the_checkpoint_fails_the_run_before_anything_is_spent()
    {
        _fakes.Scorer.LongestText = 15;
        await CreateAsync(Settings(), "run");
        var run = (await WatchAsync("run"))[^1];
        Assert.Equal(V1.RunState.Failed, run.State);
        Assert.Contains("A class name of dataset 'tiny' does not fit", run.Reason, StringComparison.Ordinal);
        Assert.Equal(0, run.Spending.Calls);
    }

    [Fact]
    public async Task Given_templates_are_scored_on_the_split_and_classes_asked_for()
    {
        var request = new V1.EvaluateTemplatesRequest { Dataset = "tiny", Templates = { "a photo of a <CLASS>.", "no class", "a sketch of a <CLASS>" } };
        var all = await Client.EvaluateTemplatesAsync(request, cancellationToken: Cancellation);
        Assert.Equal((12, 4), (all.Results[0].Score.Images, all.Results[0].Score.Classes));
        Assert.Contains("no <CLASS>", all.Results[1].Refusal, StringComparison.Ordinal);
        Assert.InRange(all.Results[0].Score.Accuracy, all.Results[0].Score.AccuracyLow, all.Results[0].Score.AccuracyHigh);
        Assert.Equal(4, all.ClassNames.Count);

        request.Split = V1.Split.Train;
        request.Shots = 2;
        request.Classes = V1.EvaluatedClasses.Novel;
        var novel = await Client.EvaluateTemplatesAsync(request, cancellationToken: Cancellation);
        Assert.Equal((4, 2), (novel.Results[2].Score.Images, novel.Results[2].Score.Classes));
        Assert.Equal(["kind c", "kind d"], novel.ClassNames);

        Assert.Contains("templates has 0 entries", await RefusedAsync(StatusCode.InvalidArgument, async () => await Client.EvaluateTemplatesAsync(new() { Dataset = "tiny" }, cancellationToken: Cancellation)), StringComparison.Ordinal);
        Assert.Contains("shots is -1", await RefusedAsync(StatusCode.InvalidArgument, async () => await Client.EvaluateTemplatesAsync(new() { Dataset = "tiny", Templates = { "<CLASS>" }, Shots = -1 }, cancellationToken: Cancellation)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_classified_is_refused()
    {
        Assert.Contains("contents has 0 images", await RefusedAsync(StatusCode.InvalidArgument, async () => await Client.ClassifyImagesAsync(new() { RunId = "x" }, cancellationToken: Cancellation)), StringComparison.Ordinal);
        Assert.Contains("contents[0] has 0 bytes", await RefusedAsync(StatusCode.InvalidArgument, async () => await Client.ClassifyImagesAsync(new() { RunId = "x", Contents = { ByteString.Empty } }, cancellationToken: Cancellation)), StringComparison.Ordinal);
        await RefusedAsync(StatusCode.NotFound, async () => await Client.ClassifyImagesAsync(new() { RunId = "x", Contents = { ByteString.CopyFromUtf8("x") } }, cancellationToken: Cancellation));
    }

    [Fact]
    public async Task A_robust_run_chooses_on_validation_images_opens_the_test_once_and_proves_its_verdict()
    {
        var settings = Settings();
        (settings.Preset, settings.Steps) = ("robust", 4);
        await CreateAsync(settings, "run");
        Assert.Equal(V1.RunState.Completed, (await WatchAsync("run"))[^1].State);

        var answer = await Client.GetRunReportAsync(new() { RunId = "run" }, cancellationToken: Cancellation);
        var report = answer.Report;
        Assert.Equal("a photo of a <CLASS>.", report.Finalists[0].Template);
        Assert.InRange(report.Finalists.Count, 3, 9);
        Assert.All(report.Finalists.Skip(1), finalist => Assert.True(finalist.HolmP >= finalist.Comparison.McnemarP));
        Assert.Contains(report.Finalists, finalist => finalist.Template == report.Winner);
        Assert.NotEqual(V1.Judgement.Unspecified, report.Verdict.Judgement);
        Assert.Equal(report.Run.TemplatesScored - 1, report.SearchTest.Templates);
        Assert.InRange(report.SearchTest.P, 0, 1);
        Assert.Equal(0, report.TestSeal.EarlierLooks);
        Assert.Contains("## How the winner was chosen", answer.Markdown, StringComparison.Ordinal);

        var view = await _lab.Book.GetAsync("run", Cancellation);
        Assert.NotNull(view.State.Chosen);
        Assert.Equal(view.State.Chosen!.Winner, report.Winner);
        var journal = await _lab.Services.GetRequiredService<IRunJournal>().ReadAsync("run", 0, Cancellation);
        var opened = Position(journal, happened => happened is TestOpened);
        Assert.True(Position(journal, happened => happened is WinnerChosen) < opened);
        Assert.True(opened < Position(journal, happened => happened is TemplateEvaluated { Part: DatasetPart.TestBase or DatasetPart.TestNovel }));

        // A second run on the same test images says that they are no longer fresh.
        await CreateAsync(settings, "again");
        await WatchAsync("again");
        var second = (await Client.GetRunReportAsync(new() { RunId = "again" }, cancellationToken: Cancellation)).Report;
        Assert.Equal(1, second.TestSeal.EarlierLooks);
        Assert.Equal(report.Winner, second.Winner);
        Assert.Contains(second.Notes, note => note.StartsWith("The test images had been looked at 1 time before this run", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_robust_run_says_which_descriptions_it_left_out_and_which_images_splits_share()
    {
        TinyDataset.Write(_folder, "data/many", classes: 4, imagesPerClass: 40);
        var calls = 0;
        // One description is of another world, one names a class, half of the others are the same, and one held a name that was taken out.
        _fakes.Captioner.Instead = call => new()
        {
            Description = call switch { 0 => "something else entirely", 1 => "a kind b in the rain", _ when call % 2 == 0 => "a picture of the usual", _ => $"a picture number {call}" },
            NamesReplaced = call == 2 ? 1 : 0,
            Provider = "attributes",
            Model = "fake-clip",
            Usage = new(),
        };
        var images = new System.Collections.Concurrent.ConcurrentDictionary<string, float[]>();
        _fakes.Scorer.TextEmbeddingOf = text => text == "something else entirely" ? [-1, 0, 0, 0] : [1, 0, 0, 0];
        // Around one direction, each a little otherwise; the third and fourth ones asked for are the same picture.
        _fakes.Scorer.ImageEmbedding = sha256 => images.GetOrAdd(sha256, _ => Interlocked.Increment(ref calls) is var nth ? Unit(1, nth % 7 / 10f, nth % 11 / 3f, nth % 13 / 3f) : []);
        var settings = Settings();
        (settings.Dataset, settings.Preset, settings.Steps, settings.Shots) = ("many", "robust", 3, 16);
        await Client.RegisterDatasetAsync(new() { Path = "many" }, cancellationToken: Cancellation);
        await CreateAsync(settings, "run");
        Assert.Equal(V1.RunState.Completed, (await WatchAsync("run"))[^1].State);

        var answer = await Client.GetRunReportAsync(new() { RunId = "run" }, cancellationToken: Cancellation);
        var descriptions = answer.Report.Descriptions;
        Assert.Equal((32, 5_000, 1), (descriptions.Described, descriptions.TokenBudget, descriptions.NamedAClass));
        Assert.Equal(
            [(V1.DescriptionFlag.DoesNotFit, "something else entirely", ""), (V1.DescriptionFlag.NamesAClass, "a kind b in the rain", "kind b")],
            descriptions.Flagged.OrderBy(flagged => flagged.Flag).Select(flagged => (flagged.Flag, flagged.Description, flagged.NamedClass)));
        Assert.Equal((16, 30), (descriptions.Lines, descriptions.ImagesShown));
        Assert.True(answer.Report.Duplicates.Images > 0);
        Assert.All(answer.Report.Duplicates.Nearest, pair => Assert.InRange(pair.Cosine, DuplicateImages.SameFrom, 1));
        Assert.Equal("train", answer.Report.Duplicates.Nearest[^1].OtherSplit);
        Assert.Contains("## Descriptions that were left out", answer.Markdown, StringComparison.Ordinal);
        Assert.Contains("names the class kind b", answer.Markdown, StringComparison.Ordinal);
        Assert.Contains("## Images that splits share", answer.Markdown, StringComparison.Ordinal);
        Assert.Contains(answer.Report.Notes, note => note.StartsWith("2 descriptions were left out", StringComparison.Ordinal));
        Assert.Contains(answer.Report.Notes, note => note.StartsWith("The captioner named a class in 1 of 32 descriptions", StringComparison.Ordinal));
        Assert.Contains(answer.Report.Notes, note => note.Contains("look like one of an earlier split", StringComparison.Ordinal));
        Assert.All(_fakes.PromptGen.Requests, request => Assert.DoesNotContain("something else", request.Instruction, StringComparison.Ordinal));

        static float[] Unit(params float[] numbers) => MathF.Sqrt(numbers.Sum(number => number * number)) is var length ? Array.ConvertAll(numbers, number => number / length) : numbers;
    }

    [Fact]
    public async Task Test_images_are_sealed_while_a_robust_run_is_unfinished_and_every_look_counts()
    {
        var asked = new TaskCompletionSource();
        _fakes.PromptGen.Instead = async _ => { asked.TrySetResult(); await Task.Delay(Timeout.Infinite, Cancellation); return null; };
        var settings = Settings();
        settings.Preset = "robust";
        await CreateAsync(settings, "run");
        await asked.Task;

        var look = new V1.EvaluateTemplatesRequest { Dataset = "tiny", Templates = { "a <CLASS>" } };
        Assert.StartsWith("The test images of 'tiny' are sealed while run 'run' is unfinished.", await RefusedAsync(StatusCode.FailedPrecondition, async () => await Client.EvaluateTemplatesAsync(look, cancellationToken: Cancellation)), StringComparison.Ordinal);
        var validation = look.Clone();
        validation.Split = V1.Split.Validation;
        await Client.EvaluateTemplatesAsync(validation, cancellationToken: Cancellation);

        await Client.CancelRunAsync(new() { RunId = "run" }, cancellationToken: Cancellation);
        await Client.EvaluateTemplatesAsync(look, cancellationToken: Cancellation);
        await Client.EvaluateTemplatesAsync(look, cancellationToken: Cancellation);
        _fakes.PromptGen.Instead = _ => Task.FromResult<V1.ProposeTemplatesResponse?>(null);
        await CreateAsync(settings, "after");
        await WatchAsync("after");
        Assert.Equal(2, (await Client.GetRunReportAsync(new() { RunId = "after" }, cancellationToken: Cancellation)).Report.TestSeal.EarlierLooks);
    }

    [Fact]
    public async Task A_search_that_a_person_ends_scores_what_was_bought_and_is_proved()
    {
        var (asked, answer) = (new TaskCompletionSource(), new TaskCompletionSource());
        _fakes.PromptGen.Instead = async call =>
        {
            if (call == 1) { asked.TrySetResult(); await answer.Task.WaitAsync(Cancellation); }
            return null;
        };
        var settings = Settings();
        (settings.Preset, settings.Steps) = ("robust", 50);
        await CreateAsync(settings, "run");
        await asked.Task;
        await Client.FinishRunAsync(new() { RunId = "run" }, cancellationToken: Cancellation);
        await Client.FinishRunAsync(new() { RunId = "run" }, cancellationToken: Cancellation);
        answer.SetResult();

        var last = (await WatchAsync("run"))[^1];
        Assert.Equal((V1.RunState.Completed, "A person ended the search after 2 of 50 steps.", 2), (last.State, last.Reason, last.StepsCompleted));
        Assert.Equal(2, _fakes.PromptGen.Requests.Count);
        Assert.Contains("only a running search can be ended", await RefusedAsync(StatusCode.FailedPrecondition, async () => await Client.FinishRunAsync(new() { RunId = "run" }, cancellationToken: Cancellation)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_says_what_a_run_would_take_and_starts_nothing()
    {
        _fakes.PromptGen.Proposer = new() { Name = "ipo", Model = "gpt", Paid = true };
        var settings = Settings();
        (settings.Preset, settings.Steps) = ("robust", 2);
        var estimate = await Client.EstimateRunAsync(new() { Settings = settings }, cancellationToken: Cancellation);
        Assert.Equal((4, 20, 0, 4), (estimate.SearchImages, estimate.ImagesToEncode, estimate.ImagesCached, estimate.Descriptions));
        Assert.Equal((2, 2, 9), (estimate.ProposerCalls, estimate.PaidCalls, estimate.Templates));
        Assert.InRange(estimate.InputTokens, 500, 5000);
        Assert.StartsWith("2 steps are too few", Assert.Single(estimate.Warnings), StringComparison.Ordinal);
        Assert.Empty((await Client.ListRunsAsync(new(), cancellationToken: Cancellation)).Runs);
        Assert.Empty(_fakes.PromptGen.Requests);

        var created = await Client.CreateRunAsync(new() { RunId = "run", Settings = settings }, cancellationToken: Cancellation);
        Assert.Equal(estimate.Warnings, created.Warnings);
        await WatchAsync("run");
        var after = await Client.EstimateRunAsync(new() { Settings = settings }, cancellationToken: Cancellation);
        Assert.Equal((0, 20), (after.ImagesToEncode, after.ImagesCached));
    }

    private static int Position(IReadOnlyList<RunEvent> journal, Func<RunEvent, bool> what) => journal.Select((happened, at) => (happened, at)).First(pair => what(pair.happened)).at;

    private async Task<V1.Run> CreateAsync(V1.RunSettings settings, string runId = "") =>
        (await Client.CreateRunAsync(new() { RunId = runId, Settings = settings }, cancellationToken: Cancellation)).Run;

    private async Task<List<V1.Run>> WatchAsync(string runId)
    {
        using var watch = Client.WatchRun(new() { RunId = runId }, cancellationToken: Cancellation);
        return await watch.ResponseStream.ReadAllAsync(Cancellation).Select(response => response.Run).ToListAsync(Cancellation);
    }

    private static async Task<string> RefusedAsync(StatusCode code, Func<Task> call)
    {
        var refused = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal(code, refused.StatusCode);
        return refused.Status.Detail;
    }

    private static V1.RunSettings Settings() => new() { Dataset = "tiny", Preset = "ipo-paper", Steps = 2, Shots = 2, CandidatesPerStep = 4, Descriptions = true };
}
