using Ipo.Orchestrator.Errors;
namespace Ipo.Orchestrator.Datasets;

/// <summary>The layout "folder": a folder per class, its images inside. With folders for training and test (and perhaps
/// validation) above the class folders these are the splits; else <see cref="SplitByDigest"/> makes them.</summary>
internal sealed class ClassFolders : IDatasetLayout
{
    public string Name => "folder";

    public int Order => 60;

    public string LookedFor =>
        "a folder of images for each class (perhaps below train/, val/ and test/)";

    public bool IsPublished => false;

    public DatasetListing? Read(string folder, string root, RegistrationProgress progress)
    {
        var leftOut = new LeftOut();
        var top = DatasetFiles.Folders(folder);
        var parts = Splits(folder, top, leftOut);
        if (parts.Count == 0)
        {
            if (DatasetFiles.OnlyFolder(folder) is not null) return null; // a folder around the dataset's
            parts = [new("", null)];
        }
        foreach (var part in parts.Where(part => part.Prefix.Length > 0))
            ListedFiles.RefuseLeaving(Path.Combine(folder, part.Prefix), root, part.Prefix);

        // A class that lacks images in one split is still a class; the checks on counts name it later.
        var classes = parts.SelectMany(part => DatasetFiles.Folders(Path.Combine(folder, part.Prefix))).Distinct()
            .Order(StringComparer.Ordinal).ToList();
        if (classes.Count == 0) return null;
        foreach (var prefix in parts.Select(part => part.Prefix).Prepend("").Distinct())
            foreach (var file in DatasetFiles.Files(Path.Combine(folder, prefix))) leftOut.File(prefix + file);
        var images = new List<ListedImage>();
        foreach (var (prefix, split) in parts)
            for (var label = 0; label < classes.Count; label++)
                foreach (var file in ImageFiles(folder, root, prefix + classes[label], leftOut, progress))
                    images.Add(new(file, label, split));
        return new(Name, [.. classes.Select(ClassNames.Shown)], images, [.. leftOut.Warnings()]);
    }

    /// <summary>The images of a class, relative to the dataset's folder.</summary>
    /// <param name="leftOut">Takes what else lies there.</param>
    /// <param name="progress">Told of each of them.</param>
    public static IEnumerable<string> ImageFiles(
        string folder, string root, string classFolder, LeftOut leftOut, RegistrationProgress progress)
    {
        var path = Path.Combine(folder, classFolder);
        if (!Directory.Exists(path)) yield break;
        ListedFiles.RefuseLeaving(path, root, classFolder);

        foreach (var inner in DatasetFiles.Folders(path)) leftOut.Folder($"{classFolder}/{inner}");
        foreach (var name in DatasetFiles.Files(path))
        {
            var relative = $"{classFolder}/{name}";
            if (!DatasetFiles.IsImage(name)) leftOut.File(relative);
            else if (DatasetFiles.IsMangled(name) && !File.Exists(Path.Combine(path, name))) leftOut.Mangled(relative);
            else
            {
                // The folder was followed: a file in it leads elsewhere only where it is a link itself.
                var file = new FileInfo(Path.Combine(path, name));
                if (file.LinkTarget is not null) ListedFiles.RefuseLeaving(file.FullName, root, relative);
                progress.Done();
                yield return relative;
            }
        }
    }

    // A folder is a split by its name and by what it holds: class folders. One of images is a class, so that "train" may
    // stand beside "bus".
    private static List<Part> Splits(string folder, List<string> top, LeftOut leftOut)
    {
        var ofFolders = top.Where(name => HoldsFolders(Path.Combine(folder, name))).ToList();
        var parts = ofFolders.Where(name => SplitNames.Of(name) is not null).Select(name => new Part(name + "/", SplitNames.Of(name)))
            .ToList();
        if (ofFolders.Where(SplitNames.LooksLikeOne).ToList() is { Count: > 0 } alike)
            throw RefusedException.Invalid(
                $"{folder}: {FileList.Summarize(alike)} {(alike.Count == 1 ? "looks like a split" : "look like splits")} and "
                    + $"{(alike.Count == 1 ? "is" : "are")} not recognised. Split folders are called {SplitNames.List}; rename "
                    + $"{(alike.Count == 1 ? "it" : "them")}.");
        if (parts.Count == 0)
        {
            if (top.Count > 0 && top.TrueForAll(name => SplitNames.Of(name) is not null))
                throw RefusedException.Invalid(
                    $"{folder} has {Slashed(top)} and no class folders below; put the images of each class into a folder of its name, "
                        + $"for instance {top[0]}/cat/.");
            return [];
        }

        foreach (var other in top.Where(name => !parts.Exists(part => part.Prefix == name + "/")))
        {
            // Annotations and notes may stand beside the splits; images that would be lost may not.
            if (SplitNames.Of(other) is not null)
                throw RefusedException.Invalid(
                    $"{folder}: {other}/ holds images directly, so their classes are not known; move each into its class's folder below "
                        + $"{other}/, or away.");
            if (DatasetFiles.HoldsImagesBelow(Path.Combine(folder, other)))
                throw RefusedException.Invalid(
                    $"{folder} has {Slashed(parts.Select(part => part.Prefix[..^1]))} as its splits, and also images in {other}/, which is "
                        + $"not a split. Split folders are called {SplitNames.List}; rename {other}/ or move it away.");
            leftOut.Folder(other);
        }
        if (parts.GroupBy(part => part.Split).FirstOrDefault(split => split.Count() > 1) is { } twice)
            throw RefusedException.Invalid(
                $"{folder} has {Slashed(twice.Select(part => part.Prefix[..^1]))} for one split; keep only one of them.");
        if (!parts.Exists(part => part.Split == DatasetSplit.Train) || !parts.Exists(part => part.Split == DatasetSplit.Test))
            throw RefusedException.Invalid(
                $"{folder} has {Slashed(parts.Select(part => part.Prefix[..^1]))} but not both train/ and test/. The gain is shown on "
                    + "images that were not searched on: add the missing one, or put the class folders directly into "
                    + $"{folder} and Ipo makes the splits. Split folders are called {SplitNames.List}.");
        return parts;
    }

    private static bool HoldsFolders(string folder) => DatasetFiles.Folders(folder).Count > 0 && !DatasetFiles.HoldsImages(folder);

    private static string Slashed(IEnumerable<string> folders) => string.Join(", ", folders.Select(name => name + "/"));

    private sealed record Part(string Prefix, DatasetSplit? Split);
}
