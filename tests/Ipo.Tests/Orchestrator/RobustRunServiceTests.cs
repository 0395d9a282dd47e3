using System.Security.Cryptography;
using Grpc.Core;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Images;
using Ipo.Orchestrator.Datasets;
using Ipo.Orchestrator.Journal;
using Ipo.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Ipo.Tests.Orchestrator;

/// <summary>Runs of the preset <c>robust</c>, through the public service.</summary>
public sealed class RobustRunServiceTests : OrchestratorTest
{
    private protected override async Task PrepareAsync()
    {
        TinyDataset.Write(Folder, "data/tiny");
        await Lab.RegisterAsync("tiny", "a drawing of a <CLASS>.");
    }

    [Fact]
    public async Task A_robust_run_chooses_on_validation_images_opens_the_test_once_and_proves_its_verdict()
    {
        var settings = Settings();
        await Lab.CreateAsync(settings, "run");
        Assert.Equal(V1.RunState.Completed, (await Lab.WatchAsync("run"))[^1].State);

        var answer = await Client.Reports.GetRunReportAsync(new() { RunId = "run" }, cancellationToken: Cancellation);
        var report = answer.Report;
        Assert.Equal(["a photo of a <CLASS>."], report.Finalists[0].PromptSet.Templates);
        Assert.InRange(report.Finalists.Count, 3, 9);
        Assert.All(report.Finalists.Skip(1), finalist => Assert.True(finalist.HolmP >= finalist.Comparison.McnemarP));
        Assert.Contains(report.Finalists, finalist => finalist.PromptSet.Equals(report.Winner));
        Assert.NotEqual(V1.Judgement.Unspecified, report.Verdict.Judgement);
        Assert.StartsWith(
            report.Winner.Equals(report.BaselineEvaluation.PromptSet)
                ? "No template beat the baseline"
                : "Exact McNemar test on the test images",
            report.Verdict.Message, StringComparison.Ordinal);
        Assert.Equal(report.Run.TemplatesScored - 1, report.SearchTest.Templates);
        Assert.InRange(report.SearchTest.P, 0, 1);
        Assert.Equal(0, report.TestSeal.EarlierLooks);
        Assert.Contains("## How the winner was chosen", answer.Markdown, StringComparison.Ordinal);

        var view = await Lab.Book.GetAsync("run", Cancellation);
        Assert.NotNull(view.State.Chosen);
        Assert.Equal([view.State.Chosen!.Winner], report.Winner.Templates);
        var journal = await Lab.Services.GetRequiredService<IRunJournal>().ReadAsync("run", 0, Cancellation);
        var opened = Position(journal, happened => happened is TestOpened);
        Assert.True(Position(journal, happened => happened is WinnerChosen) < opened);
        Assert.True(opened < Position(
            journal, happened => happened is TemplateEvaluated { Part: DatasetPart.TestBase or DatasetPart.TestNovel }));

        // A second run on the same test images says that they are no longer fresh.
        await Lab.CreateAsync(settings, "again");
        await Lab.WatchAsync("again");
        var second = (await Client.Reports.GetRunReportAsync(new() { RunId = "again" }, cancellationToken: Cancellation)).Report;
        Assert.Equal(1, second.TestSeal.EarlierLooks);
        Assert.Equal(report.Winner, second.Winner);
        Assert.Contains(
            second.Caveats,
            caveat => caveat.Message.StartsWith("The test images had been looked at 1 time before this run", StringComparison.Ordinal));
    }

    // What ipo compare puts beside each other are scores of the same images by the same arithmetic.
    [Fact]
    public async Task Finalists_that_are_evaluated_again_on_the_run_s_checkpoint_have_the_scores_that_it_recorded()
    {
        await Lab.CreateAsync(Settings(), "run");
        await Lab.WatchAsync("run");
        var report = (await Client.Reports.GetRunReportAsync(new() { RunId = "run" }, cancellationToken: Cancellation)).Report;
        var again = await Client.Evaluation.EvaluateTemplatesAsync(
            new()
            {
                Dataset = report.Dataset.Name,
                PromptSets = { report.Finalists.Select(finalist => finalist.PromptSet) },
                Split = V1.Split.Validation,
                Classes = report.Run.Settings.Classes is V1.ClassSelection.Base ? V1.EvaluatedClasses.Base : V1.EvaluatedClasses.All,
            },
            cancellationToken: Cancellation);
        Assert.NotEmpty(report.Finalists);
        foreach (var finalist in report.Finalists) finalist.Score.ClearCalibrationError(); // which no evaluation measures
        Assert.Equal(report.Finalists.Select(finalist => finalist.Score), again.Results.Select(result => result.Score));
    }

