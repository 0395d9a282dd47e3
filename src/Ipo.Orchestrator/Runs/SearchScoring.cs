using Ipo.Optimization.Actions;
using Ipo.Optimization.Choosing;
using Ipo.Optimization.Descriptions;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Settings;
using Ipo.Optimization.State;
using Ipo.Optimization.Statistics;
using Ipo.Optimization.Templates;
using Ipo.Orchestrator.Clients;
using Ipo.Orchestrator.Datasets;
using Ipo.Orchestrator.Errors;

namespace Ipo.Orchestrator.Runs;

/// <summary>Scores a run's templates: candidates on the search images, and what is reported on every part.</summary>
internal sealed class SearchScoring(RejectedImages rejected, ScorerClient scorer, TimeProvider clock)
{
    private const int CheckedAtOnce = 8; // a small part of a scorer's queue

    /// <summary>Makes the scorer know the search images.</summary>
    /// <returns><see cref="ImagesEmbedded"/>.</returns>
    public async Task<RunEvent> EmbedAsync(ActiveRun run)
    {
        var images = LabelledImages.Of(run.Dataset!, run.State.Prepared!, DatasetPart.Search).Images;
        run.Report("encoding images");
        var embedded = await scorer.EmbedAsync(images, new ImageFiles(run.Dataset!), run.Retry, run.ReportProgress, run.Free);
        return embedded.Rejected.Count == 0
            ? new ImagesEmbedded(clock.GetUtcNow(), embedded.Cached, embedded.Encoded)
            : throw RefusedException.Forbidden(
                $"{ScorerClient.Service} can no longer read {embedded.Rejected.Count} search images ({embedded.Rejected.First().Value}); "
                    + "start "
                    + "a new run.");
    }

    /// <summary>Scores a step's candidates on the search images.</summary>
    /// <returns>What the planner asks to be appended as one.</returns>
    public async Task<RunEvent[]> ScoreAsync(ActiveRun run, ScoreTemplates action)
    {
        var texts = action.Templates.Select(template => template.Text).ToList();
        var events = new List<RunEvent>(action.Refused.Select(refused =>
            new TemplateRefused(clock.GetUtcNow(), action.Step, refused.Text, refused.Refusal.Reason, refused.Refusal.Message)));
        if (texts.Count > 0)
        {
            run.Report(
                action.Step == 0
                    ? texts.Count == 1 ? "scoring the baseline" : $"scoring the baseline and {texts.Count - 1} templates to start from"
                    : $"step {action.Step} of {run.State.Settings.Steps}: scoring {texts.Count} candidates", Done(run));
            var part = await PartAsync(run, DatasetPart.Search);
            var results =
                await part.ScoreAsync(
                    [.. action.Templates.Select(template => (PromptSet)template)], outcomes: action.Detail != OutcomeDetail.None, run.Retry,
                    run.Free);
            // Tokenizing is quick beside scoring, and one call after the other would be the longer part with many scorers.
            var refusals = new string?[results.Count];
            await Parallel.ForEachAsync(
                Enumerable.Range(0, results.Count),
                new ParallelOptions { MaxDegreeOfParallelism = CheckedAtOnce, CancellationToken = run.Free },
                async (at, stop) => refusals[at] = results[at].ResultCase == V1.ScoreTemplatesResponse.ResultOneofCase.Score
                    ? await TooLongForNovelAsync(run, texts[at], stop)
                    : results[at].Refusal);
            foreach (var ((text, result), refusal) in texts.Zip(results).Zip(refusals))
                events.Add(refusal is null
                    ? new TemplateScored(
                        clock.GetUtcNow(), action.Step, text, Checked(result.Score.Accuracy), Checked(result.Score.Loss),
                        action.Detail == OutcomeDetail.None ? null : part.Correct(result.Score), Losses(action.Detail, result.Score))
                    : new TemplateRefused(clock.GetUtcNow(), action.Step, text, RefusalReason.Unscorable, refusal));
        }
        if (action.Step > 0) events.Add(new StepCompleted(clock.GetUtcNow(), action.Step));
        return [.. events];
    }

