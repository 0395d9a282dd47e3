using System.Text;
using Ipo.Optimization.Report;
using Ipo.Optimization.Statistics;
using Ipo.Orchestrator.Reports.Text;
using Ipo.Orchestrator.Runs;
using static Ipo.Orchestrator.Reports.Text.Figures;

namespace Ipo.Orchestrator.Reports.Sections;

/// <summary>The first screen: the winner, the verdict and what test images say.</summary>
internal static class Head
{
    public static void Write(StringBuilder text, RunReport report)
    {
        var (baseline, winner) = (report.BaselineEvaluation, report.WinnerEvaluation);
        Line(text, $"# {Markdown.Escape(report.Dataset.Name)}: {Title(report)}\n");
        if (report.NothingScored is { } nothing)
        {
            Line(text, $"**{Markdown.Escape(NothingScoredSentence.Of(nothing))}**\n");
            Line(text, $"This is no finding about the baseline, {Markdown.Prompts(baseline.PromptSet)}: nothing was compared with it.\n");
            return;
        }
        // What proved nothing is not called a winner.
        if (!report.BaselineStays)
            Line(
                text,
                $"{(report.Verdict.Judgement == Judgement.Better ? "Winner" : "Best found")}: "
                    + $"{(report.SingleEvaluation is null ? "" : "together ")}{Markdown.Prompts(report.Winner)}  ");
        Line(text, $"Baseline: {Markdown.Prompts(baseline.PromptSet)}  ");
        Line(
            text,
            $"Verdict: **{Judge(report.Verdict.Judgement)}**. {Markdown.Escape(OutcomeSentences.Of(report.Verdict.Ground))}  ");
        Line(text, $"Advice: {Markdown.Escape(OutcomeSentences.Advice(report.Outcome))}\n");
        Compare(
            text, report.TestNovelComparison is null ? "Test images" : "Test images, base classes", report.BaselineStays,
            baseline.TestBase, winner.TestBase, report.TestBaseComparison);
        Compare(
            text, "Test images, novel classes", report.BaselineStays, baseline.TestNovel, winner.TestNovel, report.TestNovelComparison);
        if (report is { TestBaseComparison: not null, BaselineStays: false })
            Line(text, $"- In parentheses: Wilson 95 % intervals of accuracies, paired bootstrap 95 % intervals of differences.");
        if (winner.TestNovel is not null)
            Line(
                text,
                $"- Harmonic mean of base and novel: {Percent(baseline.HarmonicMean)} → **{Percent(winner.HarmonicMean)}**");
    }

    private static string Title(RunReport report) => report switch
    {
        { NothingScored: not null } => "no candidate could be scored",
        { BaselineStays: true } => "no template beats the baseline",
        { TestBaseComparison: null } => "no test images, no verdict",
        { TestNovelComparison: { } onNovel } =>
            $"{Chosen(report)} is {Judge(report.TestBaseComparison.Judgement)} on base classes, {Judge(onNovel.Judgement)} on novel ones",
        _ => $"{Chosen(report)} is {Judge(report.TestBaseComparison.Judgement)}",
    };

    private static string Chosen(RunReport report) =>
        report.Verdict.Judgement == Judgement.Better ? "the winner" : "the best prompt found";

    private static void Compare(
        StringBuilder text, string where, bool baselineStays, PartScore? baseline, PartScore? winner, PairedComparison? comparison)
    {
        if (baseline is null || winner is null || comparison is null) return;
        if (baselineStays)
        {
            Line(text, $"- {where}: {Percent(baseline.Accuracy)} {Interval(baseline)}; the baseline stays.");
            return;
        }
        Line(
            text,
            $"- {where}: {Percent(baseline.Accuracy)} {Interval(baseline)} → **{Percent(winner.Accuracy)}** {Interval(winner)}, "
                + $"{Points(comparison.Difference)} points {Interval(comparison)}: **{Judge(comparison.Judgement)}**.");
        Line(
            text,
            $"  {comparison.OnlyWinner} images only the winner gets right, {comparison.OnlyBaseline} only the baseline (exact McNemar p "
                + $"{P(comparison.McNemar)}).");
    }
}
