namespace Ipo.Optimization.Benchmarks;

/// <summary>A benchmark's table: a row for each dataset and one with the mean, a column for each method.</summary>
/// <param name="Columns">The methods.</param>
/// <param name="Rows">The datasets, then the mean where there is one.</param>
public sealed record BenchTable(IReadOnlyList<BenchColumn> Columns, IReadOnlyList<BenchRow> Rows)
{
    /// <summary>Makes a table.</summary>
    /// <param name="columns">The methods.</param>
    /// <param name="rows">The datasets.</param>
    /// <param name="left">A dataset whose row the mean leaves out, as it does a cross-dataset benchmark's source; null
    /// for none.</param>
    /// <returns>The table; its mean is over those rows, two or more, in which every column has all of its figures, so
    /// that all numbers of the mean are of the same datasets: a row without novel classes has no part in the mean of a
    /// column that has some.</returns>
    public static BenchTable Of(IReadOnlyList<BenchColumn> columns, IReadOnlyList<BenchRow> rows, string? left = null)
    {
        if (rows.FirstOrDefault(row => row.Figures.Count != columns.Count) is { } uneven)
            throw new ArgumentException(
                $"The row of {uneven.Dataset} has {uneven.Figures.Count} figures for {columns.Count} columns.", nameof(rows));
        var counted = rows.Where(row => row.Dataset != left && row.Figures.All(figure => figure is not null)).ToList();
        var novel = columns.Select((_, column) => counted.Any(row => row.Figures[column]!.Novel is not null)).ToList();
        var whole = counted.Where(row => row.Figures.Zip(novel).All(one => one.First!.Novel is not null || !one.Second)).ToList();
        if (whole.Count < 2) return new(columns, rows);
        var means = columns.Select((_, column) => BenchFigure.OverDatasets([.. whole.Select(row => row.Figures[column]!)]));
        return new(columns, [.. rows, new($"mean of {whole.Count}", [.. means], [.. whole.Select(row => row.Dataset)])]);
    }
}

/// <summary>A column of a benchmark's table.</summary>
/// <param name="Method">The method, for instance "CoOp" or "found".</param>
/// <param name="PaperTable">The number of the paper's table that its figures are from; null where they were measured here.</param>
public sealed record BenchColumn(string Method, int? PaperTable = null)
{
    /// <summary>Whose figures they are, in words.</summary>
    public string Source => PaperTable is { } number ? $"paper, Table {number}" : "here";
}

/// <summary>A row of a benchmark's table.</summary>
/// <param name="Dataset">The dataset, by the paper's name where it has one.</param>
/// <param name="Figures">One for each column; null without one.</param>
/// <param name="MeanOf">The datasets that it is the mean of; empty for a dataset's own row.</param>
public sealed record BenchRow(string Dataset, IReadOnlyList<BenchFigure?> Figures, IReadOnlyList<string> MeanOf);
