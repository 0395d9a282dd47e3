using System.Reflection;
using Ipo.Optimization.Explanations;
using Ipo.Optimization.Facts;
using Ipo.Optimization.State;
using Ipo.Optimization.Statistics;
using Ipo.Optimization.Templates;
using Ipo.Orchestrator.Datasets;
using Ipo.Orchestrator.Runs;

namespace Ipo.Orchestrator.Reports;

/// <summary>What a completed run found: a pure function of its state and the dataset as it stood.</summary>
internal static class RunReports
{
    private const int BestShown = 10;

    /// <summary>Version of Ipo, for instance "0.1.0".</summary>
    public static string Version { get; } =
        typeof(RunReports).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    /// <summary>Writes the report.</summary>
    /// <param name="view">A completed run.</param>
    /// <param name="dataset">Its dataset, as it stood when the run was prepared.</param>
    /// <param name="unreadable">Why the scorer rejected images, by digest.</param>
    public static V1.RunReport Of(RunView view, Dataset dataset, IReadOnlyDictionary<string, string> unreadable)
    {
        var run = view.State;
        var prepared = run.Prepared!;
        var (winner, baseline) = (run.Winner!, PromptTemplate.Baseline.Text);
        var report = new V1.RunReport
        {
            Run = RunMessages.Of(view),
            Dataset = DatasetMessages.Of(dataset),
            Winner = winner,
            SelectionRule = Reports.SelectionRule.Of(run.Settings, prepared),
            BaselineEvaluation = Evaluation(run, baseline),
            WinnerEvaluation = Evaluation(run, winner),
            HandWrittenEvaluation = prepared.HandWrittenTemplate is { } own && run.Evaluations.Any(done => done.Template == own)
                ? Evaluation(run, own)
                : null,
            TestBaseComparison = Compare(run, winner, baseline, DatasetPart.TestBase),
            TestNovelComparison = Compare(run, winner, baseline, DatasetPart.TestNovel),
            IpoVersion = Version,
        };
        // Best first, the earlier one before its equals: the order in which the winner is chosen.
        report.BestTemplates.AddRange(run.Scored
            .OrderByDescending(prompt => prompt, ScoredPrompt.WorstFirst).Take(BestShown).Select(RunMessages.Of));
        report.Curve.AddRange(Curve(run));
        report.Trajectory.AddRange(run.Scored.Select(RunMessages.Of));
        report.WinnerProposer =
            string.Join(", ", PromptSet.Parse(winner).Templates.Select(run.Credits.ProposerOf).OfType<string>().Distinct());
        report.ProposerShares.AddRange(ProposerCredits.Shares(run).Select(share => Share(share, run.Baseline!)));
        report.Descriptions = DescriptionMessages.Of(run, dataset);
        report.Duplicates = DescriptionMessages.Of(run.Duplicates, dataset);
        ProofMessages.Add(report, run);
        PromptSetMessages.Add(report, run);
        if (Explanation.Of(run) is { } explanation) report.Explanation = ExplanationMessages.Of(explanation, prepared, dataset, unreadable);
        report.Notes.AddRange(ReportNotes.Of(run, dataset, unreadable));
        return report;
    }

    private static V1.ProposerShare Share(ProposerShare share, ScoredPrompt baseline) => new()
    {
        Proposer = share.Proposer.Name,
        Model = share.Proposer.Model,
        Answers = share.Answers,
        Scored = share.Scored,
        Refused = share.Refused,
        Leads = share.Leads,
        Best = share.Best is { } best ? RunMessages.Of(best) : null,
        BestGain = share.Best is { } found ? found.Accuracy - baseline.Accuracy : 0,
    };

    /// <summary>A template, or several as one classifier, on every split.</summary>
    public static V1.TemplateEvaluation Evaluation(RunState run, string template)
    {
        var evaluation = new V1.TemplateEvaluation
        {
            Template = template,
            Search = Score(run, template, DatasetPart.Search),
            Validation = Score(run, template, DatasetPart.Validation),
            TestBase = Score(run, template, DatasetPart.TestBase),
            TestNovel = Score(run, template, DatasetPart.TestNovel),
        };
        if (evaluation.TestBase is { } onBase && evaluation.TestNovel is { } onNovel)
            evaluation.HarmonicMean = Proportion.HarmonicMean(onBase.Accuracy, onNovel.Accuracy);
        return evaluation;
    }

    private static V1.SplitScore? Score(RunState run, string template, DatasetPart part) =>
        run.EvaluationOf(template, part) is { } done ? Score(done) : null;

    /// <summary>An evaluation as its score.</summary>
    public static V1.SplitScore Score(TemplateEvaluated done)
    {
        var score = Score(done.Accuracy, done.Loss, done.ClassImages, done.ClassCorrect);
        if (done.CalibrationError is { } error) score.CalibrationError = error;
        return score;
    }

    /// <summary>A score with its interval.</summary>
    public static V1.SplitScore Score(double accuracy, double loss, IReadOnlyList<int> classImages, IReadOnlyList<int> classCorrect)
    {
        var images = classImages.Sum();
        var (low, high) = images == 0 ? new(0, 1) : Proportion.Wilson(classCorrect.Sum(), images);
        return new()
        {
            Accuracy = accuracy,
            AccuracyLow = low,
            AccuracyHigh = high,
            Loss = loss,
            Images = images,
            Classes = classImages.Count
        };
    }

    /// <summary>Two templates in pairs; null where one of them was not evaluated on the part.</summary>
    public static V1.PairedComparison? Compare(RunState run, string winner, string baseline, DatasetPart part)
    {
        if (run.EvaluationOf(winner, part) is not { } a || run.EvaluationOf(baseline, part) is not { } b) return null;
        if (a.Correct.Length != b.Correct.Length)
            throw new InvalidDataException($"Run {run.RunId} evaluated winner and baseline on different images of {part}.");
        return ProofMessages.Of(PairedComparison.Of(a.Correct, b.Correct, run.Settings.Seed));
    }

    private static IEnumerable<V1.CurvePoint> Curve(RunState run)
    {
        for (var step = 0; step <= run.StepsCompleted; step++)
            if (ScoredPrompt.Best(run.Scored.Where(prompt => prompt.Step <= step)) is { } best)
                yield return new() { Step = step, BestAccuracy = best.Accuracy, BestLoss = best.Loss };
    }
}
