using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Ipo.Tests.Fakes;
using Xunit;

namespace Ipo.Tests.Orchestrator;

public sealed class OrchestratorServiceTests : OrchestratorTest
{
    private protected override async Task PrepareAsync()
    {
        TinyDataset.Write(Folder, "data/tiny");
        await Lab.RegisterAsync("tiny", "a drawing of a <CLASS>.");
    }

    [Fact]
    public async Task Says_what_the_system_is_made_of()
    {
        var system = await Client.System.GetSystemAsync(new(), cancellationToken: Cancellation);
        Assert.Equal("fake-clip", system.Model.Name);
        Assert.Equal("evolve", Assert.Single(system.Proposers).Name);
        Assert.Equal(("attributes", "fake-clip"), (system.Captioner.Name, system.Captioner.Model));
        Assert.Equal(["robust", "ipo-paper", "ipo-code"], system.Presets);
        Assert.Equal([Path.Combine(Folder, "data")], system.DatasetRoots);
        Assert.Matches(@"^\d+\.\d+\.\d+$", system.IpoVersion);
    }

    [Fact]
    public async Task Fills_in_what_the_preset_gives()
    {
        var run = await Lab.CreateAsync(new() { Dataset = "tiny", Preset = "ipo-paper", Steps = 1 });
        Assert.Matches("^tiny-[a-z0-9]{4}$", run.RunId);
        Assert.True(run.State is V1.RunState.Running or V1.RunState.Queued);
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
                Descriptions = true,
                Budget = new(),
                Patience = 0,
                DescriptionLimit = 128,
                EnsembleSize = 1,
            },
            run.Settings);
        Assert.Equal(8, (await Lab.CreateAsync(new() { Dataset = "tiny", Preset = "ipo-code", Steps = 1 })).Settings.CandidatesPerStep);
        Assert.False((await Lab.CreateAsync(new() { Dataset = "tiny", Preset = "ipo-paper", Steps = 1, Shots = 16 })).Settings.Descriptions);
        var byDefault = (await Lab.CreateAsync(new() { Dataset = "tiny", Steps = 1 })).Settings;
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
        var refused = await OrchestratorLab.RefusedAsync(StatusCode.InvalidArgument, () => Lab.CreateAsync(settings));
        Assert.True(refused.Contains(message, StringComparison.Ordinal), $"{what}: {refused}");
        Assert.Empty((await Client.Runs.ListRunsAsync(new(), cancellationToken: Cancellation)).Runs);
    }

    [Fact]
    public async Task Runs_of_no_dataset_and_with_no_id_are_refused()
    {
        Assert.Contains("There is no dataset 'lions'", await OrchestratorLab.RefusedAsync(StatusCode.NotFound, () => Lab.CreateAsync(new() { Dataset = "lions" })), StringComparison.Ordinal);
        Assert.Contains("run_id 'a b' is invalid", await OrchestratorLab.RefusedAsync(StatusCode.InvalidArgument, () => Lab.CreateAsync(new() { Dataset = "tiny" }, "a b")), StringComparison.Ordinal);
        Assert.Equal("There is no run 'nobody'.", await OrchestratorLab.RefusedAsync(StatusCode.NotFound, async () => await Client.Runs.GetRunAsync(new() { RunId = "nobody" }, cancellationToken: Cancellation)));
    }

    [Fact]
    public async Task Creating_again_is_no_second_run_and_other_settings_are_refused()
    {
        var mine = Settings();
        mine.Seed = 7;
        await Lab.CreateAsync(mine, "mine");
        Assert.Equal("mine", (await Lab.CreateAsync(mine, "mine")).RunId);
        Assert.Equal("mine", (await Lab.CreateAsync(Settings(), "mine")).RunId); // whatever the seed
        var other = Settings();
        other.Seed = 99;
        Assert.Contains("Run 'mine' exists with other settings", await OrchestratorLab.RefusedAsync(StatusCode.AlreadyExists, () => Lab.CreateAsync(other, "mine")), StringComparison.Ordinal);
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Lab.CreateAsync(Settings(), "race")));
        Assert.Equal(2, (await Client.Runs.ListRunsAsync(new(), cancellationToken: Cancellation)).Runs.Count);
    }

    [Fact]
    public async Task A_run_from_creation_to_report_serving_and_deletion()
    {
        await Lab.CreateAsync(Settings(), "run");
        var watched = await Lab.WatchAsync("run");
        var last = watched[^1];
        Assert.Equal((V1.RunState.Completed, "All 2 steps were done.", 2), (last.State, last.Reason, last.StepsCompleted));
        Assert.Equal(("evolve (rules 1)", "attributes (fake-clip)", "fake-clip"), (Asking.Names(last), Ipo.Cli.Output.ProviderText.Captioner(last.Captioner), last.Model.Name));
        Assert.True(watched.Zip(watched.Skip(1)).All(pair => pair.First.JournalLength <= pair.Second.JournalLength));

        var answer = await Client.Reports.GetRunReportAsync(new() { RunId = "run" }, cancellationToken: Cancellation);
        var report = answer.Report;
        Assert.Equal(report.Trajectory.MaxBy(scored => (scored.Accuracy, -scored.Loss))!.Template, Assert.Single(report.Winner.Templates));
        Assert.Equal((4, 4, 6, 6), (report.WinnerEvaluation.Search.Images, report.WinnerEvaluation.Validation.Images, report.WinnerEvaluation.TestBase.Images, report.WinnerEvaluation.TestNovel.Images));
        Assert.Equal(["a drawing of a <CLASS>."], report.HandWrittenEvaluation.PromptSet.Templates);
        Assert.Equal(3, report.Curve.Count);
        Assert.Contains(report.Caveats, caveat => caveat.Kind == V1.CaveatKind.RulesPropose);
        Assert.StartsWith("# tiny: ", answer.Markdown, StringComparison.Ordinal);

        using var http = Lab.Http;
        Assert.Equal(answer.Markdown, await http.GetStringAsync(new Uri("/runs/run/report.md", UriKind.Relative), Cancellation));
        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await http.GetAsync(new Uri("/runs/nobody/report.md", UriKind.Relative), Cancellation)).StatusCode);

        var classified = await Client.Serving.ClassifyImagesAsync(new() { RunId = "run", Contents = { ByteString.CopyFrom(TinyDataset.Image("new")) }, TopK = 2 }, cancellationToken: Cancellation);
        Assert.Equal((report.Run.Outcome.Recommended, report.Run.Outcome.Verdict.Judgement is not V1.Judgement.Better), (classified.PromptSet, classified.IsBaseline));
        Assert.Equal((report.Run.Outcome.SearchedClasses, report.Run.Outcome.DatasetClasses), (classified.ClassNames.Count, classified.ClassNames.Count + classified.ClassesLeftOut.Count));
        var asked = await Client.Serving.ClassifyImagesAsync(new() { RunId = "run", Contents = { ByteString.CopyFrom(TinyDataset.Image("new")) }, Prompts = V1.ServedPrompts.Winner }, cancellationToken: Cancellation);
        Assert.Equal(report.Winner, asked.PromptSet);
        Assert.StartsWith("prompts is 0;", await OrchestratorLab.RefusedAsync(StatusCode.InvalidArgument, async () => await Client.Serving.ClassifyImagesAsync(new() { RunId = "run", Contents = { ByteString.CopyFrom(TinyDataset.Image("new")) }, Prompts = V1.ServedPrompts.Unspecified }, cancellationToken: Cancellation)), StringComparison.Ordinal);
        Assert.Equal(2, Assert.Single(classified.Classifications).Classes.Count);

        Assert.Contains("is complete; there is nothing to cancel", await OrchestratorLab.RefusedAsync(StatusCode.FailedPrecondition, async () => await Client.Runs.CancelRunAsync(new() { RunId = "run" }, cancellationToken: Cancellation)), StringComparison.Ordinal);
        Assert.Contains("only a failed or paused run can be resumed", await OrchestratorLab.RefusedAsync(StatusCode.FailedPrecondition, async () => await Client.Runs.ResumeRunAsync(new() { RunId = "run" }, cancellationToken: Cancellation)), StringComparison.Ordinal);
        await Client.Runs.DeleteRunAsync(new() { RunId = "run" }, cancellationToken: Cancellation);
        await OrchestratorLab.RefusedAsync(StatusCode.NotFound, async () => await Client.Runs.GetRunAsync(new() { RunId = "run" }, cancellationToken: Cancellation));
        Assert.Empty((await Client.Runs.ListRunsAsync(new(), cancellationToken: Cancellation)).Runs);
    }

    [Fact]
    public async Task What_proposers_were_told_and_answered_is_given_word_for_word()
    {
        await Lab.CreateAsync(Settings(), "run");
        await Lab.EndAsync("run");
        foreach (var step in (int[])[1, 2])
        {
            var proposals = await Client.Runs.GetProposalsAsync(new() { RunId = "run", Step = step }, cancellationToken: Cancellation);
            var sent = Fakes.PromptGen.Requests.ToList()[step - 1];
            var transcript = Assert.Single(proposals.Proposals);
            Assert.Equal((step, 0, 1, "evolve", sent.Instruction, "rules 1"), (proposals.Step, transcript.Call, transcript.Attempt, transcript.Proposer, transcript.Instruction, transcript.Model));
            Assert.Contains("<INS>", transcript.Answer, StringComparison.Ordinal);
        }
        Assert.Equal(2, (await Client.Runs.GetProposalsAsync(new() { RunId = "run" }, cancellationToken: Cancellation)).Step);
        Assert.Equal("step is 3; give 1 to 2, or 0 for the newest.", await OrchestratorLab.RefusedAsync(StatusCode.InvalidArgument, async () => await Client.Runs.GetProposalsAsync(new() { RunId = "run", Step = 3 }, cancellationToken: Cancellation)));
        await OrchestratorLab.RefusedAsync(StatusCode.NotFound, async () => await Client.Runs.GetProposalsAsync(new() { RunId = "none" }, cancellationToken: Cancellation));
    }

    [Fact]
    public async Task An_evaluation_says_how_many_images_are_encoded_and_ends_with_the_scores()
    {
        var request = new V1.EvaluateTemplatesRequest { Dataset = "tiny", PromptSets = { Prompts.Sets("a photo of a <CLASS>.") }, Split = V1.Split.Validation, Classes = V1.EvaluatedClasses.All };
        using var call = Client.Evaluation.EvaluateTemplatesWithProgress(new() { Evaluation = request }, cancellationToken: Cancellation);
        var responses = await call.ResponseStream.ReadAllAsync(Cancellation).ToListAsync(Cancellation);
        Assert.Equal(await Client.Evaluation.EvaluateTemplatesAsync(request, cancellationToken: Cancellation), responses[^1].Evaluation);
        var progress = responses.SkipLast(1).Select(response => response.Progress).ToList();
        Assert.Equal((8L, 8L), (progress[^1].ImagesDone, progress[^1].Images));
        Assert.Equal(progress.OrderBy(one => one.ImagesDone), progress);

        using var refused = Client.Evaluation.EvaluateTemplatesWithProgress(new(), cancellationToken: Cancellation);
        var fault = await Assert.ThrowsAsync<RpcException>(() => refused.ResponseStream.MoveNext(Cancellation));
        Assert.Equal(StatusCode.InvalidArgument, fault.StatusCode);
    }

    [Fact]
    public async Task A_call_that_failed_stands_in_the_transcript_with_its_reason()
    {
        Fakes.PromptGen.Instead = _ => Task.FromResult<V1.ProposeTemplatesResponse?>(FakePromptGen.Failure(V1.FailureKind.Unauthorized));
        await Lab.CreateAsync(Settings(), "run");
        await Lab.EndAsync("run");
        var transcript = Assert.Single((await Client.Runs.GetProposalsAsync(new() { RunId = "run" }, cancellationToken: Cancellation)).Proposals);
        Assert.Equal((V1.FailureKind.Unauthorized, ""), (transcript.Failure.Kind, transcript.Model));
    }

    [Fact]
    public async Task A_running_run_has_no_winner_serves_nothing_and_cannot_be_deleted_until_it_is_cancelled()
    {
        var asked = new TaskCompletionSource();
        Fakes.PromptGen.Instead = async _ => { asked.TrySetResult(); await Task.Delay(Timeout.Infinite, Cancellation); return null; };
        await Lab.CreateAsync(Settings(), "run");
        await asked.Task;

        Assert.Contains(
            "is running after 0 of 2 steps; a winner exists once it is completed",
            await OrchestratorLab.RefusedAsync(StatusCode.FailedPrecondition, async () =>
            {
                using var export = Client.Reports.ExportRun(new() { RunId = "run", Format = V1.ExportFormat.OpenClip }, cancellationToken: Cancellation);
                await export.ResponseStream.MoveNext(Cancellation);
            }),
            StringComparison.Ordinal);
        Assert.Contains("only a completed run can classify", await OrchestratorLab.RefusedAsync(StatusCode.FailedPrecondition, async () => await Client.Serving.ClassifyImagesAsync(new() { RunId = "run", Contents = { ByteString.CopyFromUtf8("x") } }, cancellationToken: Cancellation)), StringComparison.Ordinal);
        Assert.Contains("is running; cancel it first", await OrchestratorLab.RefusedAsync(StatusCode.FailedPrecondition, async () => await Client.Runs.DeleteRunAsync(new() { RunId = "run" }, cancellationToken: Cancellation)), StringComparison.Ordinal);

        var watching = Lab.WatchAsync("run");
        Assert.Equal(V1.RunState.Cancelled, (await Client.Runs.CancelRunAsync(new() { RunId = "run" }, cancellationToken: Cancellation)).Run.State);
        Assert.Equal(V1.RunState.Cancelled, (await Client.Runs.CancelRunAsync(new() { RunId = "run" }, cancellationToken: Cancellation)).Run.State);
        Assert.Equal((V1.RunState.Cancelled, "A user cancelled it."), ((await watching)[^1].State, (await watching)[^1].Reason));
        Assert.Equal("a photo of a <CLASS>.", (await Client.Runs.GetRunAsync(new() { RunId = "run" }, cancellationToken: Cancellation)).Run.Best.Template);
        await Client.Runs.DeleteRunAsync(new() { RunId = "run" }, cancellationToken: Cancellation);
    }

    [Fact]
    public async Task Several_proposers_share_a_run_and_the_report_says_what_each_brought()
    {
        Fakes.PromptGen.More = [new() { Name = "openai", Model = "model-1", Paid = true }];
        Fakes.PromptGen.Answer = request => $"<INS>a {request.Proposer} picture {request.Memory.Count} {request.Seed} of a <CLASS>.</INS><INS>none</INS>";
        var settings = Settings();
        settings.Ask("evolve,reflect,no-history");
        settings.Steps = 3;
        await Lab.CreateAsync(settings, "run");
        Assert.Equal("evolve (rules 1), reflect (model-1), evolve/no-history (rules 1)", Asking.Names((await Lab.WatchAsync("run"))[^1]));

        var answer = await Client.Reports.GetRunReportAsync(new() { RunId = "run" }, cancellationToken: Cancellation);
        Assert.Equal(
            [("evolve", 1, 1, 1), ("reflect", 1, 1, 1), ("evolve/no-history", 1, 1, 1)],
            answer.Report.ProposerShares.Select(share => (share.Proposer, share.Answers, share.Scored, share.Refused)));
        var winner = answer.Report.ProposerShares.SingleOrDefault(share => answer.Report.Winner.Templates.Contains(share.Best.Template));
        Assert.Equal(winner is null ? [] : [winner.Proposer], answer.Report.WinnerProposers);
        Assert.Contains("## Who found it", answer.Markdown, StringComparison.Ordinal);

        var requests = Fakes.PromptGen.Requests.ToList();
        Assert.Equal(["evolve", "reflect", "evolve"], requests.Select(request => request.Proposer));
        Assert.Equal([1, 2, 0], requests.Select(request => request.Memory.Count));
        var confused = (await Lab.Book.GetAsync("run", Cancellation)).State;
        Assert.Equal(3, confused.StepsCompleted);
    }

    [Theory]
    [InlineData("evolve,no-history,evolve/no-history", "settings.proposers is 'evolve,no-history,evolve/no-history', which means evolve, evolve/no-history, evolve/no-history; give each once.")]
    [InlineData("openai", "settings.proposers 'ipo' is not configured; prompt-gen has: evolve. A language model is configured with Ipo:PromptGen:OpenAI:Endpoint and Ipo:PromptGen:OpenAI:Model, a further one (STRATEGY@NAME) with the same settings at Ipo:PromptGen:Models:NAME.")]
    public async Task Proposers_that_are_not_there_or_twice_make_no_run(string proposer, string reason)
    {
        var settings = Settings();
        settings.Ask(proposer);
        Assert.Equal(reason, await OrchestratorLab.RefusedAsync(StatusCode.InvalidArgument, () => Lab.CreateAsync(settings, "run")));
        Assert.Empty((await Client.Runs.ListRunsAsync(new(), cancellationToken: Cancellation)).Runs);
    }

    [Fact]
    public async Task Nothing_is_described_for_a_proposer_that_looks_at_no_description()
    {
        Fakes.PromptGen.More = [new() { Name = "random-words", Model = "random-words-1", Embedded = true }];
        var settings = Settings();
        settings.Ask("random-words");
        await Lab.CreateAsync(settings, "run");
        var run = (await Lab.WatchAsync("run"))[^1];
        Assert.Equal((V1.RunState.Completed, null), (run.State, run.Captioner));
        Assert.All(Fakes.PromptGen.Requests, request => Assert.Empty(request.Descriptions));
    }

    [Fact]
    public async Task A_class_name_too_long_for_the_checkpoint_fails_the_run_before_anything_is_spent()
    {
        Fakes.Scorer.LongestText = 15;
        await Lab.CreateAsync(Settings(), "run");
        var run = (await Lab.WatchAsync("run"))[^1];
        Assert.Equal(V1.RunState.Failed, run.State);
        Assert.Contains("A class name of dataset 'tiny' does not fit", run.Reason, StringComparison.Ordinal);
        Assert.Equal(0, run.Spending.Calls);
    }

    [Fact]
    public async Task A_run_has_the_whole_model_as_it_was_when_the_run_was_prepared()
    {
        var model = new V1.Model(Fakes.Scorer.Model)
        {
            Device = "CPU, 8 threads",
            ParityAgainst = "reference.json",
            ParityLargestError = 1e-6,
            LogitBias = -12.5,
            Probability = V1.ZeroShotProbability.Sigmoid,
        };
        Fakes.Scorer.Model = model;
        await Lab.CreateAsync(Settings(), "run");
        Assert.Equal(model, (await Lab.WatchAsync("run"))[^1].Model);
        Fakes.Scorer.Model = new(model) { Device = "CPU, 4 threads" };
        Assert.Equal(model, (await Client.Runs.GetRunAsync(new() { RunId = "run" }, cancellationToken: Cancellation)).Run.Model);
    }

    [Fact]
    public async Task Given_templates_are_scored_on_the_split_and_classes_asked_for()
    {
        var request = new V1.EvaluateTemplatesRequest { Dataset = "tiny", PromptSets = { Prompts.Sets("a photo of a <CLASS>.", "no class", "a sketch of a <CLASS>") }, Split = V1.Split.Test, Classes = V1.EvaluatedClasses.All };
        var all = await Client.Evaluation.EvaluateTemplatesAsync(request, cancellationToken: Cancellation);
        Assert.Equal((12, 4), (all.Results[0].Score.Images, all.Results[0].Score.Classes));
        Assert.Contains("no <CLASS>", all.Results[1].Refusal, StringComparison.Ordinal);
        Assert.InRange(all.Results[0].Score.Accuracy, all.Results[0].Score.AccuracyLow, all.Results[0].Score.AccuracyHigh);
        Assert.Equal(4, all.ClassNames.Count);

        request.Split = V1.Split.Train;
        request.Shots = 2;
        request.Classes = V1.EvaluatedClasses.Novel;
        var novel = await Client.Evaluation.EvaluateTemplatesAsync(request, cancellationToken: Cancellation);
        Assert.Equal((4, 2), (novel.Results[2].Score.Images, novel.Results[2].Score.Classes));
        Assert.Equal(["kind c", "kind d"], novel.ClassNames);

        Assert.Contains("prompt_sets has 0 entries", await OrchestratorLab.RefusedAsync(StatusCode.InvalidArgument, async () => await Client.Evaluation.EvaluateTemplatesAsync(new() { Dataset = "tiny" }, cancellationToken: Cancellation)), StringComparison.Ordinal);
        Assert.Contains("shots is -1", await OrchestratorLab.RefusedAsync(StatusCode.InvalidArgument, async () => await Client.Evaluation.EvaluateTemplatesAsync(new() { Dataset = "tiny", PromptSets = { Prompts.Sets("<CLASS>") }, Split = V1.Split.Test, Shots = -1, Classes = V1.EvaluatedClasses.All }, cancellationToken: Cancellation)), StringComparison.Ordinal);
    }

    // A client that forgets the field must not open the test images, which would count as a look.
    [Theory]
    [InlineData(V1.Split.Unspecified, "split is missing; it takes train, validation or test.")]
    [InlineData((V1.Split)9, "split is 9; it takes train, validation or test.")]
    public async Task A_split_that_is_not_given_is_refused_and_nothing_is_opened(V1.Split split, string message)
    {
        var request = new V1.EvaluateTemplatesRequest { Dataset = "tiny", PromptSets = { Prompts.Sets("a <CLASS>") }, Split = split, Classes = V1.EvaluatedClasses.All };
        Assert.Equal(
            message,
            await OrchestratorLab.RefusedAsync(
                StatusCode.InvalidArgument, async () => await Client.Evaluation.EvaluateTemplatesAsync(request, cancellationToken: Cancellation)));
        Assert.Empty(Fakes.Scorer.ScoredTemplates);
    }

    [Fact]
    public async Task What_cannot_be_classified_is_refused()
    {
        Assert.Contains("contents has 0 images", await OrchestratorLab.RefusedAsync(StatusCode.InvalidArgument, async () => await Client.Serving.ClassifyImagesAsync(new() { RunId = "x" }, cancellationToken: Cancellation)), StringComparison.Ordinal);
        Assert.Contains("contents[0] has 0 bytes", await OrchestratorLab.RefusedAsync(StatusCode.InvalidArgument, async () => await Client.Serving.ClassifyImagesAsync(new() { RunId = "x", Contents = { ByteString.Empty } }, cancellationToken: Cancellation)), StringComparison.Ordinal);
        await OrchestratorLab.RefusedAsync(StatusCode.NotFound, async () => await Client.Serving.ClassifyImagesAsync(new() { RunId = "x", Contents = { ByteString.CopyFromUtf8("x") } }, cancellationToken: Cancellation));
    }

    [Fact]
    public async Task A_dry_run_says_what_a_run_would_take_and_starts_nothing()
    {
        Fakes.PromptGen.Proposer = new()
        {
            Name = "ipo",
            Model = "gpt",
            Paid = true,
            InputPricePerMillionTokens = 2,
            OutputPricePerMillionTokens = 8,
        };
        var settings = Settings();
        (settings.Preset, settings.Steps) = ("robust", 2);
        var estimate = await Client.Runs.EstimateRunAsync(new() { Settings = settings }, cancellationToken: Cancellation);
        Assert.Equal((8, 28, 0, 8), (estimate.SearchImages, estimate.ImagesToEncode, estimate.ImagesCached, estimate.Descriptions));
        Assert.Equal((2, 2, 9), (estimate.ProposerCalls, estimate.PaidCalls, estimate.Templates));
        Assert.InRange(estimate.InputTokens, 500, 5000);
        Assert.Equal(2 * estimate.InputTokens + 8 * estimate.OutputTokens, estimate.CostMicroUsd);
        Assert.Equal((2, 8), (estimate.Proposers[0].InputPricePerMillionTokens, estimate.Proposers[0].OutputPricePerMillionTokens));
        Assert.StartsWith("2 steps are too few", Assert.Single(estimate.Warnings), StringComparison.Ordinal);
        Assert.Empty((await Client.Runs.ListRunsAsync(new(), cancellationToken: Cancellation)).Runs);
        Assert.Empty(Fakes.PromptGen.Requests);

        var created = await Client.Runs.CreateRunAsync(new() { RunId = "run", Settings = settings }, cancellationToken: Cancellation);
        Assert.Equal(estimate.Warnings, created.Warnings);
        await Lab.WatchAsync("run");
        var after = await Client.Runs.EstimateRunAsync(new() { Settings = settings }, cancellationToken: Cancellation);
        Assert.Equal((0, 28), (after.ImagesToEncode, after.ImagesCached));
    }

    private static V1.RunSettings Settings() => new() { Dataset = "tiny", Preset = "ipo-paper", Steps = 2, Shots = 2, CandidatesPerStep = 4, Descriptions = true };
}
