namespace Ipo.Optimization.Statistics;

/// <summary>The paired bootstrap of a difference of two accuracies on the same images (Efron and Tibshirani 1993,
/// chapter 13).</summary>
public static class PairedBootstrap
{
    /// <summary>Resamples that the ends of an interval are read from.</summary>
    public const int Resamples = 10_000;

    /// <summary>The percentile interval of the first accuracy minus the second.</summary>
    /// <param name="onlyFirst">Images that only the first template classifies rightly.</param>
    /// <param name="onlySecond">Images that only the second classifies rightly.</param>
    /// <param name="images">Images in all, one or more.</param>
    /// <param name="random">Draws the resamples.</param>
    public static Interval Difference(int onlyFirst, int onlySecond, int images, Random random)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(onlyFirst);
        ArgumentOutOfRangeException.ThrowIfNegative(onlySecond);
        ArgumentOutOfRangeException.ThrowIfLessThan(images, Math.Max(1, onlyFirst + onlySecond));
        var discordant = onlyFirst + onlySecond;
        if (discordant == 0) return new(0, 0);

        // Images on which both templates agree add nothing to the difference, so a resample of all images is known by
        // how many of its draws are discordant and how many of those are the first's.
        var share = (double)discordant / images;
        var differences = new int[Resamples];
        for (var resample = 0; resample < Resamples; resample++)
        {
            var drawn = Binomial(images, share, random);
            var first = 0;
            for (var draw = 0; draw < drawn; draw++)
                if (random.Next(discordant) < onlyFirst) first++;
            differences[resample] = first - (drawn - first);
        }
        Array.Sort(differences);
        // Order statistics 250 and 9,750 of 10,000: the values with 2.5 % below or at them, and above or at them.
        const int Tail = Resamples / 40;
        return new((double)differences[Tail - 1] / images, (double)differences[^Tail] / images);
    }

    // The waiting times between successes are geometric (Devroye 1986, chapter X.4.3): as many draws as successes, not
    // as trials.
    private static int Binomial(int trials, double share, Random random)
    {
        if (share >= 1) return trials;
        var logFailure = Math.Log(1 - share);
        var successes = 0;
        for (var at = 0.0; ; successes++)
        {
            at += Math.Floor(Math.Log(1 - random.NextDouble()) / logFailure) + 1;
            if (at > trials) return successes;
        }
    }
}
