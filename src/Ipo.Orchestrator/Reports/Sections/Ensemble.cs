using System.Text;
using Ipo.Optimization.Report;
using Ipo.Optimization.Statistics;
using Ipo.Orchestrator.Reports.Text;
using static Ipo.Orchestrator.Reports.Text.Figures;

namespace Ipo.Orchestrator.Reports.Sections;

/// <summary>How an ensemble grew.</summary>
internal static class Ensemble
{
    public static void Write(StringBuilder text, RunReport report)
    {
        if (report.Run.Settings.EnsembleSize is not ({ } size and > 1)) return;
        text.Append("\n## The ensemble\n\n");
        if (report.Ensemble is not { } ensemble)
        {
            text.Append("No addition to the best template helped on the selection images, so there is no ensemble.\n");
            return;
        }
        Line(
            text,
            $"{(ensemble.Won ? "It won." : "It was a finalist and did not win.")} Grown greedily on the selection images, "
                + $"at most {size} templates; {ensemble.SetsTried} sets were compared on the way. A class's vector is the mean of its "
                + $"prompts' embeddings.\n");
        Steps(text, ensemble);
        text.Append("\nBeside the best template alone:\n\n");
        Beside(text, "the images that it was grown on, which flatters it", ensemble.ChoosingComparison);
        var (onBase, onNovel) = (ensemble.TestBaseComparison, ensemble.TestNovelComparison);
        Beside(text, onNovel is null ? "the test images" : "the test images, base classes", onBase);
        Beside(text, "the test images, novel classes", onNovel);
    }

    /// <summary>What some images say of two sets.</summary>
    public static void Beside(StringBuilder text, string images, PairedComparison? comparison)
    {
        if (comparison is not null)
            Line(
                text,
                $"- On {images}: {Points(comparison.Difference)} points {Interval(comparison)}: **{Judge(comparison.Judgement)}** (exact "
                    + $"McNemar p {P(comparison.McNemar)}).");
    }

    private static void Steps(StringBuilder text, ReportedEnsemble ensemble)
    {
        text.Append("| | added | accuracy with it | points gained | loss with it | nats gained |\n|---:|---|---:|---:|---:|---:|\n");
        foreach (var (at, step) in ensemble.Steps.Index())
        {
            var points = at == 0 ? "best alone" : Points(step.AccuracyGain);
            var nats = at == 0 ? "–" : Invariant($"{step.LossGain:+0.0000;−0.0000;0.0000}");
            Line(
                text,
                $"| {at + 1} | {Markdown.Code(step.Template.Text)} | {Percent(step.Score.Accuracy)} {Interval(step.Score)} | {points} | "
                    + $"{step.Score.Loss:0.0000} | {nats} |");
        }
    }
}
