namespace Ipo.Optimization.Benchmarks;

/// <summary>A prompt of a publication with the accuracies printed beside it, in 0..1.</summary>
/// <param name="Line">The line of the file that it stands on.</param>
/// <param name="Dataset">The dataset.</param>
/// <param name="Prompt">The template.</param>
/// <param name="Printed">The printed accuracies on base and novel classes.</param>
/// <param name="Source">Where it is printed; empty where the file does not say.</param>
public sealed record PublishedPrompt(int Line, string Dataset, string Prompt, TestAccuracy Printed, string Source);

/// <summary>What was measured beside what is printed.</summary>
/// <param name="Published">The prompt.</param>
/// <param name="Measured">Its accuracies here.</param>
public sealed record PublishedDifference(PublishedPrompt Published, TestAccuracy Measured)
{
    /// <summary>Measured less printed on base classes, in -1..1.</summary>
    public double Base => Measured.Accuracy - Published.Printed.Accuracy;

    /// <summary>Measured less printed on novel classes, in -1..1.</summary>
    public double Novel => Measured.Novel!.Value - Published.Printed.Novel!.Value;

    /// <summary>Measured less printed harmonic mean, in -1..1; the printed one is what the printed accuracies
    /// give.</summary>
    public double HarmonicMean => Measured.HarmonicMean!.Value - Published.Printed.HarmonicMean!.Value;
}

/// <summary>How far some cells lie from their printed values.</summary>
/// <param name="Measure">What differs.</param>
/// <param name="Cells">Number of cells.</param>
/// <param name="MeanAbsolute">Mean absolute difference, in 0..1.</param>
/// <param name="Largest">The difference that is largest in size, with its sign, in -1..1.</param>
/// <param name="LargestAt">Where it is.</param>
public sealed record DifferenceSummary(DifferenceMeasure Measure, int Cells, double MeanAbsolute, double Largest, PublishedPrompt LargestAt)
{
    /// <summary>Sums up differences: base, novel and harmonic mean each.</summary>
    /// <param name="differences">One or more.</param>
    public static IReadOnlyList<DifferenceSummary> Of(IReadOnlyList<PublishedDifference> differences)
    {
        ArgumentOutOfRangeException.ThrowIfZero(differences.Count);
        return
        [
            Of(DifferenceMeasure.Base, difference => difference.Base),
            Of(DifferenceMeasure.Novel, difference => difference.Novel),
            Of(DifferenceMeasure.HarmonicMean, difference => difference.HarmonicMean),
        ];

        DifferenceSummary Of(DifferenceMeasure measure, Func<PublishedDifference, double> cell)
        {
            var largest = differences.MaxBy(difference => Math.Abs(cell(difference)))!;
            return new(measure, differences.Count, differences.Average(difference => Math.Abs(cell(difference))), cell(largest),
                largest.Published);
        }
    }
}

/// <summary>Accuracies on test images whose difference is summed up.</summary>
public enum DifferenceMeasure
{
    /// <summary>On base classes.</summary>
    Base,

    /// <summary>On novel classes.</summary>
    Novel,

    /// <summary>The harmonic mean of the two.</summary>
    HarmonicMean,
}
