namespace Ipo.Optimization.Statistics;

/// <summary>Statistics of shares: an accuracy, and two accuracies on the same images.</summary>
public static class Proportion
{
    private const double Z95 = 1.959963984540054; // the 97.5 % point of the normal distribution

    /// <summary>Wilson's 95 % score interval without continuity correction (Wilson 1927; Newcombe 1998, method
    /// 3).</summary>
    /// <param name="right">Images classified rightly.</param>
    /// <param name="images">Images in all, one or more.</param>
    public static Interval Wilson(int right, int images)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(images, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(right);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(right, images);
        double n = images, p = right / n, z2 = Z95 * Z95;
        var centre = p + z2 / (2 * n);
        var half = Z95 * Math.Sqrt(p * (1 - p) / n + z2 / (4 * n * n));
        var low = (centre - half) / (1 + z2 / n);
        var high = (centre + half) / (1 + z2 / n);
        // At the ends the formula gives 0 and 1 up to rounding.
        return new(right == 0 ? 0 : low, right == images ? 1 : high);
    }

    /// <summary>The exact two-sided McNemar test (McNemar 1947): the probability, if neither template were better,
    /// that the images on which they differ fall at least as unevenly.
    /// </summary>
    /// <param name="onlyFirst">Images that only the first classifies rightly.</param>
    /// <param name="onlySecond">Images that only the second classifies rightly.</param>
    public static double McNemar(int onlyFirst, int onlySecond)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(onlyFirst);
        ArgumentOutOfRangeException.ThrowIfNegative(onlySecond);
        var n = onlyFirst + onlySecond;
        if (n == 0) return 1;
        var fewer = Math.Min(onlyFirst, onlySecond);
        // Binomial(n, 1/2) up to 'fewer', in logarithms, so that n may be large.
        double logTerm = -n * Math.Log(2), sum = Math.Exp(logTerm);
        for (var k = 1; k <= fewer; k++)
        {
            logTerm += Math.Log(n - k + 1) - Math.Log(k);
            sum += Math.Exp(logTerm);
        }
        return Math.Min(1, 2 * sum);
    }

    /// <summary>Harmonic mean of two accuracies (Xian et al. 2017), 0 where either is 0.</summary>
    public static double HarmonicMean(double a, double b) => a + b == 0 ? 0 : 2 * a * b / (a + b);
}
