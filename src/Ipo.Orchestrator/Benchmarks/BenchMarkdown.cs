using System.Text;
using Ipo.Optimization.Benchmarks;
using Ipo.Orchestrator.Reports;
using static Ipo.Orchestrator.Reports.Figures;

namespace Ipo.Orchestrator.Benchmarks;

/// <summary>A benchmark's table in Markdown, laid out as the paper's.</summary>
internal static class BenchMarkdown
{
    public static string Write(V1.BenchTable table, BenchProtocol protocol)
    {
        var text = new StringBuilder();
        Line(text, $"# {Markdown.Escape(table.Title)}");
        Line(text, $"");
        Line(text, $"Accuracy on test images in %{(protocol == BenchProtocol.BaseToNovel ? ": base / novel / harmonic mean" : ", all classes")}; ± is the standard deviation over seeds. Checkpoint: {Markdown.Escape(table.Model.Name)}.");
        Line(text, $"");
        var across = protocol == BenchProtocol.CrossDataset;
        // The paper's Table 9 has a row for each method, its Tables 6 and 8 one for each dataset.
        string[] methods = [.. table.Columns.Select(column => $"{Markdown.Escape(column.Method)} ({Markdown.Escape(column.Source)})")];
        string[] datasets =
            [.. table.Rows.Select((row, index) => Markdown.Escape(row.Dataset) + (across && index == 0 ? " (source)" : ""))];
        Head(text, across ? "method" : "dataset", across ? datasets : methods);
        if (across)
            foreach (var (method, column) in methods.Select((method, column) => (method, column)))
                Row(text, method, table.Rows.Select(row => row.Cells[column]));
        else
            foreach (var (dataset, row) in datasets.Zip(table.Rows)) Row(text, dataset, row.Cells);
        Line(text, $"");
        foreach (var mean in table.Rows.Where(row => row.MeanOf.Count > 0))
            Line(text, $"- The mean is over {Markdown.Escape(string.Join(", ", mean.MeanOf))}{(across ? ": the targets" : "")} where every column has all of its figures.");
        foreach (var note in table.Notes) Line(text, $"- {Markdown.Escape(note)}");
        foreach (var left in table.LeftOut) Line(text, $"- Left out: {Markdown.Escape(left.Name)}. {Markdown.Escape(left.Reason)}");
        return text.ToString();
    }

    private static void Head(StringBuilder text, string corner, string[] headings)
    {
        Line(text, $"| {corner} | {string.Join(" | ", headings)} |");
        Line(text, $"|---|{string.Concat(Enumerable.Repeat("---:|", headings.Length))}");
    }

    private static void Row(StringBuilder text, string heading, IEnumerable<V1.BenchCell> cells) =>
        Line(text, $"| {heading} | {string.Join(" | ", cells.Select(Cell))} |");

    private static string Cell(V1.BenchCell cell)
    {
        if (!cell.HasAccuracy) return "–";
        var accuracy = Percent(cell.Accuracy) + Spread(cell.HasAccuracyDeviation, cell.AccuracyDeviation);
        return cell.HasNovelAccuracy
            ? $"{accuracy} / {Percent(cell.NovelAccuracy)}{Spread(cell.HasNovelAccuracyDeviation, cell.NovelAccuracyDeviation)} / "
                + $"{Percent(cell.HarmonicMean)}"
            : accuracy;
    }

    private static string Spread(bool has, double deviation) => has && deviation > 0 ? $" ±{Percent(deviation)}" : "";
}
