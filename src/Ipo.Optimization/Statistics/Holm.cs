namespace Ipo.Optimization.Statistics;

/// <summary>Holm's sequentially rejective procedure (Holm 1979, Scandinavian Journal of Statistics 6:65-70).</summary>
public static class Holm
{
    /// <summary>
    /// Adjusts the p-values of a family: an adjusted one below 5 % is one that the procedure rejects while it keeps the
    /// chance of any false rejection at 5 %, however the tests depend on each other.
    /// </summary>
    /// <param name="pValues">The family's p-values, each in 0..1.</param>
    /// <returns>The adjusted p-values, in the same order.</returns>
    public static IReadOnlyList<double> Adjust(IReadOnlyList<double> pValues)
    {
        var adjusted = new double[pValues.Count];
        var (left, highest) = (pValues.Count, 0.0);
        foreach (var (p, at) in pValues.Select((p, at) => (p, at)).OrderBy(test => test.p))
        {
            if (!(p is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(pValues), p, "A p-value lies in 0..1.");
            // The step before cannot be rejected later than this one, so adjusted values never fall.
            adjusted[at] = highest = Math.Max(highest, Math.Min(1, left-- * p));
        }
        return adjusted;
    }
}