    // The fake scorer gives each template a strength; among 480 images the best of them stands out.
    [Fact]
    public async Task A_winner_that_is_clearly_better_on_the_test_images_is_judged_so()
    {
        TinyDataset.Write(Folder, "data/large", classes: 8, imagesPerClass: 60);
        await Lab.RegisterAsync("large");
        var settings = Settings();
        settings.Dataset = "large";
        await Lab.CreateAsync(settings, "run");
        await Lab.WatchAsync("run");

        var report = (await Client.Reports.GetRunReportAsync(new() { RunId = "run" }, cancellationToken: Cancellation)).Report;
        var (winner, baseline, comparison) =
            (report.WinnerEvaluation.TestBase, report.BaselineEvaluation.TestBase, report.TestBaseComparison);
        Assert.NotEqual(report.BaselineEvaluation.PromptSet, report.Winner);
        Assert.Equal(
            (V1.VerdictGround.TestImages, "Exact McNemar test on the test images, which took no part in the search or the choice."),
            (report.Verdict.Ground, report.Verdict.Message));
        Assert.Equal(V1.Judgement.Better, report.Verdict.Judgement);
        Assert.Equal(V1.Judgement.Better, comparison.Judgement);
        Assert.True(winner.Accuracy > baseline.Accuracy, $"{winner.Accuracy} is not above {baseline.Accuracy}");
        Assert.Equal(winner.Accuracy - baseline.Accuracy, comparison.AccuracyDifference, 1e-12);
        Assert.Equal(
            (winner.Accuracy - baseline.Accuracy) * winner.Images, comparison.OnlyWinnerRight - comparison.OnlyBaselineRight, 1e-9);
        Assert.InRange(comparison.McnemarP, 0, 0.05);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Validation_images_of_one_half_of_the_classes_choose_without_a_look_at_halves(bool unreadable)
    {
        TinyDataset.Write(Folder, "data/uneven");
        // Classes a and c have labels of one half, b and d of the other.
        var rows = from kind in "abcd"
                   from image in Enumerable.Range(0, 10)
                   let split = image < (kind is 'a' or 'c' || unreadable ? 5 : 7) ? "train" : image < 7 ? "val" : "test"
                   select $"kind_{kind}/{image:00}.png,kind {kind},{split}";
        Folder.Write("data/uneven/list.csv", string.Join('\n', ["image,class,split", .. rows]));
        if (unreadable)
            foreach (var row
                in rows.Where(
                    row => row.Contains(",kind b,val", StringComparison.Ordinal) || row.Contains(",kind d,val", StringComparison.Ordinal)))
                Fakes.Scorer.Rejections[Convert.ToHexStringLower(
                    SHA256.HashData(
                        await File.ReadAllBytesAsync(
                            Path.Combine(Folder, "data/uneven", row.Split(',')[0]), Cancellation)))] = "it is cut off";
        await Lab.RegisterAsync("uneven");
        var settings = Settings();
        (settings.Dataset, settings.Classes) = ("uneven", V1.ClassSelection.All);

        await Lab.CreateAsync(settings, "run");
        var last = (await Lab.WatchAsync("run"))[^1];
        Assert.True(last.State == V1.RunState.Completed, last.Reason);
        var report = (await Client.Reports.GetRunReportAsync(new() { RunId = "run" }, cancellationToken: Cancellation)).Report;
        Assert.Equal(4, report.WinnerEvaluation.Validation.Images);
        Assert.Null(report.NovelEstimate);
        Assert.All(report.TradeOffs, one => Assert.False(one.HasHeldOutClassesAccuracy));
    }

    [Fact]
    public async Task A_robust_run_says_which_descriptions_it_left_out_and_which_images_splits_share()
    {
        TinyDataset.Write(Folder, "data/many", classes: 4, imagesPerClass: 40);
        var calls = 0;
        // One description is of another world, one names a class, half of the others are the same, and one held a name that was taken out.
        Fakes.Captioner.Instead = call => new()
        {
            Description = call switch
            {
                0 => "something else entirely",
                1 => "a kind b in the rain",
                _ when call % 2 == 0 => "a picture of the usual",
                _ => $"a picture number {call}"
            },
            NamesReplaced = call == 2 ? 1 : 0,
            Provider = "attributes",
            Model = "fake-clip",
            Usage = new(),
        };
        var images = new System.Collections.Concurrent.ConcurrentDictionary<string, float[]>();
        Fakes.Scorer.TextEmbeddingOf = text => text == "something else entirely" ? [-1, 0, 0, 0] : [1, 0, 0, 0];
        // Around one direction, each a little otherwise; the third and fourth ones asked for are the same picture.
        Fakes.Scorer.ImageEmbedding = sha256 =>
            images.GetOrAdd(
                sha256, _ => Interlocked.Increment(ref calls) is var nth ? Unit(1, nth % 7 / 10f, nth % 11 / 3f, nth % 13 / 3f) : []);
        var settings = Settings();
        (settings.Dataset, settings.Classes, settings.Steps, settings.Shots) = ("many", V1.ClassSelection.Base, 3, 16);
        await Client.Datasets.RegisterDatasetAsync(new() { Path = "many" }, cancellationToken: Cancellation);
        await Lab.CreateAsync(settings, "run");
        Assert.Equal(V1.RunState.Completed, (await Lab.WatchAsync("run"))[^1].State);

        var answer = await Client.Reports.GetRunReportAsync(new() { RunId = "run" }, cancellationToken: Cancellation);
        var descriptions = answer.Report.Descriptions;
        Assert.Equal((32, 5_000, 1), (descriptions.Described, descriptions.TokenBudget, descriptions.NamedAClass));
        Assert.Equal(
            [(V1.DescriptionFlag.DoesNotFit, "something else entirely", ""),
                (V1.DescriptionFlag.NamesAClass, "a kind b in the rain", "kind b")],
            descriptions.Flagged.OrderBy(flagged => flagged.Flag)
                .Select(flagged => (flagged.Flag, flagged.Description, flagged.NamedClass)));
        Assert.Equal((16, 30), (descriptions.Lines, descriptions.ImagesShown));
        var listed = (await Client.Runs.ListDescriptionsAsync(new() { RunId = "run" }, cancellationToken: Cancellation)).Descriptions;
        Assert.Equal(descriptions.Flagged.Select(one => one.Description).Order(), listed.Where(one => one.LeftOut).Select(one => one.Description).Order());
        Assert.True(answer.Report.Duplicates.Images > 0);
        Assert.All(answer.Report.Duplicates.Nearest, pair => Assert.InRange(pair.Cosine, DuplicateImages.DuplicateThreshold, 1));
        Assert.Equal(V1.Split.Train, answer.Report.Duplicates.Nearest[^1].OtherSplit);
        Assert.Contains("## Descriptions that were left out", answer.Markdown, StringComparison.Ordinal);
        Assert.Contains("names the class kind b", answer.Markdown, StringComparison.Ordinal);
        Assert.Contains("## Images that splits share", answer.Markdown, StringComparison.Ordinal);
        Assert.Contains(
            answer.Report.Caveats, caveat => caveat.Message.StartsWith("2 descriptions were left out", StringComparison.Ordinal));
        Assert.Contains(
            answer.Report.Caveats,
            caveat => caveat.Message.StartsWith("The captioner named a class in 1 of 32 descriptions", StringComparison.Ordinal));
        Assert.Contains(
            answer.Report.Caveats, caveat => caveat.Message.Contains("look like one of an earlier split", StringComparison.Ordinal));
        Assert.All(Fakes.PromptGen.Requests,
            request => Assert.DoesNotContain("something else", request.Instruction, StringComparison.Ordinal));

        static float[] Unit(params float[] numbers) =>
            MathF.Sqrt(numbers.Sum(number => number * number)) is var length
                ? Array.ConvertAll(numbers, number => number / length)
                : numbers;
    }

    [Fact]
    public async Task Test_images_are_sealed_while_a_robust_run_is_unfinished_and_every_look_counts()
    {
        var asked = new TaskCompletionSource();
        Fakes.PromptGen.Instead = async _ => { asked.TrySetResult(); await Task.Delay(Timeout.Infinite, Cancellation); return null; };
        var settings = Settings();
        await Lab.CreateAsync(settings, "run");
        await asked.Task;

        var look = new V1.EvaluateTemplatesRequest { Dataset = "tiny", PromptSets = { Prompts.Sets("a <CLASS>") }, Split = V1.Split.Test, Classes = V1.EvaluatedClasses.All };
        Assert.StartsWith(
            "The test images of 'tiny' are sealed while run 'run' is unfinished.",
            await OrchestratorLab.RefusedAsync(
                StatusCode.FailedPrecondition, async () => await Client.Evaluation.EvaluateTemplatesAsync(look, cancellationToken: Cancellation)),
                    StringComparison.Ordinal);
        var validation = look.Clone();
        validation.Split = V1.Split.Validation;
        await Client.Evaluation.EvaluateTemplatesAsync(validation, cancellationToken: Cancellation);

        await Client.Runs.CancelRunAsync(new() { RunId = "run" }, cancellationToken: Cancellation);
        await Client.Evaluation.EvaluateTemplatesAsync(look, cancellationToken: Cancellation);
        await Client.Evaluation.EvaluateTemplatesAsync(look, cancellationToken: Cancellation);
        Fakes.PromptGen.Instead = _ => Task.FromResult<V1.ProposeTemplatesResponse?>(null);
        await Lab.CreateAsync(settings, "after");
        await Lab.WatchAsync("after");
        Assert.Equal(
            2, (await Client.Reports.GetRunReportAsync(new() { RunId = "after" }, cancellationToken: Cancellation)).Report.TestSeal.EarlierLooks);
    }

    // A failed run may never be resumed. Where it is, its report counts the look.
    [Fact]
    public async Task A_run_that_failed_seals_no_test_images()
    {
        Fakes.PromptGen.Instead = _ => Task.FromResult<V1.ProposeTemplatesResponse?>(FakePromptGen.Failure(V1.FailureKind.Unauthorized));
        await Lab.CreateAsync(Settings(), "run");
        Assert.Equal(V1.RunState.Failed, (await Lab.WatchAsync("run"))[^1].State);

        var look = new V1.EvaluateTemplatesRequest { Dataset = "tiny", PromptSets = { Prompts.Sets("a <CLASS>") }, Split = V1.Split.Test, Classes = V1.EvaluatedClasses.All };
        Assert.Single((await Client.Evaluation.EvaluateTemplatesAsync(look, cancellationToken: Cancellation)).Results);

        Fakes.PromptGen.Instead = _ => Task.FromResult<V1.ProposeTemplatesResponse?>(null);
        await Client.Runs.ResumeRunAsync(new() { RunId = "run" }, cancellationToken: Cancellation);
        await Lab.EndAsync("run");
        var report = (await Client.Reports.GetRunReportAsync(new() { RunId = "run" }, cancellationToken: Cancellation)).Report;
        Assert.Equal(1, report.TestSeal.EarlierLooks);
    }

    [Fact]
    public async Task A_request_that_ends_before_anything_is_scored_is_no_look_at_test_images()
    {
        var digest = (await Client.Datasets.GetDatasetAsync(new() { Name = "tiny" }, cancellationToken: Cancellation)).Dataset.Digest;
        int Looks() => Lab.Services.GetRequiredService<TestAccessLog>().CountBefore(digest, "");
        async Task FailsAsync(V1.EvaluateTemplatesRequest request) =>
            await Assert.ThrowsAsync<RpcException>(
                async () => await Client.Evaluation.EvaluateTemplatesAsync(request, cancellationToken: Cancellation));
        void FailAt(string method) =>
            Fakes.Scorer.Before = called => { if (called == method) throw new RpcException(new Status(StatusCode.Internal, "a fault")); };

        var look = new V1.EvaluateTemplatesRequest { Dataset = "tiny", PromptSets = { Prompts.Sets("a <CLASS>") }, Split = V1.Split.Test, Classes = V1.EvaluatedClasses.All };
        await Client.Evaluation.EvaluateTemplatesAsync(
            new() { Dataset = "tiny", PromptSets = { Prompts.Sets("no class", "<CLASS> and <CLASS>") }, Split = V1.Split.Test, Classes = V1.EvaluatedClasses.All },
            cancellationToken: Cancellation);
        await FailsAsync(new(look) { Classes = (V1.EvaluatedClasses)7 });
        FailAt(nameof(FakeScorer.GetModel));
        await FailsAsync(look);
        FailAt(nameof(FakeScorer.EmbedImages));
        await FailsAsync(look);
        Assert.Equal(0, Looks());

        // The scorer may have scored and the answer may have been seen.
        FailAt(nameof(FakeScorer.ScoreTemplates));
        await FailsAsync(look);
        Assert.Equal(1, Looks());
        Fakes.Scorer.Before = _ => { };
        await Client.Evaluation.EvaluateTemplatesAsync(look, cancellationToken: Cancellation);
        Assert.Equal(2, Looks());
    }

    [Fact]
    public async Task A_search_that_a_person_ends_scores_what_was_bought_and_is_proved()
    {
        var (asked, answer) = (new TaskCompletionSource(), new TaskCompletionSource());
        Fakes.PromptGen.Instead = async call =>
        {
            if (call == 1) { asked.TrySetResult(); await answer.Task.WaitAsync(Cancellation); }
            return null;
        };
        var settings = Settings();
        settings.Steps = 50;
        await Lab.CreateAsync(settings, "run");
        await asked.Task;
        await Client.Runs.FinishRunAsync(new() { RunId = "run" }, cancellationToken: Cancellation);
        await Client.Runs.FinishRunAsync(new() { RunId = "run" }, cancellationToken: Cancellation);
        answer.SetResult();

        var last = (await Lab.WatchAsync("run"))[^1];
        Assert.Equal(
            (V1.RunState.Completed, "A user ended the search after 2 of 50 steps.", 2), (last.State, last.Reason, last.StepsCompleted));
        Assert.Equal(2, Fakes.PromptGen.Requests.Count);
        Assert.Contains(
            "only a running search can be ended",
            await OrchestratorLab.RefusedAsync(
                StatusCode.FailedPrecondition, async () =>
                    await Client.Runs.FinishRunAsync(new() { RunId = "run" }, cancellationToken: Cancellation)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_paused_run_completes_its_step_stands_still_and_goes_on_to_the_same_trajectory()
    {
        var (asked, answer) = (new TaskCompletionSource(), new TaskCompletionSource());
        Fakes.PromptGen.Instead = async call =>
        {
            if (call == 1) { asked.TrySetResult(); await answer.Task.WaitAsync(Cancellation); }
            return null;
        };
        await Lab.CreateAsync(Settings(), "run");
        await asked.Task;
        Assert.True((await Client.Runs.PauseRunAsync(new() { RunId = "run" }, cancellationToken: Cancellation)).Run.Pausing);
        await Client.Runs.PauseRunAsync(new() { RunId = "run" }, cancellationToken: Cancellation);
        answer.SetResult();
        var paused = (await Lab.WatchAsync("run"))[^1];
        Assert.Equal(
            (V1.RunState.Paused, "A user paused it after 2 of 4 steps; resume it to go on.", 2, false),
            (paused.State, paused.Reason, paused.StepsCompleted, paused.Pausing));
        Assert.Equal(2, Fakes.PromptGen.Requests.Count);
        Assert.Contains(
            "is paused; only a running search can be ended",
            await OrchestratorLab.RefusedAsync(
                StatusCode.FailedPrecondition, async () =>
                    await Client.Runs.FinishRunAsync(new() { RunId = "run" }, cancellationToken: Cancellation)), StringComparison.Ordinal);

        await Client.Runs.ResumeRunAsync(new() { RunId = "run" }, cancellationToken: Cancellation);
        Assert.Equal(V1.RunState.Completed, (await Lab.WatchAsync("run"))[^1].State);
        Assert.Contains(
            "is completed; only a running run can be paused",
            await OrchestratorLab.RefusedAsync(
                StatusCode.FailedPrecondition, async () =>
                    await Client.Runs.PauseRunAsync(new() { RunId = "run" }, cancellationToken: Cancellation)), StringComparison.Ordinal);
        await Lab.CreateAsync(Settings(), "whole");
        await Lab.EndAsync("whole");
        async Task<IEnumerable<string>> TrajectoryAsync(string run) =>
            (await Client.Reports.GetRunReportAsync(new() { RunId = run }, cancellationToken: Cancellation)).Report.Trajectory
                .Select(scored => $"{scored.Step} {scored.Template} {scored.Accuracy} {scored.Loss}");
        Assert.Equal(await TrajectoryAsync("whole"), await TrajectoryAsync("run"));
    }

    [Fact]
    public async Task A_branch_starts_from_what_the_other_run_s_memory_held_after_a_step()
    {
        await Lab.CreateAsync(Settings(), "trunk");
        await Lab.EndAsync("trunk");
        var trunk = (await Client.Reports.GetRunReportAsync(new() { RunId = "trunk" }, cancellationToken: Cancellation)).Report.Trajectory;

        var settings = Settings();
        (settings.Seed, settings.Steps) = (7, 2);
        var branch = (await Client.Runs.CreateRunAsync(
            new() { RunId = "branch", Settings = settings, BranchFrom = new() { RunId = "trunk", Step = 2 } }, cancellationToken: Cancellation)).Run;
        var held = trunk.Where(scored => scored.Step <= 2).Select(scored => scored.Template).ToList();
        Assert.Equal(("trunk", 2), (branch.BranchedFrom.RunId, branch.BranchedFrom.Step));
        Assert.Equal(held.Order(), branch.BranchedFrom.Templates.Order());
        await Lab.EndAsync("branch");

        var report = await Client.Reports.GetRunReportAsync(new() { RunId = "branch" }, cancellationToken: Cancellation);
        Assert.Equal(held.Order(), report.Report.Trajectory.Where(scored => scored.Step == 0).Select(scored => scored.Template).Order());
        Assert.Equal("a photo of a <CLASS>.", report.Report.Trajectory[0].Template);
        Assert.Equal(2, report.Report.Run.StepsCompleted);
        Assert.Contains("| branched from | step 2 of trunk", report.Markdown, StringComparison.Ordinal);
        var first = (await Client.Runs.GetProposalsAsync(new() { RunId = "branch", Step = 1 }, cancellationToken: Cancellation)).Proposals[0].Instruction;
        Assert.All(held, template => Assert.Contains(template, first, StringComparison.Ordinal));

        async Task<string> RefusedAsync(V1.BranchPoint from) => await OrchestratorLab.RefusedAsync(
            StatusCode.InvalidArgument, async () => await Client.Runs.CreateRunAsync(
                new() { RunId = "other", Settings = settings, BranchFrom = from }, cancellationToken: Cancellation));
        Assert.Contains("it takes 0 to that", await RefusedAsync(new() { RunId = "trunk", Step = 5 }), StringComparison.Ordinal);
        Assert.Contains("branch_from.run_id", await RefusedAsync(new()), StringComparison.Ordinal);
        Assert.Contains("branch_from.templates", await RefusedAsync(new() { RunId = "trunk", Templates = { "a <CLASS>" } }), StringComparison.Ordinal);
        Assert.Contains(
            "branches off from step 2 of 'trunk'",
            await OrchestratorLab.RefusedAsync(StatusCode.AlreadyExists, async () => await Client.Runs.CreateRunAsync(
                new() { RunId = "branch", Settings = settings, BranchFrom = new() { RunId = "trunk", Step = 1 } }, cancellationToken: Cancellation)),
            StringComparison.Ordinal);
    }

    private static int Position(IReadOnlyList<RunEvent> journal, Func<RunEvent, bool> what) =>
        journal.Select((happened, at) => (happened, at)).First(pair => what(pair.happened)).at;

    private static V1.RunSettings Settings() =>
        new() { Dataset = "tiny", Preset = "robust", Steps = 4, Shots = 2, CandidatesPerStep = 4, Descriptions = true };
}
