using System.Globalization;
using Ipo.Orchestrator.Errors;

namespace Ipo.Orchestrator.Datasets;

/// <summary>The layout "imagenet-test": other test images of ImageNet's classes as CoOp lays them out (KaiyangZhou/CoOp,
/// DATASETS.md): ImageNetV2, ImageNet-Sketch, ImageNet-A and ImageNet-R, each with CoOp's <c>classnames.txt</c> beside its
/// folder. There is nothing to search on; a winner that was found on ImageNet is tested on them.</summary>
internal sealed class ImageNetTestSets : IDatasetLayout
{
    public string Name => "imagenet-test";

    public int Order => 40;

    public string LookedFor =>
        $"ImageNet's {ImageNetFolders.NamesFile} with {string.Join("/, ", Places[..^1])}/ or {Places[^1]}/ of WordNet ids";

    public bool IsPublished => true;

    public bool HasTestAlone => true;

    // V2's folders are numbers, in the order of the sorted WordNet ids (CoOp, datasets/imagenetv2.py).
    private const string Numbered = "imagenetv2-matched-frequency-format-val";

    // ImageNet-Sketch's has the name that many datasets' have, so what lies in it decides.
    private const string Sketch = "images";

    private static readonly string[] Places = [Numbered, "imagenet-a", "imagenet-r", Sketch];

    public DatasetListing? Read(string folder, string root, RegistrationProgress progress)
    {
        var there = Places.Where(place => Directory.Exists(Path.Combine(folder, place))).ToList();
        if (there is not [var place] || (place == Sketch && !HoldsIds(Path.Combine(folder, place)))) return null;
        if (!File.Exists(Path.Combine(folder, ImageNetFolders.NamesFile)))
            return place == Sketch ? null : throw RefusedException.Invalid(
                $"{folder} has {place}/ as CoOp lays it out, and no {ImageNetFolders.NamesFile}; put ImageNet's file there.");
        ListedFiles.RefuseLeaving(Path.Combine(folder, place), root, place);
        var names = ImageNetFolders.Names(folder, root);
        var folders = DatasetFiles.Folders(Path.Combine(folder, place));
        if (folders.Count == 0) throw RefusedException.Invalid($"{folder}: {place}/ holds no folders; it takes one for each class.");

        var ids = place == Numbered ? [.. names.Keys.Order(StringComparer.Ordinal)] : folders;
        var labels = place == Numbered ? folders.ToDictionary(name => name, name => Number(folder, name, ids.Count))
            : ids.Index().ToDictionary(id => id.Item, id => id.Index);
        if (ids.Where(id => !names.ContainsKey(id)).ToList() is { Count: > 0 } nameless)
            throw RefusedException.Invalid($"{ImageNetFolders.NamesFile} has no line for {FileList.Summarize(nameless)}.");
        var leftOut = new LeftOut();
        var images = folders.OrderBy(name => labels[name]).SelectMany(name =>
            ClassFolders.ImageFiles(folder, root, $"{place}/{name}", leftOut, progress)
                .Select(file => new ListedImage(file, labels[name], DatasetSplit.Test))).ToList();
        return new(Name, [.. ids.Select(id => ClassNames.Shown(names[id]))], images, [.. leftOut.Warnings()]);
    }

    private static int Number(string folder, string name, int classes) =>
        int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < classes ? number
            : throw RefusedException.Invalid(
                $"{folder}: {Numbered}/ has '{name}'; its folders are called 0 to {classes - 1}, a class of {ImageNetFolders.NamesFile} "
                    + "each.");

    private static bool HoldsIds(string folder) =>
        DatasetFiles.Folders(folder) is { Count: > 0 } folders && folders.TrueForAll(name =>
            name.Length == 9 && name[0] == 'n' && name.Skip(1).All(char.IsAsciiDigit));
}
