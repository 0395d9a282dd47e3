using Ipo.Orchestrator.Contract;
using Ipo.Orchestrator.Errors;

namespace Ipo.Orchestrator.Datasets;

/// <summary>What a folder says it holds, before any image is read.</summary>
/// <param name="Layout">Name of the layout (docs/datasets.md).</param>
/// <param name="ClassNames">Class names in label order.</param>
/// <param name="Images">The images that it lists.</param>
/// <param name="Warnings">What was left out and why.</param>
internal sealed record DatasetListing(
    string Layout, IReadOnlyList<string> ClassNames, IReadOnlyList<ListedImage> Images, IReadOnlyList<string> Warnings)
{
    private static readonly IDatasetLayout[] Layouts = [.. Implementations.Of<IDatasetLayout>().OrderBy(layout => layout.Order)];

    /// <summary>What a folder may hold, for messages.</summary>
    public static string Kinds { get; } =
        $"A dataset is a folder with {string.Join(", or ", Layouts.Reverse().Select(layout => layout.LookedFor))}.";

    /// <summary>Whether a layout is that of published datasets.</summary>
    public static bool IsPublished(string layout) => Layouts.Any(known => known.Name == layout && known.IsPublished);

    /// <summary>Whether a layout has nothing but test images.</summary>
    public static bool HasTestAlone(string layout) => Layouts.Any(known => known.Name == layout && known.HasTestAlone);

    /// <summary>Reads a folder in whichever layout it has; a folder around the dataset's own is passed through.</summary>
    /// <param name="progress">Told of every image that is found.</param>
    /// <returns>The dataset's own folder, and what it lists.</returns>
    public static (string Folder, DatasetListing Listing) Read(string folder, string root, RegistrationProgress progress)
    {
        for (var at = folder; ;)
        {
            if (Layouts.Select(layout => layout.Read(at, root, progress)).OfType<DatasetListing>().FirstOrDefault() is { } listing)
                return (at, listing);
            if (DatasetFiles.OnlyFolder(at) is not { } inner) throw RefusedException.Invalid($"{at} holds no folders. {Kinds}");
            ListedFiles.RefuseLeaving(inner, root, Path.GetRelativePath(folder, inner));
            at = inner;
        }
    }
}

/// <summary>An image that a folder or a list names.</summary>
/// <param name="Path">Its file, relative to the dataset's folder, with '/'.</param>
/// <param name="Label">Index of its class.</param>
/// <param name="Split">Its split; null where the layout gives none and it is made by digest.</param>
internal sealed record ListedImage(string Path, int Label, DatasetSplit? Split);
