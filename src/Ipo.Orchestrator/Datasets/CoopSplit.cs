using System.Text.Json;
using Ipo.Orchestrator.Errors;

namespace Ipo.Orchestrator.Datasets;

/// <summary>The layout "coop-split": a <c>split_zhou_*.json</c> as CoOp publishes them, with lists <c>train</c>,
/// <c>val</c> and <c>test</c> of [path, label, class name], beside the folder that the paths start from (or in it).
/// </summary>
internal sealed class CoopSplit : IDatasetLayout
{
    /// <summary>Name of the layout.</summary>
    public const string Layout = "coop-split";

    public string Name => Layout;

    public int Order => 10;

    public string LookedFor =>
        $"a {Pattern} beside its image folder";

    public bool IsPublished => true;

    private const string Pattern = "split_zhou_*.json";

    private static readonly (string Name, DatasetSplit Split)[] Lists =
        [("train", DatasetSplit.Train), ("val", DatasetSplit.Validation), ("test", DatasetSplit.Test)];

    public DatasetListing? Read(string folder, string root, RegistrationProgress progress)
    {
        var files = Directory.GetFiles(folder, Pattern).Order(StringComparer.Ordinal).ToList();
        return files switch
        {
            [] => null,
            [var file] => Read(folder, root, file, progress),
            _ => throw RefusedException.Invalid(
                $"{folder} holds {files.Count} split files ({string.Join(", ", files.Select(Path.GetFileName))}); "
                    + "keep only one of them."),
        };
    }

    private static DatasetListing Read(string folder, string root, string file, RegistrationProgress progress)
    {
        var name = Path.GetFileName(file);
        var entries = Entries(file, name, root);
        if (entries.Count == 0) throw RefusedException.Invalid($"{name} lists no images.");
        var imageRoot = ImageRoot(folder, name, entries);
        return new(Layout, Names(name, entries), Images(folder, root, name, imageRoot, entries, progress), []);
    }

    private static List<Entry> Entries(string file, string name, string root)
    {
        try
        {
            using var stream = ListedFiles.OpenBytes(file, root);
            using var document = JsonDocument.Parse(stream);
            var entries = new List<Entry>();
            foreach (var (list, split) in Lists)
            {
                if (!document.RootElement.TryGetProperty(list, out var rows))
                {
                    if (list == "val") continue;
                    throw RefusedException.Invalid(
                        $"{name} has no list \"{list}\"; a CoOp split file has \"train\", \"val\" and \"test\".");
                }
                var position = 0;
                foreach (var row in rows.EnumerateArray()) entries.Add(Entry.Read(row, split, $"{name}, \"{list}\"[{position++}]"));
            }
            return entries;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            throw RefusedException.Invalid($"{name} is not a CoOp split file: {fault.Message}");
        }
    }

    // CoOp's datasets call it 101_ObjectCategories, images, jpg, 2750 …; StanfordCars' paths start from the folder
    // itself.
    private static string ImageRoot(string folder, string name, List<Entry> entries)
    {
        var probes = Lists.Select(list => entries.FirstOrDefault(entry => entry.Split == list.Split)).OfType<Entry>().ToList();
        string[] candidates = [folder, .. Directory.GetDirectories(folder).Order(StringComparer.Ordinal)];
        var found = candidates.Where(candidate => probes.TrueForAll(entry => File.Exists(Path.Combine(candidate, entry.Path)))).ToList();
        return found switch
        {
            [var one] => one,
            [] => throw RefusedException.Invalid(
                $"{name} lists '{probes[0].Path}', and no folder beside it holds that file; put the images' folder into {folder}."),
            _ => throw RefusedException.Invalid(
                $"{name} lists '{probes[0].Path}', and several folders hold that file ({string.Join(", ", found)}); "
                    + "keep only one of them."),
        };
    }

    private static string[] Names(string name, List<Entry> entries)
    {
        var classes = entries.GroupBy(entry => entry.Label).OrderBy(group => group.Key).ToList();
        foreach (var (group, expected) in classes.Select((group, index) => (group, index)))
        {
            if (group.Key != expected)
                throw RefusedException.Invalid(
                    $"{name} has no image with label {expected}, but some with {classes[^1].Key}; labels count from 0 without gaps.");
            var names = group.Select(entry => entry.ClassName).Distinct().ToList();
            if (names.Count > 1)
                throw RefusedException.Invalid(
                    $"{name} calls label {group.Key} both '{names[0]}' and '{names[1]}' (in "
                        + $"{group.First(entry => entry.ClassName == names[1]).Path}).");
        }
        return [.. classes.Select(group => ClassNames.Shown(group.First().ClassName))];
    }

    private static List<ListedImage> Images(
        string folder, string root, string name, string imageRoot, List<Entry> entries, RegistrationProgress progress)
    {
        var prefix = Path.GetRelativePath(folder, imageRoot) is "." ? "" : Path.GetRelativePath(folder, imageRoot) + "/";
        ListedFiles.CheckAll(name, imageRoot, root, [.. entries.Select(entry => entry.Path)], progress);
        return [.. entries.Select(entry => new ListedImage(prefix + entry.Path, entry.Label, entry.Split))];
    }

    private sealed record Entry(string Path, int Label, string ClassName, DatasetSplit Split)
    {
        public static Entry Read(JsonElement row, DatasetSplit split, string where)
        {
            if (row.ValueKind != JsonValueKind.Array || row.GetArrayLength() != 3
                || row[0].ValueKind != JsonValueKind.String || row[2].ValueKind != JsonValueKind.String
                || row[1].ValueKind != JsonValueKind.Number || !row[1].TryGetInt32(out var label) || label < 0)
                throw RefusedException.Invalid($"{where} is not [path, label, class name].");
            var path = ListedFiles.Plain(row[0].GetString()!);
            if (!ListedFiles.IsBelow(path))
                throw RefusedException.Invalid($"{where}: the path '{path}' is not one below the image folder.");
            return new(path, label, row[2].GetString()!, split);
        }
    }
}
