namespace Ipo.Optimization.Statistics;

/// <summary>A test of a search as a whole: how often the best of all its templates would look so much better than the
/// baseline if none were better. It asks about the largest gain among all templates at once, so that trying many is
/// paid for (Westfall and Young 1993, section 2.3: the permutation distribution of the maximum).
/// </summary>
public static class BestOfMany
{
    /// <summary>Random sign changes, where there are too many to take them all.</summary>
    public const int Permutations = 2_000;

    private const int MostEnumerated = 12; // images: 4,096 sign changes

    /// <summary>The one-sided p-value. Were no template better than the baseline, each image's outcomes could as well
    /// stand the other way round: the baseline's in the place of all the others' and theirs in its place. An image is
    /// exchanged for all templates at once, which keeps how they depend on each other.
    /// </summary>
    /// <param name="baseline">The baseline's outcomes: '1' for each image that it classifies rightly, else '0'.</param>
    /// <param name="candidates">The others' outcomes on the same images.</param>
    /// <param name="random">Draws the exchanges.</param>
    /// <returns>In 0..1; 1 where there is no candidate or none is better.</returns>
    public static double PValue(string baseline, IReadOnlyList<string> candidates, Random random)
    {
        if (candidates.FirstOrDefault(other => other.Length != baseline.Length) is { } odd)
            throw new ArgumentException($"Outcome counts differ: {odd.Length} and {baseline.Length} images.", nameof(candidates));
        var active = Enumerable.Range(0, baseline.Length).Where(image => candidates.Any(other => other[image] != baseline[image]))
            .ToArray();
        if (active.Length == 0) return 1;
        var words = ExchangedGain.Words(active.Length);
        var differences = candidates.Select(other => new ExchangedGain(other, baseline, active)).ToArray();
        var observed = Largest(differences, new ulong[words]);
        if (observed <= 0) return 1;

        var exchanged = new ulong[words];
        var reached = 0;
        if (active.Length <= MostEnumerated)
        {
            var all = 1UL << active.Length;
            for (exchanged[0] = 0; exchanged[0] < all; exchanged[0]++)
                if (Largest(differences, exchanged) >= observed) reached++;
            return (double)reached / all;
        }
        for (var permutation = 0; permutation < Permutations; permutation++)
        {
            for (var word = 0; word < words; word++) exchanged[word] = (ulong)random.NextInt64(long.MinValue, long.MaxValue);
            if (Largest(differences, exchanged) >= observed) reached++;
        }
        // The observed order counts as one of them, or p could be 0 (Phipson and Smyth 2010).
        return (reached + 1.0) / (Permutations + 1);
    }

    // The largest number of images gained by any template.
    private static int Largest(ExchangedGain[] differences, ulong[] exchanged)
    {
        var largest = int.MinValue;
        foreach (var difference in differences) largest = Math.Max(largest, difference.Under(exchanged));
        return largest;
    }
}
