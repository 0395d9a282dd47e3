using Ipo.Optimization.Statistics;

namespace Ipo.Optimization.Benchmarks;

/// <summary>Accuracy of one template on test images, in 0..1.</summary>
/// <param name="Accuracy">On the classes that were searched on: base classes, or all.</param>
/// <param name="Novel">On novel classes; null without any.</param>
public sealed record TestAccuracy(double Accuracy, double? Novel = null)
{
    /// <summary>Harmonic mean of the two; null where there are no novel classes.</summary>
    public double? HarmonicMean => Novel is { } novel ? Proportion.HarmonicMean(Accuracy, novel) : null;
}

/// <summary>A cell of a benchmark's table; accuracies in 0..1.</summary>
/// <param name="Accuracy">On the classes that were searched on.</param>
/// <param name="Novel">On novel classes; null without any.</param>
/// <param name="HarmonicMean">Of the two, as printed or as they give it; null where there are no novel classes.</param>
/// <param name="Runs">Runs that the cell is a mean of; 1 for a printed figure.</param>
/// <param name="Deviation">Sample standard deviation of the accuracy over the runs; null for one run.</param>
/// <param name="NovelDeviation">The same on novel classes.</param>
public sealed record BenchFigure(
    double Accuracy, double? Novel, double? HarmonicMean, int Runs = 1, double? Deviation = null, double? NovelDeviation = null)
{
    /// <summary>The mean over runs that differ in their seed. The harmonic mean is that of the mean accuracies, as in
    /// CoOp's and the paper's tables, and not the mean of harmonic means.</summary>
    /// <param name="runs">One or more; novel classes in all or in none.</param>
    public static BenchFigure OverSeeds(IReadOnlyList<TestAccuracy> runs)
    {
        ArgumentOutOfRangeException.ThrowIfZero(runs.Count);
        var accuracies = runs.Select(run => run.Accuracy).ToList();
        var novels = runs.Select(run => run.Novel).OfType<double>().ToList();
        if (novels.Count > 0 && novels.Count < runs.Count)
            throw new ArgumentException("Some runs have novel classes and some have none.", nameof(runs));
        var mean = new TestAccuracy(accuracies.Average(), novels.Count > 0 ? novels.Average() : null);
        return new(mean.Accuracy, mean.Novel, mean.HarmonicMean, runs.Count, StandardDeviation(accuracies), StandardDeviation(novels));
    }

    /// <summary>The mean over datasets, each counting once; the harmonic mean is that of the means, as the paper's
    /// average row has it (CLIP in Table 6: 69.34 and 74.22 give 71.70).</summary>
    /// <param name="datasets">One or more; novel classes in all or in none.</param>
    public static BenchFigure OverDatasets(IReadOnlyList<BenchFigure> datasets) =>
        OverSeeds([.. datasets.Select(figure => new TestAccuracy(figure.Accuracy, figure.Novel))]) with
        {
            Runs = datasets.Sum(figure => figure.Runs),
            Deviation = null,
            NovelDeviation = null,
        };

    private static double? StandardDeviation(List<double> values)
    {
        if (values.Count < 2) return null;
        if (values.TrueForAll(value => value == values[0])) return 0; // which the mean's rounding would hide
        var mean = values.Average();
        return Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1));
    }
}
