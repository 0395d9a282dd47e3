using Ipo.Optimization.Facts;
using Ipo.Optimization.State;

namespace Ipo.Optimization.Descriptions;

/// <summary>What a template confuses, from the class each image was taken for.</summary>
public static class Confusions
{
    // Enough to show where a template fails; more would hide what it confuses most.
    private const int MostPairs = 5;

    private const int DescriptionsOfAClass = 2;

    /// <summary>The most frequent confusions, the most frequent first, ties by label.</summary>
    /// <param name="labels">The class of each image.</param>
    /// <param name="predicted">The class each was taken for.</param>
    public static IReadOnlyList<ConfusedPair> MostFrequent(IEnumerable<int> labels, IEnumerable<int> predicted) =>
        [.. labels.Zip(predicted)
            .Where(pair => pair.First != pair.Second)
            .CountBy(pair => pair)
            .OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key.First).ThenBy(pair => pair.Key.Second)
            .Take(MostPairs)
            .Select(pair => new ConfusedPair(pair.Key.First, pair.Key.Second, pair.Value))];

    /// <summary>The confusions of a run's best template, in words; none before they are known.</summary>
    public static IReadOnlyList<Confusion> Described(RunState run)
    {
        if (run.Prepared is not { } prepared || run.ConfusionsFound is not { } known) return [];
        var descriptions = run.FittingDescriptions;
        string[] Describe(int label) =>
            [.. prepared.SearchImages.Where(image => image.Label == label)
                .Select(image => descriptions.GetValueOrDefault(image.Sha256)).OfType<string>().Distinct().Take(DescriptionsOfAClass)];
        return [.. known.Pairs.Select(pair => new Confusion(
            prepared.ClassNames[pair.Label], prepared.ClassNames[pair.TakenFor], pair.Images, Describe(pair.Label),
            Describe(pair.TakenFor)))];
    }
}

/// <summary>Two classes that a template mistakes for each other, on the search images.</summary>
/// <param name="ClassName">Name of the images' class.</param>
/// <param name="TakenFor">Name of the class they are taken for.</param>
/// <param name="Images">How many are.</param>
/// <param name="Descriptions">Descriptions of images of their class.</param>
/// <param name="TakenForDescriptions">Descriptions of images of the other class.</param>
public sealed record Confusion(
    string ClassName, string TakenFor, int Images, IReadOnlyList<string> Descriptions, IReadOnlyList<string> TakenForDescriptions);
