using CsCheck;
using Ipo.Optimization.Images;
using Xunit;

namespace Ipo.Tests.Optimization.Images;

public sealed class CoverageTests
{
    private static CoveringSet Set(int[] classes, string words, long cost = 1) => new(classes, words.Split(' ').ToHashSet(), cost);

    // Two classes before many words; then the most new words; what brings nothing new comes last, as it stands.
    [Fact]
    public void Covers_classes_first_and_words_then() =>
        Assert.Equal(
            [1, 4, 2, 0, 3],
            Coverage.ByElements(
                [Set([0], "a b c d e f"), Set([0, 1], "a"), Set([1], "a b c d e f g h"), Set([0], "a"), Set([2], "a")], budget: 5));

    [Fact]
    public void What_does_not_fit_is_passed_over_and_what_fits_still_taken() =>
        Assert.Equal(
            [1, 2], Coverage.ByElements([Set([0, 1, 2], "a", cost: 6), Set([0, 1], "a", cost: 3), Set([2], "a", cost: 2)], budget: 5));

    private static readonly Gen<CoveringSet> AnySet =
        Gen.Select(Gen.Int[0, 4].HashSet[0, 2], Gen.OneOf("a", "b", "c", "d", "e", "f").HashSet[0, 4], Gen.Long[1, 4],
            (classes, words, cost) => new CoveringSet(classes, words, cost));

    [Fact]
    public void Never_spends_more_than_the_budget_takes_nothing_twice_and_leaves_nothing_that_still_fits() =>
        Gen.Select(AnySet.Array[0, 8], Gen.Long[0, 12]).Sample((sets, budget) =>
        {
            var chosen = Coverage.ByElements(sets, budget);
            var spent = chosen.Sum(place => sets[place].Cost);
            return spent <= budget && chosen.Distinct().Count() == chosen.Count
                && Enumerable.Range(0, sets.Length).Except(chosen).All(place => sets[place].Cost > budget - spent);
        });

    // Nemhauser, Wolsey and Fisher 1978: at least 1 − 1/e of the best for so many picks, here against all choices.
    [Fact]
    public void Covers_at_least_63_percent_of_what_the_best_choice_of_as_many_covers() =>
        Gen.Select(AnySet.Array[1, 7], Gen.Int[1, 4]).Sample((sets, picks) =>
        {
            CoveringSet[] equal = [.. sets.Select(set => set with { Cost = 1 })];
            double Value(IEnumerable<int> places) =>
                (places.SelectMany(place => equal[place].Classes).Distinct().Count() * 7) + places.SelectMany(place => equal[place].Words)
                    .Distinct().Count();
            var best = Choices(equal.Length, picks).Max(Value);
            return Value(Coverage.ByElements(equal, picks)) >= ((1 - (1 / Math.E)) * best) - 1e-9;
        });

    [Fact]
    public void By_similarity_too() =>
        Gen.Select(Gen.Double[0, 6.28].Array[1, 7], Gen.Int[1, 4]).Sample((angles, picks) =>
        {
            float[][] places = [.. angles.Select(angle => new[] { (float)Math.Cos(angle), (float)Math.Sin(angle) })];
            double Value(IEnumerable<int> chosen) => places.Sum(place => chosen.Max(one => 1 + Embeddings.Cosine(place, places[one])));
            var greedy = Coverage.BySimilarity(places, picks);
            return greedy.Count == Math.Min(picks, places.Length) && greedy.Distinct().Count() == greedy.Count
                && Value(greedy) >= ((1 - (1 / Math.E)) * Choices(places.Length, picks).Max(Value)) - 1e-5;
        });

    // Three in one corner, one in another: the middle of the three stands for them, then the lonely one is taken.
    [Fact]
    public void The_first_pick_is_the_most_typical_and_the_second_what_it_does_not_stand_for()
    {
        double[] angles = [0, 0.3, 0.6, Math.PI + 0.3];
        float[][] places = [.. angles.Select(angle => new[] { (float)Math.Cos(angle), (float)Math.Sin(angle) })];
        Assert.Equal([1, 3], Coverage.BySimilarity(places, 2));
    }

    private static IEnumerable<int[]> Choices(int count, int picks) => Enumerable.Range(1, (1 << count) - 1)
        .Select(bits => Enumerable.Range(0, count).Where(place => (bits >> place & 1) == 1).ToArray())
        .Where(choice => choice.Length == Math.Min(picks, count));
}
