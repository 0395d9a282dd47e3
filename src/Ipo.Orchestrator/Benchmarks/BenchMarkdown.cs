using System.Text;
using Ipo.Optimization.Benchmarks;
using Ipo.Orchestrator.Reports.Text;
using static Ipo.Orchestrator.Reports.Text.Figures;

namespace Ipo.Orchestrator.Benchmarks;

/// <summary>A benchmark's table in Markdown, laid out as the paper's.</summary>
internal static class BenchMarkdown
{
    public static string Write(TabulatedBench bench)
    {
        var text = new StringBuilder();
        var (table, protocol) = (bench.Table, bench.Plan.Bench.Protocol);
        var checkpoints = table.Columns.Select(column => column.Checkpoint?.Name).OfType<string>().Distinct();
        Line(text, $"# {Markdown.Escape(bench.Title)}\n");
        Line(
            text,
            $"Accuracy on test images in %"
                + $"{(protocol == BenchProtocol.BaseToNovel ? ": base / novel / harmonic mean" : ", all classes")}; "
                + $"± is the standard deviation over seeds. Checkpoint: {Markdown.Escape(string.Join(", ", checkpoints))}.\n");
        var across = protocol == BenchProtocol.CrossDataset;
        string[] methods = [.. table.Columns.Select(column => $"{Markdown.Escape(column.Method)} ({Markdown.Escape(column.Source)})")];
        string[] datasets =
            [.. table.Rows.Select((row, index) => Markdown.Escape(row.Dataset) + (across && index == 0 ? " (source)" : ""))];
        Head(text, bench.MethodsAreRows ? "method" : "dataset", bench.MethodsAreRows ? datasets : methods);
        if (bench.MethodsAreRows)
            foreach (var (column, method) in methods.Index())
                Row(text, method, table.Rows.Select(row => row.Figures[column]));
        else
            foreach (var (dataset, row) in datasets.Zip(table.Rows)) Row(text, dataset, row.Figures);
        Line(text, $"");
        foreach (var mean in table.Rows.Where(row => row.MeanOf.Count > 0 && row.Dataset != PaperTable.MeanOfAll))
            Line(
                text,
                $"- The mean is over {Markdown.Escape(string.Join(", ", mean.MeanOf))}{(across ? ": the targets" : "")} "
                    + $"where every column has all of its figures.");
        foreach (var note in bench.Notes) Line(text, $"- {Markdown.Escape(note)}");
        foreach (var left in bench.LeftOut) Line(text, $"- Left out: {Markdown.Escape(left.Name)}. {Markdown.Escape(left.Reason)}");
        return text.ToString();
    }

    private static void Head(StringBuilder text, string corner, string[] headings)
    {
        Line(text, $"| {corner} | {string.Join(" | ", headings)} |");
        Line(text, $"|---|{string.Concat(Enumerable.Repeat("---:|", headings.Length))}");
    }

    private static void Row(StringBuilder text, string heading, IEnumerable<BenchFigure?> figures) =>
        Line(text, $"| {heading} | {string.Join(" | ", figures.Select(Cell))} |");

    private static string Cell(BenchFigure? figure)
    {
        if (figure is null) return "–";
        var accuracy = Percent(figure.Accuracy) + Spread(figure.Deviation);
        return figure.Novel is { } novel
            ? $"{accuracy} / {Percent(novel)}{Spread(figure.NovelDeviation)} / {Percent(figure.HarmonicMean ?? 0)}"
            : accuracy;
    }

    private static string Spread(double? deviation) => deviation is > 0 ? $" ±{Percent(deviation.Value)}" : "";
}
