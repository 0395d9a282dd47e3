using Ipo.Optimization.Facts;
using Ipo.Optimization.Settings;
using Ipo.Optimization.State;

namespace Ipo.Optimization.Descriptions;

/// <summary>The images that a run describes.</summary>
public static class ImagesToDescribe
{
    /// <summary>Whether a run describes any: where no proposer looks at descriptions and no sentences are made of them,
    /// none are bought.</summary>
    public static bool AreNeeded(RunSettings settings, IEnumerable<ProviderFacts> proposers) =>
        settings.Descriptions && (settings.ClassSentences || proposers.Any(proposer => proposer.LooksAtImages));

    /// <summary>Those of a run, once they are chosen.</summary>
    internal static IReadOnlyList<SearchImage> Of(RunState run)
    {
        if (run.ImagesChosen is not { } chosen) return Of(run.Settings, run.Prepared!);
        var bySha256 = run.Prepared!.SearchImages.DistinctBy(image => image.Sha256).ToDictionary(image => image.Sha256);
        return [.. chosen.Images.Select(image => bySha256[image])];
    }

    /// <summary>The images that are described where none are chosen by what they show: the first of every class, then
    /// the second, up to the limit. The same image twice is one. A choice has as many.
    /// </summary>
    public static IReadOnlyList<SearchImage> Of(RunSettings settings, RunPrepared prepared) =>
        [.. prepared.SearchImages
            .DistinctBy(image => image.Sha256)
            .GroupBy(image => image.Label)
            .OrderBy(group => group.Key)
            .SelectMany(group => group.Select((image, rank) => (image, rank)))
            .OrderBy(ranked => ranked.rank)
            .Select(ranked => ranked.image)
            .Take(settings.DescriptionLimit)];

    /// <summary>Whether they are chosen by what they show. Where all are described there is nothing to
    /// choose.</summary>
    internal static bool AreChosen(RunSettings settings, RunPrepared prepared) =>
        settings.DescriptionTokens > 0
        && prepared.SearchImages.DistinctBy(image => image.Sha256).Skip(settings.DescriptionLimit).Any();
}
