namespace Ipo.Optimization.Images;

/// <summary>The greedy choice of things that together cover most: each pick is the one that adds most to what is
/// covered. For a fixed number of picks no choice covers more than 1/(1 − 1/e) times as much, about 1.58 (Nemhauser,
/// Wolsey and Fisher 1978).
/// </summary>
public static class Coverage
{
    /// <summary>Chooses places so that every place has a similar one among the chosen: the sum over all places of the
    /// similarity to the nearest chosen one grows most (facility location).</summary>
    /// <param name="embeddings">The places, L2-normalised; the similarity of two is 1 + cosine, in 0..2.</param>
    /// <param name="count">How many are chosen at most.</param>
    /// <returns>Positions in the order of the choice; the first of equals is taken.</returns>
    public static IReadOnlyList<int> BySimilarity(IReadOnlyList<float[]> embeddings, int count)
    {
        var places = embeddings.Count;
        var similarities = new float[places, places];
        for (var a = 0; a < places; a++)
            for (var b = a; b < places; b++)
                similarities[a, b] = similarities[b, a] = 1 + Embeddings.Cosine(embeddings[a], embeddings[b]);

        var nearest = new float[places];
        var chosen = new List<int>();
        while (chosen.Count < Math.Min(count, places))
        {
            var pick = Best(places, chosen, candidate =>
            {
                double gain = 0;
                for (var place = 0; place < places; place++) gain += Math.Max(0, similarities[candidate, place] - nearest[place]);
                return gain;
            });
            for (var place = 0; place < places; place++) nearest[place] = Math.Max(nearest[place], similarities[pick, place]);
            chosen.Add(pick);
        }
        return chosen;
    }

    /// <summary>Chooses sets of elements until a budget is spent: classes count before words, so a set with a new class
    /// goes before every set without one, and among those the one with more new words. When nothing is new, what is
    /// left follows as it stands while the budget lasts. A set that does not fit is passed over.</summary>
    /// <param name="sets">The sets, the more welcome of equals first.</param>
    /// <param name="budget">What the chosen may cost together.</param>
    /// <returns>Positions in the order of the choice.</returns>
    public static IReadOnlyList<int> ByElements(IReadOnlyList<CoveringSet> sets, long budget)
    {
        var (classes, words) = (new HashSet<int>(), new HashSet<string>(StringComparer.Ordinal));
        var allWords = sets.SelectMany(set => set.Words).Distinct(StringComparer.Ordinal).Count();
        var chosen = new List<int>();
        while (true)
        {
            var left = budget;
            var pick = Best(sets.Count, chosen, candidate => sets[candidate].Cost > left ? double.NegativeInfinity
                : (sets[candidate].Classes.Count(label => !classes.Contains(label)) * (allWords + 1.0))
                    + sets[candidate].Words.Count(word => !words.Contains(word)));
            if (pick < 0) return chosen;
            classes.UnionWith(sets[pick].Classes);
            words.UnionWith(sets[pick].Words);
            budget -= sets[pick].Cost;
            chosen.Add(pick);
        }
    }

    // The first of those with the largest gain that is not chosen; -1 where none is left.
    private static int Best(int count, List<int> chosen, Func<int, double> gain)
    {
        var (best, most) = (-1, double.NegativeInfinity);
        for (var candidate = 0; candidate < count; candidate++)
        {
            if (chosen.Contains(candidate)) continue;
            var its = gain(candidate);
            if (its > most) (best, most) = (candidate, its);
        }
        return best;
    }
}

/// <summary>What a choice by elements chooses from.</summary>
/// <param name="Classes">Labels that it covers, each once.</param>
/// <param name="Words">Words that it covers.</param>
/// <param name="Cost">What it takes of the budget.</param>
public sealed record CoveringSet(IReadOnlyCollection<int> Classes, IReadOnlySet<string> Words, long Cost);
