namespace Ipo.Optimization.Statistics;

/// <summary>Gains in log-likelihood over the baseline, each pulled towards none by as much as it is noise: an
/// empirical Bayes estimate with the baseline as its centre (Efron and Morris 1975; variances known, method of moments
/// for the spread).
/// </summary>
public static class Shrinkage
{
    /// <summary>The shrunken mean gain of each template in nats per image; 0 where the gains spread no more than noise
    /// does.</summary>
    /// <param name="baseline">Losses of the baseline, image by image.</param>
    /// <param name="others">Losses of the other templates on the same images.</param>
    public static IReadOnlyList<double> Gains(IReadOnlyList<float> baseline, IReadOnlyList<IReadOnlyList<float>> others) =>
        Gains([.. others.Select(losses => Gain(baseline, losses))]);

    /// <summary>The same from sums that are known already.</summary>
    internal static IReadOnlyList<double> Gains(IReadOnlyList<NoisyGain> gains)
    {
        if (gains.Count == 0) return [];
        var spread = Math.Max(0, gains.Average(gain => gain.Mean * gain.Mean - gain.Variance));
        return [.. gains.Select(gain => spread == 0 ? 0 : gain.Mean * spread / (spread + gain.Variance))];
    }

    private static NoisyGain Gain(IReadOnlyList<float> baseline, IReadOnlyList<float> losses)
    {
        double sum = 0, squares = 0;
        for (var image = 0; image < baseline.Count; image++)
        {
            var gain = (double)baseline[image] - losses[image];
            sum += gain;
            squares += gain * gain;
        }
        return NoisyGain.Of(sum, squares, baseline.Count);
    }
}

/// <summary>A mean gain and the square of its standard error.</summary>
internal readonly record struct NoisyGain(double Mean, double Variance)
{
    public static NoisyGain Of(double sum, double squares, int images)
    {
        // One image says nothing of the noise, so its gain is all noise.
        if (images < 2) return new(0, 0);
        var mean = sum / images;
        return new(mean, Math.Max(0, squares / images - mean * mean) / (images - 1));
    }
}
