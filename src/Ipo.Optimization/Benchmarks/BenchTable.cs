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
    /// <param name="printed">For each column the mean over the paper's eleven datasets, where nothing but that mean is printed
    /// of it; absent for none.</param>
    /// <returns>The table; its mean is over those rows, two or more, in which every column has all of its figures, so
    /// that all numbers of the mean are of the same datasets: a row without novel classes has no part in the mean of a
    /// column that has some.</returns>
    public static BenchTable Of(IReadOnlyList<BenchColumn> columns, IReadOnlyList<BenchRow> rows, string? left = null,
        IReadOnlyList<BenchFigure?>? printed = null)
    {
        if (rows.FirstOrDefault(row => row.Figures.Count != columns.Count) is { } uneven)
            throw new ArgumentException(
                $"The row of {uneven.Dataset} has {uneven.Figures.Count} figures for {columns.Count} columns.", nameof(rows));
        int[] own = [.. Enumerable.Range(0, columns.Count).Where(column => printed?[column] is null)];
        var counted = rows.Where(row => row.Dataset != left && own.All(column => row.Figures[column] is not null)).ToList();
        int[] novel = [.. own.Where(column => counted.Any(row => row.Figures[column]!.Novel is not null))];
        var whole = counted.Where(row => novel.All(column => row.Figures[column]!.Novel is not null)).ToList();
        var datasets = whole.Select(row => row.Dataset).ToList();
        BenchFigure? Mean(int column) => BenchFigure.OverDatasets([.. whole.Select(row => row.Figures[column]!)]);

        IReadOnlyList<BenchRow> means =
        [
            .. whole.Count < 2 ? [] : (BenchRow[])
                [new($"mean of {whole.Count}", [.. columns.Select((_, column) => own.Contains(column) ? Mean(column) : null)], datasets)],
            // Apart from the mean here, which is seldom one of the same datasets.
            .. own.Length == columns.Count ? [] : (BenchRow[])
                [new(PaperTable.MeanOfAll, [.. printed!], [.. PaperDataset.All.Select(dataset => dataset.Name)])],
        ];
        return new(columns, [.. rows, .. means]);
    }
}

/// <summary>A column of a benchmark's table.</summary>
/// <param name="Method">The method, for instance "CoOp" or "found".</param>
/// <param name="PaperTable">The number of the paper's table that its figures are from; null where they were measured here.</param>
/// <param name="Checkpoint">The checkpoint that measured them; null for printed ones.</param>
/// <param name="Apart">What tells it from other columns of the method: checkpoint, models; empty where there are
/// none.</param>
public sealed record BenchColumn(string Method, int? PaperTable = null, BenchCheckpoint? Checkpoint = null, string Apart = "")
{
    /// <summary>Whose figures they are, in words.</summary>
    public string Source => PaperTable is { } number ? $"paper, Table {number}" : Apart.Length == 0 ? "here" : $"here, {Apart}";
}

/// <summary>A checkpoint, as far as it decides figures.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Digest">The digest of its files.</param>
/// <param name="Precision">What it computes in: fp32 or fp16.</param>
/// <param name="PreprocessingVersion">How images become its input.</param>
public sealed record BenchCheckpoint(string Name, string Digest, string Precision, string PreprocessingVersion);

/// <summary>A row of a benchmark's table.</summary>
/// <param name="Dataset">The dataset, by the paper's name where it has one.</param>
/// <param name="Figures">One for each column; null without one.</param>
/// <param name="MeanOf">The datasets that it is the mean of; empty for a dataset's own row.</param>
public sealed record BenchRow(string Dataset, IReadOnlyList<BenchFigure?> Figures, IReadOnlyList<string> MeanOf);
