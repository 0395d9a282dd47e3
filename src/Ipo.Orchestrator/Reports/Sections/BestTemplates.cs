using System.Text;
using Ipo.Optimization.Report;
using Ipo.Orchestrator.Reports.Text;
using static Ipo.Orchestrator.Reports.Text.Figures;

namespace Ipo.Orchestrator.Reports.Sections;

/// <summary>The best templates of the search.</summary>
internal static class BestTemplates
{
    public static void Write(StringBuilder text, SearchReport report)
    {
        if (report.BestTemplates.Count == 0) return;
        text.Append("\n## The best templates on the search images\n\n");
        text.Append("| | template | accuracy | loss | step |\n|---:|---|---:|---:|---:|\n");
        foreach (var (at, best) in report.BestTemplates.Index())
            Line(
                text,
                $"| {at + 1} | {Markdown.Code(best.Template.Text)} | {Percent(best.Accuracy)} | {best.Loss:0.0000} | {Step(best.Step)} |");
    }
}
