using System.Text;
using Ipo.Optimization.Report;
using static Ipo.Orchestrator.Reports.Text.Figures;

namespace Ipo.Orchestrator.Reports.Sections;

/// <summary>How far the search had come after each step.</summary>
internal static class Search
{
    public static void Write(StringBuilder text, SearchReport report)
    {
        var curve = report.Curve;
        if (curve.Count == 0) return;
        text.Append("\n## The search\n\n");
        Line(text, $"Best accuracy after each step, from {Percent(curve[0].Best.Accuracy)} to {Percent(curve[^1].Best.Accuracy)}:\n");
        Line(text, $"`{V1.Sparkline.Of([.. curve.Select(point => point.Best.Accuracy)])}`\n");
        text.Append("| step | best accuracy | its loss |\n|---:|---:|---:|\n");
        foreach (var (at, (step, best)) in curve.Index())
        {
            var same = at > 0 && curve[at - 1].Best is var before && (before.Accuracy, before.Loss) == (best.Accuracy, best.Loss);
            if (!same || at == curve.Count - 1) Line(text, $"| {step} | {Percent(best.Accuracy)} | {best.Loss:0.0000} |");
        }
    }
}
