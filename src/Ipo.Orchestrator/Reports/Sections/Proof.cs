using System.Text;
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

    private static void Finalists(StringBuilder text, RunReport report)
    {
        var ensembles = report.Ensemble is null ? "" : " and every ensemble that was tried";
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
