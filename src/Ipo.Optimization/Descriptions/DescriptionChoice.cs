using Ipo.Optimization.Facts;
using Ipo.Optimization.Images;
using Ipo.Optimization.State;
using Ipo.Optimization.Templates;
using Ipo.Optimization.Text;

namespace Ipo.Optimization.Descriptions;

/// <summary>Decides what instructions show of the descriptions: what is wrong is left out, near repetitions become one
/// line, and lines are chosen to cover classes first and words then, until the token budget is spent.
/// </summary>
public static class DescriptionChoice
{
    /// <summary>Resemblance of two descriptions from which they are one: four of five of all their words are in
    /// both.</summary>
    public const double MergeThreshold = 0.8;

    /// <summary>Decides.</summary>
    /// <param name="run">A run whose images are described.</param>
    /// <param name="described">The images that have a description, in the order of choice.</param>
    /// <param name="similarities">For each of them the cosine of its description and itself.</param>
    /// <param name="at">The time of the event.</param>
    public static DescriptionsChosen Of(
        RunState run, IReadOnlyList<SearchImage> described, IReadOnlyList<double> similarities, DateTimeOffset at)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(similarities.Count, described.Count);
        var prepared = run.Prepared!;
        string[] classNames = [.. prepared.ClassNames, .. prepared.NovelClassNames];
        var scores = DescriptionOutliers.Scores(similarities);
        var flagged = new List<FlaggedDescription>();
        var fitting = new List<SearchImage>();
        for (var i = 0; i < described.Count; i++)
        {
            var named = TemplateRules.NamedIn(run.Descriptions[described[i].Sha256], classNames);
            if (named is not null) flagged.Add(new(described[i].Sha256, DescriptionFlag.NamesAClass, similarities[i], scores[i], named));
            else if (scores[i] < DescriptionOutliers.OutlierThreshold)
                flagged.Add(new(described[i].Sha256, DescriptionFlag.DoesNotFit, similarities[i], scores[i]));
            else fitting.Add(described[i]);
        }
        return new(at, Show(run, Merge(run, fitting)), flagged);
    }

    // A description joins the line that it resembles most, of equals the earlier one; lines are known by their first.
    private static List<AlikeDescriptions> Merge(RunState run, List<SearchImage> images)
    {
        var lines = new List<AlikeDescriptions>();
        foreach (var image in images)
        {
            var words = WordSet.Of(run.Descriptions[image.Sha256]);
            var nearest = lines.MaxBy(line => line.Words.Resemblance(words));
            if (nearest?.Words.Resemblance(words) >= MergeThreshold) nearest.Images.Add(image);
            else lines.Add(new(words, [image]));
        }
        return lines;
    }

    private static List<ShownDescription> Show(RunState run, List<AlikeDescriptions> lines)
    {
        // Of two that cover as much, the one that stands for more images.
        var ordered = lines.OrderByDescending(line => line.Images.Count).ToList();
        var shown = ordered.ConvertAll(
            line => new ShownDescription(line.Images[0].Sha256, [.. line.Images.Skip(1).Select(image => image.Sha256)]));
        var sets = ordered.Zip(shown, (line, show) => new CoveringSet(
            line.Images.Select(image => image.Label).ToHashSet(), line.Words.Words,
            TokenCount.Of(DescriptionLine.Of(lines.Count, ShownDescriptions.Line(run, show)) + "\n")));
        return [.. Coverage.ByElements([.. sets], run.Settings.DescriptionTokens).Select(place => shown[place])];
    }

    private sealed record AlikeDescriptions(WordSet Words, List<SearchImage> Images);
}
