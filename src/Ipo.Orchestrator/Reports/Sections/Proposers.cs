using System.Text;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Report;
using Ipo.Orchestrator.Reports.Text;
using static Ipo.Orchestrator.Reports.Text.Figures;

namespace Ipo.Orchestrator.Reports.Sections;

/// <summary>What each proposer brought. A run with one proposer has nothing to compare.</summary>
internal static class Proposers
{
    public static void Write(StringBuilder text, SearchReport report)
    {
        if (report.ProposerShares.Count < 2) return;
        text.Append("\n## Who found it\n\n");
        Line(
            text,
            $"{Winner(report)}Gains are points of accuracy over the baseline on the search images; a template leads if it is the best so "
                + $"far when its step is scored.\n");
        text.Append("| proposer | answers | scored | refused | leads | best gain | its best template |\n");
        text.Append("|---|---:|---:|---:|---:|---:|---|\n");
        foreach (var share in report.ProposerShares)
        {
            var best = share.Best is { } found ? $"{Points(share.BestGain)} | {Markdown.Code(found.Template.Text)}" : "– | –";
            Line(
                text,
                $"| {Markdown.Escape(Name(share.Proposer))} | {share.Answers} | {share.Scored} | {share.Refused} | {share.Leads} | "
                    + $"{best} |");
        }
    }

    private static string Winner(SearchReport report) => report switch
    {
        RunReport { WinnerProposers.Count: 0 } => "The baseline won; no proposer did. ",
        RunReport { WinnerProposers: var proposers } => $"The winner is by {Markdown.Escape(string.Join(", ", proposers))}. ",
        _ => "",
    };

    // Several models may propose in one run; rules are their name.
    private static string Name(ProviderFacts proposer) => proposer.IsEmbedded ? proposer.Name : $"{proposer.Name} ({proposer.Model})";
}
