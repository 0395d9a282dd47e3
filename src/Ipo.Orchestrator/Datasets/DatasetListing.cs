namespace Ipo.Orchestrator.Datasets;

/// <summary>What a folder says it holds, before any image is read.</summary>
/// <param name="Layout">"coop-split" or "folder".</param>
/// <param name="ClassNames">Class names in label order.</param>
/// <param name="Images">The images that it lists.</param>
/// <param name="Warnings">What was left out and why.</param>
internal sealed record DatasetListing(
    string Layout, IReadOnlyList<string> ClassNames, IReadOnlyList<ListedImage> Images, IReadOnlyList<string> Warnings)
{
    /// <summary>Reads a folder in whichever layout it has.</summary>
    public static DatasetListing Read(string folder, string root)
    {
        var splitFiles = Directory.GetFiles(folder, CoopSplit.Pattern).Order(StringComparer.Ordinal).ToList();
        return splitFiles switch
        {
            [] => ClassFolders.Read(folder, root),
            [var one] => CoopSplit.Read(folder, root, one),
            _ => throw RefusedException.Invalid($"{folder} holds {splitFiles.Count} split files ({string.Join(", ", splitFiles.Select(Path.GetFileName))}); leave one of them there."),
        };
    }
}

/// <summary>An image that a folder or a split file lists.</summary>
/// <param name="Path">Its file, relative to the dataset's folder, with '/'.</param>
/// <param name="Label">Index of its class.</param>
/// <param name="Split">Its split; null where the layout gives none and it is made by digest.</param>
internal sealed record ListedImage(string Path, int Label, DatasetSplit? Split);
