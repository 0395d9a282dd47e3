using System.Text;
using Ipo.Optimization.Report;
using Ipo.Orchestrator.Reports.Sections;

namespace Ipo.Orchestrator.Reports;

/// <summary>A report for a person. Text of other origin (templates, names, messages) is escaped: it is shown and never
/// markup.</summary>
internal static class ReportMarkdown
{
    // A section writes nothing where the run has nothing for it.
    private static readonly Action<StringBuilder, RunReport>[] InOrder =
    [
        Head.Write,
        Scores.Write,
        Proof.Write,
        Ensemble.Write,
        ClassSentences.Write,
        TradeOffs.Write,
        Explanation.Write,
        BestTemplates.Write,
        Search.Write,
        Proposers.Write,
        Descriptions.Write,
        Duplicates.Write,
        Facts.Write,
        Sections.Caveats.Write,
    ];

    public static string Write(RunReport report)
    {
        var text = new StringBuilder();
        foreach (var write in InOrder) write(text, report);
        return text.ToString();
    }
}
