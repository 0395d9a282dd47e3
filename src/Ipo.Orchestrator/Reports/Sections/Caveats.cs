using System.Text;
using Ipo.Optimization.Report;
using Ipo.Orchestrator.Reports.Text;
using static Ipo.Orchestrator.Reports.Text.Figures;

namespace Ipo.Orchestrator.Reports.Sections;

/// <summary>What a reader must know.</summary>
internal static class Caveats
{
    public static void Write(StringBuilder text, SearchReport report)
    {
        if (report.Caveats.Count == 0) return;
        text.Append("\n## Caveats\n\n");
        foreach (var caveat in report.Caveats) Line(text, $"- {Markdown.Escape(CaveatSentences.Of(caveat))}");
    }
}
