namespace Ipo.Optimization.Statistics;

/// <summary>What is best if nobody says what matters most.</summary>
public static class ParetoFront
{
    /// <summary>Those that no other dominates, in their order; equals stay side by side.</summary>
    /// <param name="all">The alternatives.</param>
    /// <param name="objectives">Its numbers, as many for each; larger is better.</param>
    public static IReadOnlyList<T> Of<T>(IReadOnlyList<T> all, Func<T, IReadOnlyList<double>> objectives)
    {
        var numbers = all.Select(objectives).ToList();
        return [.. all.Where((_, at) => !numbers.Exists(other => Dominates(other, numbers[at])))];
    }

    /// <summary>Whether one is nowhere worse than the other and somewhere better.</summary>
    public static bool Dominates(IReadOnlyList<double> one, IReadOnlyList<double> other)
    {
        var better = false;
        for (var at = 0; at < one.Count; at++)
        {
            if (one[at] < other[at]) return false;
            better |= one[at] > other[at];
        }
        return better;
    }
}
