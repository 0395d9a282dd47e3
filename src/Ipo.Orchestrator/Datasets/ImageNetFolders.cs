using Ipo.Orchestrator.Errors;
namespace Ipo.Orchestrator.Datasets;

/// <summary>The layout "imagenet": ImageNet as CoOp reads it (KaiyangZhou/CoOp, datasets/imagenet.py):
/// <c>images/train/</c> and <c>images/val/</c> with a folder for each WordNet id, and <c>classnames.txt</c> with an id
/// and its name on each line. Labels follow the sorted ids. <c>val</c> is the test split, since ImageNet publishes no
/// other labels; CoOp validates on it too, and here nothing does.
/// </summary>
internal sealed class ImageNetFolders : IDatasetLayout
{
    /// <summary>Name of the layout.</summary>
    public const string Layout = "imagenet";

    public string Name => Layout;

    public int Order => 30;

    public string LookedFor =>
        "ImageNet's classnames.txt with images/train/ and images/val/";

    public bool IsPublished => true;

    /// <summary>CoOp's file of ids and names.</summary>
    public const string NamesFile = "classnames.txt";

    private static readonly (string Prefix, DatasetSplit Split)[] Parts =
        [("images/train", DatasetSplit.Train), ("images/val", DatasetSplit.Test)];

    /// <summary>Whether a folder is of this layout, perhaps an incomplete one.</summary>
    private static bool Is(string folder) =>
        Parts.Count(part => Directory.Exists(Path.Combine(folder, part.Prefix))) is var there
            && (there == Parts.Length || (there > 0 && File.Exists(Path.Combine(folder, NamesFile))));

    public DatasetListing? Read(string folder, string root, RegistrationProgress progress)
    {
        if (!Is(folder)) return null;
        if (!File.Exists(Path.Combine(folder, NamesFile)))
            throw RefusedException.Invalid(
                $"{folder} has images/train/ and images/val/ as ImageNet in CoOp's layout, and no {NamesFile}; put CoOp's file there (a "
                    + "folder's name, a space and the class's name on each line).");
        foreach (var (prefix, _) in Parts)
            if (!Directory.Exists(Path.Combine(folder, prefix)))
                throw RefusedException.Invalid(
                    $"{folder} has {NamesFile} and images/ as ImageNet in CoOp's layout, and no {prefix}/; put the images there, in a "
                        + "folder for each WordNet id.");

        var names = Names(folder, root);
        var leftOut = new LeftOut();
        foreach (var (prefix, _) in Parts) ListedFiles.RefuseLeaving(Path.Combine(folder, prefix), root, prefix);
        var ids = DatasetFiles.Folders(Path.Combine(folder, Parts[0].Prefix));
        if (ids.Count == 0)
            throw RefusedException.Invalid(
                $"{folder}: images/train/ holds no folders; it takes one for each WordNet id, such as n01440764.");
        var ofTest = DatasetFiles.Folders(Path.Combine(folder, Parts[1].Prefix));
        if (ofTest.Count == 0)
            throw RefusedException.Invalid(
                $"{folder}: images/val/ holds no folders. The download's validation images lie side by side: move each into the folder "
                    + "of its WordNet id.");
        if (ofTest.Except(ids).ToList() is { Count: > 0 } untrained)
            throw RefusedException.Invalid(
                $"{folder}: images/val/ has {FileList.Summarize(untrained)} and images/train/ has not; labels follow the training "
                    + "folders.");
        if (ids.Where(id => !names.ContainsKey(id)).ToList() is { Count: > 0 } nameless)
            throw RefusedException.Invalid($"{NamesFile} has no line for {FileList.Summarize(nameless)}.");

        var images = new List<ListedImage>();
        foreach (var (prefix, split) in Parts)
            for (var label = 0; label < ids.Count; label++)
                foreach (var file in ClassFolders.ImageFiles(folder, root, $"{prefix}/{ids[label]}", leftOut, progress))
                    images.Add(new(file, label, split));
        return new(Layout, [.. ids.Select(id => ClassNames.Shown(names[id]))], images, [.. leftOut.Warnings()]);
    }

    /// <summary>Reads the names of ids.</summary>
    /// <exception cref="RefusedException">A line is malformed, or an id appears twice.</exception>
    public static Dictionary<string, string> Names(string folder, string root)
    {
        using var reader = ListedFiles.Open(Path.Combine(folder, NamesFile), root);
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (at, text) in ListedFiles.Lines(reader, NamesFile).Index())
        {
            var line = at + 1;
            if (string.IsNullOrWhiteSpace(text)) continue;
            if (text.Trim().Split(' ', 2) is not [var id, { Length: > 0 } name])
                throw RefusedException.Invalid($"{NamesFile}, line {line}: '{text}' is not a folder's name, a space and the class's name.");
            if (!names.TryAdd(id, name)) throw RefusedException.Invalid($"{NamesFile}, line {line} names '{id}' again.");
        }
        return names;
    }
}