    /// <summary>Scores templates on parts, image by image and all at once.</summary>
    /// <returns>For each, in their order, <see cref="TemplateEvaluated"/>, or <see cref="TemplateRefused"/> for a template that the
    /// report can go without.</returns>
    public async IAsyncEnumerable<RunEvent> EvaluateAsync(ActiveRun run, Evaluate action)
    {
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(run.Free);
        var scores = action.Evaluations.Select(one => ScoreAsync(run, one, failed.Token)).ToList();
        try
        {
            var refused = new HashSet<string>();
            foreach (var (evaluation, score) in action.Evaluations.Zip(scores))
            {
                run.Report($"evaluating on {Describe(evaluation.Part)}", EvaluationProgress(run.State, run.State.Prepared!));
                var (part, result) = await score;
                if (refused.Contains(evaluation.Template.Identity)) continue;
                if (result.ResultCase != V1.ScoreTemplatesResponse.ResultOneofCase.Score) refused.Add(evaluation.Template.Identity);
                yield return Evaluated(run.State, evaluation, part, result);
            }
        }
        finally
        {
            await failed.CancelAsync();
            foreach (var score in scores) await ((Task)score).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<(ImagePart Part, V1.ScoreTemplatesResponse Result)> ScoreAsync(
        ActiveRun run, PartEvaluation evaluation, CancellationToken cancellation)
    {
        var part = await PartAsync(run, evaluation.Part);
        return (part, (await part.ScoreAsync([evaluation.Template], outcomes: true, run.Retry, cancellation))[0]);
    }

    private RunEvent Evaluated(RunState run, PartEvaluation evaluation, ImagePart part, V1.ScoreTemplatesResponse result)
    {
        var text = evaluation.Template.Text;
        if (result.ResultCase != V1.ScoreTemplatesResponse.ResultOneofCase.Score)
        {
            return text != run.Winner && text != PromptTemplate.Baseline.Text
                ? new TemplateRefused(clock.GetUtcNow(), 0, text, RefusalReason.Unscorable, result.Refusal)
                : throw RefusedException.Forbidden(
                    $"'{text}' cannot be scored on {Describe(evaluation.Part)}: {result.Refusal} Shorten that class's name and start a new "
                        + "run.");
        }
        var score = result.Score;
        return new TemplateEvaluated(
            clock.GetUtcNow(), text, evaluation.Part, Checked(score.Accuracy), Checked(score.Loss), [.. score.ClassImages],
            [.. score.ClassCorrect], part.Correct(score),
            Losses(evaluation.Detail, score),
            evaluation.Detail < OutcomeDetail.Predictions ? null : [.. score.Outcomes.Select(outcome => outcome.Predicted)],
            CalibrationError(part.Correct(score), score), score.PromptTokens > 0 ? score.PromptTokens : null,
            score.Repaired.Count > 0 ? [.. score.Repaired.Select(one => new RepairedTemplate(one.Template, one.ReadAs))] : null);
    }

    // The probability of a nearest class is never 0: such a scorer is of a version that does not say it.
    private static double? CalibrationError(string correct, V1.Score score) =>
        score.Outcomes.All(outcome => outcome.TopProbability > 0)
            ? Calibration.Error([.. score.Outcomes.Select(outcome => outcome.TopProbability)], correct)
            : null;

    private static float[]? Losses(OutcomeDetail detail, V1.Score score) =>
        detail < OutcomeDetail.Losses ? null : [.. score.Outcomes.Select(outcome => (float)Checked(outcome.Loss))];

    // Finalists and variations are few and quick beside the test images; what is left of the bar is theirs.
    private static double EvaluationProgress(RunState run, RunPrepared prepared)
    {
        var choosing = run.Settings.WinnerRule == WinnerRule.HeldOut
            ? (run.Settings.Finalists + 1) * Finalists.Parts(run).Count + Ensemble.MostCompared(run.Settings)
            : 0;
        var proving = prepared.Parts.Count * (prepared.HandWrittenTemplate is null ? 2 : 3);
        return Math.Min(1, (double)run.Evaluations.Count / (choosing + proving));
    }

    /// <summary>Finds what a template confuses on the search images.</summary>
    /// <returns><see cref="ConfusionsFound"/>.</returns>
    public async Task<RunEvent> FindConfusionsAsync(ActiveRun run, FindConfusions action)
    {
        run.Report($"step {run.State.StepsCompleted + 1} of {run.State.Settings.Steps}: finding confused classes", Done(run));
        var part = await PartAsync(run, DatasetPart.Search);
        var result = (await part.ScoreAsync([action.Template], outcomes: true, run.Retry, run.Free))[0];
        var outcomes = result.Score?.Outcomes
            ?? throw RefusedException.Forbidden(
                $"{ScorerClient.Service} can no longer score '{action.Template.Text}': {result.Refusal} Start a new run.");
        if (outcomes.Count != part.Images.Images.Count)
            throw RefusedException.Forbidden(
                $"{ScorerClient.Service} gave outcomes of {outcomes.Count} of {part.Images.Images.Count} images; it and this orchestrator "
                    + "have different versions; start both from one build.");
        return new ConfusionsFound(
            clock.GetUtcNow(), action.Template.Text,
            Confusions.MostFrequent(part.Images.Images.Select(image => image.Label), outcomes.Select(outcome => outcome.Predicted)));
    }

    private Task<ImagePart> PartAsync(ActiveRun run, DatasetPart part) => run.PartAsync(part, async () =>
    {
        var (dataset, prepared) = (run.Dataset!, run.State.Prepared!);
        var images = new ImagePart(
            scorer, rejected, dataset, LabelledImages.Of(dataset, prepared, part), prepared.Model.PreprocessingVersion, run.State.RunId,
            model => Preparation.Confirm(prepared, model));
        if (part == DatasetPart.Search) return images; // encoded before, and fixed
        // Left out, and said in the report: a search that is paid for does not end on one damaged test image.
        run.Report($"encoding {Describe(part)}");
        await images.EncodeAsync(Describe(part), run.Retry, run.ReportProgress, run.Free);
        return images;
    });

    // The winner is reported on the novel classes too: better refused now than after the search is paid for. Every name
    // is asked for, because only the scorer knows which has most tokens: "F-16A/B" has more than "Spitfire".
    private async Task<string?> TooLongForNovelAsync(ActiveRun run, string template, CancellationToken cancellation)
    {
        string[] prompts = [.. run.State.Prepared!.NovelClassNames.Select(PromptTemplate.Parse(template).For)];
        return await scorer.RefusesAsync(prompts, run.Retry, cancellation) is { } refusal
            ? $"The prompt of a novel class does not fit: {refusal}"
            : null;
    }

    private static double Checked(double number) => double.IsFinite(number) ? number
        : throw RefusedException.Forbidden(
            $"{ScorerClient.Service} returned {number} as a score, which is not a finite number. See its log and the "
                + "checkpoint's parity (ipo model).");

    private static double Done(ActiveRun run) => (double)run.State.StepsCompleted / run.State.Settings.Steps;

    private static string Describe(DatasetPart part) => part switch
    {
        DatasetPart.Search => "the search images",
        DatasetPart.Validation => "the validation images",
        DatasetPart.EvenClasses or DatasetPart.OddClasses => "one half of the classes",
        DatasetPart.TestBase => "the test images",
        _ => "the test images of the novel classes",
    };
}
