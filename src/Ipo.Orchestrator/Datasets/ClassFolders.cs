using Ipo.Orchestrator.Errors;
namespace Ipo.Orchestrator.Datasets;

/// <summary>The layout "folder": a folder per class, its images inside. With <c>train/</c> and <c>test/</c> (and
/// perhaps <c>val/</c>) above the class folders these are the splits; else <see cref="SplitByDigest"/> makes them.
/// </summary>
internal sealed class ClassFolders : IDatasetLayout
{
    public string Name => "folder";

    public string LookedFor =>
        "a folder of images for each class (perhaps below train/, val/ and test/)";

    public bool IsPublished => false;

    private static readonly Dictionary<string, DatasetSplit> SplitFolders = new(StringComparer.Ordinal)
    {
        ["train"] = DatasetSplit.Train,
        ["val"] = DatasetSplit.Validation,
        ["test"] = DatasetSplit.Test,
    };

    /// <summary>Endings of image files.</summary>
    public static readonly HashSet<string> ImageExtensions =
        new([".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp"], StringComparer.OrdinalIgnoreCase);

    public DatasetListing? Read(string folder, string root)
    {
        var warnings = new List<string>();
        var top = Folders(folder);
        var hasSplits = top.Count > 0 && top.All(SplitFolders.ContainsKey);
        if (hasSplits && !(top.Contains("train") && top.Contains("test")))
            throw RefusedException.Invalid(
                $"{folder} has {string.Join("/, ", top)}/ but not both train/ and test/. The gain is shown on images that were not "
                    + $"searched on: add the missing one, or put the class folders directly into {folder} and the splits are made for "
                        + "you.");

        var parts = hasSplits
            ? top.Select(name => (Prefix: name + "/", Split: (DatasetSplit?)SplitFolders[name])).ToList()
            : [(Prefix: "", Split: null)];
        foreach (var part in parts.Where(part => part.Prefix.Length > 0))
            ListedFiles.RefuseLeaving(Path.Combine(folder, part.Prefix), root, part.Prefix);
        // A class that lacks images in one split is still a class; the checks on counts name it later.
        var classes = parts.SelectMany(part => Folders(Path.Combine(folder, part.Prefix))).Distinct().Order(StringComparer.Ordinal)
            .ToList();
        var images = new List<ListedImage>();
        foreach (var (prefix, split) in parts)
            for (var label = 0; label < classes.Count; label++)
                foreach (var file in ImageFiles(folder, root, prefix + classes[label], warnings))
                    images.Add(new(file, label, split));
        if (classes.Count == 0) return null;
        return new(Name, [.. classes.Select(ClassNames.Shown)], images, warnings);
    }

    /// <summary>The visible folders in a folder, sorted.</summary>
    public static List<string> Folders(string folder) => !Directory.Exists(folder) ? [] :
        [.. Directory.GetDirectories(folder).Select(path => Path.GetFileName(path)).Where(IsVisible).Order(StringComparer.Ordinal)];

    /// <summary>The images of a class, relative to the dataset's folder; what else lies there is named in a
    /// warning.</summary>
    public static IEnumerable<string> ImageFiles(string folder, string root, string classFolder, List<string> warnings)
    {
        var path = Path.Combine(folder, classFolder);
        if (!Directory.Exists(path)) yield break;
        ListedFiles.RefuseLeaving(path, root, classFolder);

        var others = new List<string>();
        foreach (var file in Directory.GetFileSystemEntries(path).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(file);
            if (!IsVisible(name)) continue;
            var relative = $"{classFolder}/{name}";
            if (Directory.Exists(file) || !ImageExtensions.Contains(Path.GetExtension(name))) { others.Add(relative); continue; }
            ListedFiles.RefuseLeaving(file, root, relative);
            yield return relative;
        }
        if (others.Count > 0)
            warnings.Add(
                $"{FileList.Summarize(others)} {(others.Count == 1 ? "is" : "are")} not read: no image by name, or a folder inside a "
                    + "class's folder.");
    }

    // Hidden files are the system's, and captions.jsonl is written beside images by captioning tools and by Ipo's own
    // sample.
    /// <summary>Whether a name is a dataset's own.</summary>
    public static bool IsVisible(string name) => !name.StartsWith('.') && name != "captions.jsonl";
}
