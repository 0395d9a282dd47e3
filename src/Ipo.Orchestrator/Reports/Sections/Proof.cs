using System.Text;
using Ipo.Optimization.Choosing;
using Ipo.Optimization.Report;
using Ipo.Orchestrator.Reports.Text;
using static Ipo.Orchestrator.Reports.Text.Figures;

namespace Ipo.Orchestrator.Reports.Sections;

/// <summary>How the winner was chosen and what stands against chance.</summary>
internal static class Proof
{
    public static void Write(StringBuilder text, RunReport report)
    {
        if (report.Finalists.Count == 0) return;
        text.Append("\n## How the winner was chosen\n\n");
        Line(text, $"Rule: {Markdown.Escape(SelectionRuleSentences.Of(report))}.\n");
        Finalists(text, report);
        if (report.Shortening is { } shortening) Shortened(text, shortening);
        if (report.FoldedGain is { } folded)
            Line(
                text,
                $"- Cross-validation: such choices gain {Points(folded.Difference)} points over the baseline on search images that they "
                    + $"did not see: **{Judge(folded.Judgement)}** (one-sided permutation p {P(folded.P)}).");
        if (report.SearchTest is { } search)
            Line(
                text,
                $"- The search as a whole: {search.Templates} templates, the largest gain on the search images "
                    + $"{Points(search.LargestGain)} points; chance alone gives the best of so many as much with p {P(search.P)} "
                    + $"(permutation test of the maximum).");
        if (report.NovelEstimate is { } novel)
            Line(
                text,
                $"- Estimate for novel classes, from base classes alone: chosen on one half of the classes, a template gets "
                    + $"{Percent(novel.Chosen)} on the other half, the baseline {Percent(novel.Baseline)}: "
                    + $"{Points(novel.Comparison.Difference)} points {Interval(novel.Comparison)}. A half is told apart among fewer names "
                    + $"than the novel classes, so look at the difference and not at the level; and the finalists come from a search that "
                    + $"saw both halves, so it flatters a little.");
        if (report.Run.TestOpened is { } opened)
            Line(
                text,
                $"- The test images were opened once, after the choice, at {opened.At.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC; looks at them "
                    + $"before this run: {opened.EarlierLooks}.");
    }

    private static void Shortened(StringBuilder text, ReportedShortening shortening)
    {
        var allowed = $"{Shortening.LossAllowed} nats of loss";
        if (shortening.Removed.Count == 0)
            Line(
                text,
                $"- Nothing could be left out of the winner: each of {shortening.CutsTried} shorter templates loses an image of the "
                    + $"{shortening.Images} or adds more than {allowed}.");
        else
            Line(
                text,
                $"- Left out of the winner, because it is worth nothing there: "
                    + $"{string.Join(", ", shortening.Removed.Select(Markdown.Code))}. It was chosen as "
                    + $"{Markdown.Prompts(shortening.Whole)}; without these words {Gained(shortening)}, "
                    + $"and the loss {Changed(shortening.LossAdded)} (allowed: no image fewer, "
                    + $"and {allowed} more).");
    }

    private static string Gained(ReportedShortening shortening) => shortening.ImagesGained switch
    {
        0 => "as many are right",
        1 => "1 more is right",
        var more => $"{more} more are right",
    };

    private static string Changed(double added) =>
        added > 0 ? $"is {added:0.0000} nats higher" : added < 0 ? $"is {-added:0.0000} nats lower" : "is the same";

    private static void Finalists(StringBuilder text, RunReport report)
    {
        var ensembles = (report.Ensemble is null ? "" : " and every ensemble that was tried")
            + (report.Shortening is null ? "" : " and every cut that was tried");
        var images = report.FoldedGain is null ? "validation" : "search";
        Line(
            text,
            $"The finalists on the {report.Finalists[0].Score.Images} {images} images; p is the "
                + $"exact McNemar p-value beside the baseline, and Holm's adjusts it for all finalists{ensembles}.\n");
        text.Append("| template | accuracy | loss | points to the baseline | p | Holm's p |\n|---|---:|---:|---:|---:|---:|\n");
        foreach (var (finalist, score) in report.Finalists)
        {
            var name = (finalist.Template == report.Winner ? "**chosen** " : "") + Markdown.Prompts(finalist.Template);
            var compared = finalist is { Comparison: { } comparison, HolmP: { } p }
                ? $"{Points(comparison.Difference)} {Interval(comparison)} | {Bare(comparison.McNemar)} | {Bare(p)}"
                : "baseline | – | –";
            Line(text, $"| {name} | {Percent(score.Accuracy)} {Interval(score)} | {score.Loss:0.0000} | {compared} |");
        }
        text.Append('\n');
    }
}
