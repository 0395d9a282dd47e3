using System.Globalization;
using Ipo.Optimization.Benchmarks;

namespace Ipo.Orchestrator.Benchmarks;

/// <summary>A benchmark's table with what its reader must know.</summary>
/// <param name="Plan">The benchmark and its runs.</param>
/// <param name="Table">The table.</param>
/// <param name="Measured">What was measured here.</param>
/// <param name="Notes">What a reader must know, one sentence each.</param>
/// <param name="LeftOut">Runs without a figure in the table.</param>
/// <param name="MethodsAreRows">Whether it is written with a row for each method, as the paper's tables over settings, and
/// not for each dataset.</param>
internal sealed record TabulatedBench(
    PlannedBench Plan, BenchTable Table, IReadOnlyList<Measurement> Measured, IReadOnlyList<string> Notes, IReadOnlyList<LeftOut> LeftOut,
    bool MethodsAreRows)
{
    /// <summary>The table's heading.</summary>
    public string Title => Plan.Bench switch
    {
        { Protocol: BenchProtocol.BaseToNovel } => $"Base-to-novel, {Shots}{Varied}",
        { Protocol: BenchProtocol.CrossDataset } => $"Cross-dataset from {Plan.Bench.Source}, {Shots}{Varied}",
        _ => $"Few-shot, {Shots}{Varied}",
    };

    private string Varied => Plan.Bench.Varied.Count == 0 ? "" : $", over {string.Join(" and ", Plan.Bench.Varied)}";

    private string Shots => Plan.Bench.Shots is [1] ? "1 shot"
        : string.Join(
            ", ", Plan.Bench.Shots.Select(shots => shots == 0 ? "all" : shots.ToString(CultureInfo.InvariantCulture))) + " shots";

    /// <summary>The table's rows with the runs behind them.</summary>
    public IEnumerable<TabulatedRow> Rows => Table.Rows.Select(row => new TabulatedRow(
        row.Dataset,
        [.. row.Figures.Zip(Table.Columns, (figure, column) => new TabulatedFigure(figure, [.. RunIdsOf(row, column)]))],
        row.MeanOf));

    private IEnumerable<string> RunIdsOf(BenchRow row, BenchColumn column) => column.PaperTable is not null || row.MeanOf.Count > 0 ? []
        : Measured.Where(one => Plan.Title(one.Dataset) == row.Dataset && one.Column == column).SelectMany(one => one.RunIds);
}

/// <summary>A row of a table, with the runs behind it.</summary>
/// <param name="Dataset">The dataset.</param>
/// <param name="Figures">One for each column.</param>
/// <param name="MeanOf">The datasets that it is the mean of; empty for a dataset's own row.</param>
internal sealed record TabulatedRow(string Dataset, IReadOnlyList<TabulatedFigure> Figures, IReadOnlyList<string> MeanOf);

/// <summary>A cell of a table, with the runs behind it.</summary>
/// <param name="Figure">The figure; null where there is none.</param>
/// <param name="RunIds">Ids of the runs; none for a printed figure and for a mean.</param>
internal sealed record TabulatedFigure(BenchFigure? Figure, IReadOnlyList<string> RunIds);

/// <summary>Something that takes no part.</summary>
/// <param name="Name">What it is: a dataset, a run or a prompt.</param>
/// <param name="Reason">Why, as one sentence.</param>
internal sealed record LeftOut(string Name, string Reason);

/// <summary>What one template scored on a dataset's test images.</summary>
/// <param name="Dataset">The dataset.</param>
/// <param name="Column">The column it belongs to.</param>
/// <param name="Accuracy">The accuracies.</param>
/// <param name="RunIds">The run that it comes from; none for a template of its own.</param>
internal sealed record Measurement(string Dataset, BenchColumn Column, TestAccuracy Accuracy, IReadOnlyList<string> RunIds);
