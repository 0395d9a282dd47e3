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

    // Of a run that proved nothing yet: what it is, and what its search found.
    private static readonly Action<StringBuilder, SearchReport>[] Unproved =
        [Standing.Write, Search.Write, BestTemplates.Write, Proposers.Write, Sections.Caveats.Write];

    public static string Write(RunReport report) => Write(InOrder, report);

    public static string Write(SearchReport search) => Write(Unproved, search);

    private static string Write<TReport>(IEnumerable<Action<StringBuilder, TReport>> sections, TReport report)
    {
        var text = new StringBuilder();
        foreach (var write in sections) write(text, report);
        return text.ToString();
    }
}
