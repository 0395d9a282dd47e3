using Ipo.Optimization.Descriptions;
using Ipo.Optimization.Facts;
using Ipo.Optimization.State;

namespace Ipo.Optimization.Report;

/// <summary>What became of the descriptions of the search images.</summary>
/// <param name="Described">Images that were described.</param>
/// <param name="Shown">What instructions showed.</param>
/// <param name="TokenBudget">The token budget; 0 where every description is shown as it is.</param>
/// <param name="NamedAClass">Descriptions that named a class before the captioner took the name out.</param>
/// <param name="Flagged">Descriptions that were left out because something is wrong with them.</param>
public sealed record ReportedDescriptions(
    int Described, ShownDescriptions Shown, int TokenBudget, int NamedAClass, IReadOnlyList<LeftOutDescription> Flagged)
{
    internal static ReportedDescriptions? Of(RunState run, ReportedDataset dataset) => run.Descriptions.Count == 0 ? null : new(
        run.Descriptions.Count, ShownDescriptions.Of(run), run.Settings.DescriptionTokens, run.NamedClasses.Count,
        [.. run.DescriptionsChosen?.Flagged.Select(flagged => LeftOutDescription.Of(run, dataset, flagged)) ?? []]);
}

/// <summary>A description that was left out.</summary>
/// <param name="Flagged">What is wrong with it.</param>
/// <param name="Path">The image's file.</param>
/// <param name="ClassName">Name of the image's class.</param>
/// <param name="Description">The description.</param>
public sealed record LeftOutDescription(FlaggedDescription Flagged, string Path, string ClassName, string Description)
{
    internal static LeftOutDescription Of(RunState run, ReportedDataset dataset, FlaggedDescription flagged)
    {
        var image = dataset.Images[flagged.Image];
        return new(flagged, image.Path, dataset.ClassNames[image.Label], run.Descriptions[flagged.Image]);
    }
}
