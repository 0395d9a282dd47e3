namespace Ipo.Optimization.Descriptions;

/// <summary>Finds values far below their peers by the modified z-score: 0.6745 (x − median) / MAD, where MAD is the
/// median absolute deviation; 0.6745 makes it a standard deviation under a normal distribution (Iglewicz and Hoaglin
/// 1993).</summary>
public static class DescriptionOutliers
{
    /// <summary>A score below this is far: the limit that Iglewicz and Hoaglin recommend.</summary>
    public const double OutlierThreshold = -3.5;

    /// <summary>Fewer values than this do not say what is usual.</summary>
    public const int FewestPeers = 8;

    /// <summary>The modified z-score of each value; zeros where there are too few, or more than half of them are
    /// equal.</summary>
    public static IReadOnlyList<double> Scores(IReadOnlyList<double> values)
    {
        if (values.Count < FewestPeers) return new double[values.Count];
        var median = Median(values);
        var mad = Median([.. values.Select(value => Math.Abs(value - median))]);
        return [.. values.Select(value => mad > 0 ? 0.6745 * (value - median) / mad : 0)];
    }

    private static double Median(IReadOnlyList<double> values)
    {
        double[] sorted = [.. values.Order()];
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
