using Google.Protobuf.WellKnownTypes;
using Ipo.Optimization.Choosing;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Proof;
using Ipo.Optimization.State;
using Ipo.Optimization.Statistics;
using Ipo.Optimization.Templates;

namespace Ipo.Orchestrator.Reports;

/// <summary>What proves a winner, as messages.</summary>
internal static class ProofMessages
{
    /// <summary>Adds verdict, finalists, estimates and tests to a report.</summary>
    public static void Add(V1.RunReport report, RunState run)
    {
        var prepared = run.Prepared!;
        var test = run.OutcomesOf(run.Winner!, DatasetPart.TestBase) is { } winner
            && run.OutcomesOf(PromptTemplate.Baseline.Text, DatasetPart.TestBase) is { } baseline
            ? PairedComparison.Of(winner.Correct, baseline.Correct, run.Settings.Seed)
            : null;
        var choice = run.Chosen is null ? null : WinnerChoice.Of(run);
        report.Verdict = Of(Verdict.Of(
            run.Winner == PromptTemplate.Baseline.Text, test,
            choice?.Finalists.FirstOrDefault(finalist => finalist.Template.Text == run.Winner), choice?.Folded));
        if (choice is not null)
        {
            report.Finalists.AddRange(
                choice.Finalists.Select(
                    finalist => Of(finalist, run.EvaluationOf(finalist.Template.Text, Finalists.SelectionPart(prepared))!)));
            if (choice.Folded is { } folded)
                report.FoldedGain = new() { AccuracyDifference = folded.Difference, P = folded.P, Judgement = Of(folded.Judgement) };
            if (NovelEstimate.Of(run) is { } estimate) report.NovelEstimate = Of(estimate);
        }
        if (SearchTest.Of(run) is { } search)
            report.SearchTest = new() { Templates = search.Templates, LargestGain = search.LargestGain, P = search.P };
        if (run.TestOpened is { } opened)
            report.TestSeal = new() { OpenedAt = opened.At.ToTimestamp(), EarlierLooks = opened.EarlierLooks };
    }

    public static V1.PairedComparison Of(PairedComparison comparison)
    {
        var interval = comparison.Interval;
        return new()
        {
            OnlyWinnerRight = comparison.OnlyWinner,
            OnlyBaselineRight = comparison.OnlyBaseline,
            McnemarP = comparison.McNemar,
            AccuracyDifference = comparison.Difference,
            DifferenceLow = interval.Low,
            DifferenceHigh = interval.High,
            Judgement = Of(comparison.Judgement),
        };
    }

    private static V1.Verdict Of(Verdict verdict) => new()
    {
        Judgement = Of(verdict.Judgement),
        Ground = verdict.Ground switch
        {
            VerdictGround.BaselineStays => "Nothing beat the baseline, so the baseline is the winner.",
            VerdictGround.TestImages => "Exact McNemar test on the test images, which took no part in the search or the choice.",
            VerdictGround.ValidationImages =>
                "Exact McNemar test on the validation images that chose the winner, adjusted for all finalists by Holm's procedure; there "
                    + "are no test images.",
            VerdictGround.FoldedSearchImages =>
                "Permutation test of cross-validated choices on search images that they did not see; there are no test images.",
            _ => "There are no images that the search did not look at, so nothing can be said.",
        },
    };

    private static V1.Finalist Of(Finalist finalist, TemplateEvaluated done) => new()
    {
        Template = finalist.Template.Text,
        Score = RunReports.Score(done),
        Comparison = finalist.Comparison is { } comparison ? Of(comparison) : null,
        HolmP = finalist.HolmP ?? 1,
    };

    private static V1.NovelEstimate Of(NovelEstimate estimate) => new()
    {
        ChosenAccuracy = estimate.Chosen,
        BaselineAccuracy = estimate.Baseline,
        Comparison = Of(estimate.Comparison),
        ChosenByEvenClasses = estimate.ByEven.Text,
        ChosenByOddClasses = estimate.ByOdd.Text,
    };

    private static V1.Judgement Of(Judgement judgement) => judgement switch
    {
        Judgement.Better => V1.Judgement.Better,
        Judgement.Worse => V1.Judgement.Worse,
        _ => V1.Judgement.Same,
    };
}
