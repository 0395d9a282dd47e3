using System.Text;
using Ipo.Optimization.Benchmarks;
using Ipo.Orchestrator.Reports.Text;
using static Ipo.Orchestrator.Reports.Text.Figures;

namespace Ipo.Orchestrator.Benchmarks;

/// <summary>A comparison with published prompts in Markdown.</summary>
internal static class PublishedMarkdown
{
    public static string Write(ComparedPrompts compared)
    {
        var text = new StringBuilder();
        Line(text, $"# Published prompts, measured with {Markdown.Escape(compared.Model.Facts.Name)}\n");
        foreach (var note in compared.Notes) Line(text, $"- {Markdown.Escape(note)}");
        Line(text, $"");
        if (compared.Rows.Count > 0)
        {
            Rows(text, compared.Rows);
            Summaries(text, compared.Summaries);
        }
        Line(text, $"{compared.Rows.Count} of {compared.Rows.Count + compared.LeftOut.Count} rows were compared.");
        foreach (var same in compared.LeftOut.GroupBy(left => left.Reason))
        {
            var lines = string.Join(", ", same.Select(left => left.Prompt.Line));
            Line(
                text,
                $"- Left out, {same.Count()} {(same.Count() == 1 ? "row" : "rows")} (line {Markdown.Escape(lines)}): "
                    + $"{Markdown.Escape(same.Key)}");
        }
        return text.ToString();
    }

    private static void Rows(StringBuilder text, IReadOnlyList<PublishedDifference> rows)
    {
        Line(text, $"Accuracy on test images in %: base / novel / H. Differences are measured less printed, in points.\n");
        Line(text, $"| dataset | prompt | printed | measured | difference |");
        Line(text, $"|---|---|---:|---:|---:|");
        foreach (var row in rows)
            Line(
                text,
                $"| {Markdown.Escape(row.Published.Dataset)} | {Markdown.Code(row.Published.Prompt)} | {Three(row.Published.Printed)} | "
                    + $"{Three(row.Measured)} | {Points(row.Base)} / {Points(row.Novel)} / {Points(row.HarmonicMean)} |");
        Line(text, $"");
    }

    private static void Summaries(StringBuilder text, IReadOnlyList<DifferenceSummary> summaries)
    {
        Line(text, $"| | cells | mean absolute difference | largest difference | where |");
        Line(text, $"|---|---:|---:|---:|---|");
        foreach (var summary in summaries)
            Line(
                text,
                $"| {Name(summary.Measure)} | {summary.Cells} | {Percent(summary.MeanAbsolute)} | {Points(summary.Largest)} | "
                    + $"{Markdown.Escape(summary.LargestAt.Dataset)}: {Markdown.Code(summary.LargestAt.Prompt)} |");
        Line(text, $"");
    }

    private static string Name(DifferenceMeasure measure) => measure switch
    {
        DifferenceMeasure.Base => "base",
        DifferenceMeasure.Novel => "novel",
        _ => "H",
    };

    private static string Three(TestAccuracy of) =>
        $"{Percent(of.Accuracy)} / {Percent(of.Novel!.Value)} / {Percent(of.HarmonicMean!.Value)}";
}
