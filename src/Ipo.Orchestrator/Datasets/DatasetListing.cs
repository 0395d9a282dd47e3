using Ipo.Orchestrator.Errors;
namespace Ipo.Orchestrator.Datasets;

/// <summary>What a folder says it holds, before any image is read.</summary>
/// <param name="Layout">"coop-split", "fgvc-aircraft", "imagenet", "csv" or "folder".</param>
/// <param name="ClassNames">Class names in label order.</param>
/// <param name="Images">The images that it lists.</param>
/// <param name="Warnings">What was left out and why.</param>
internal sealed record DatasetListing(
    string Layout, IReadOnlyList<string> ClassNames, IReadOnlyList<ListedImage> Images, IReadOnlyList<string> Warnings)
{
    /// <summary>What a folder may hold, for messages.</summary>
    public const string Kinds =
        $"A dataset is a folder with a folder of images for each class (perhaps below train/, val/ and test/), {CsvListing.Needs}, a {CoopSplit.Pattern} beside its image folder, FGVC-Aircraft's images_variant_train.txt with images/, or ImageNet's classnames.txt with images/train/ and images/val/.";

    /// <summary>Whether a layout is that of a published dataset, which nobody mends: what is wrong in it is left out and told.</summary>
    public static bool IsPublished(string layout) => layout is CoopSplit.Layout or AircraftVariants.Layout or ImageNetFolders.Layout;

    /// <summary>Reads a folder in whichever layout it has.</summary>
    public static DatasetListing Read(string folder, string root)
    {
        var splitFiles = Directory.GetFiles(folder, CoopSplit.Pattern).Order(StringComparer.Ordinal).ToList();
        if (splitFiles.Count > 1)
            throw RefusedException.Invalid($"{folder} holds {splitFiles.Count} split files ({string.Join(", ", splitFiles.Select(Path.GetFileName))}); leave one of them there.");
        if (splitFiles is [var splitFile]) return CoopSplit.Read(folder, root, splitFile);
        if (AircraftVariants.Find(folder) is { } prefix) return AircraftVariants.Read(folder, root, prefix);
        if (ImageNetFolders.Is(folder)) return ImageNetFolders.Read(folder, root);

        var (all, listing) = CsvListing.Find(folder, root);
        if (listing.Count > 1)
            throw RefusedException.Invalid($"{folder} holds {listing.Count} CSV files with images and classes ({string.Join(", ", listing.Select(Path.GetFileName))}); leave one of them there.");
        if (listing is [var table]) return CsvListing.Read(folder, root, table);
        // A table with other columns beside class folders is somebody's notes; beside one image folder it is a mistake.
        if (all.Count > 0 && ClassFolders.Folders(folder).Count < 2)
            throw RefusedException.Invalid($"{Path.GetFileName(all[0])} in {folder} is not {CsvListing.Needs}, and there are no class folders either.");
        return ClassFolders.Read(folder, root);
    }
}

/// <summary>An image that a folder or a list names.</summary>
/// <param name="Path">Its file, relative to the dataset's folder, with '/'.</param>
/// <param name="Label">Index of its class.</param>
/// <param name="Split">Its split; null where the layout gives none and it is made by digest.</param>
internal sealed record ListedImage(string Path, int Label, DatasetSplit? Split);
