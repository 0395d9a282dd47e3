using System.Text.Json;

namespace Ipo.Orchestrator.Datasets;

/// <summary>
/// The layout "coop-split": a <c>split_zhou_*.json</c> as CoOp publishes them, with lists <c>train</c>, <c>val</c> and <c>test</c> of
/// [path, label, class name], beside the folder that the paths start from (or in it).
/// </summary>
internal static class CoopSplit
{
    /// <summary>Names of split files.</summary>
    public const string Pattern = "split_zhou_*.json";

    private const long LargestFileBytes = 1L << 30;

    private static readonly (string Name, DatasetSplit Split)[] Lists =
        [("train", DatasetSplit.Train), ("val", DatasetSplit.Validation), ("test", DatasetSplit.Test)];

    public static DatasetListing Read(string folder, string root, string file)
    {
        var name = Path.GetFileName(file);
        var entries = Entries(file, name, root);
        if (entries.Count == 0) throw RefusedException.Invalid($"{name} lists no images.");
        var imageRoot = ImageRoot(folder, name, entries);
        return new("coop-split", Names(name, entries), Images(folder, root, name, imageRoot, entries), []);
    }

    private static List<Entry> Entries(string file, string name, string root)
    {
        if (!CanonicalPath.IsUnder(CanonicalPath.Of(file), root))
            throw RefusedException.Invalid($"'{name}' is a symbolic link that leads out of the dataset root; put the file itself there.");
        if (new FileInfo(file).Length > LargestFileBytes) throw RefusedException.Invalid($"{name} is larger than {LargestFileBytes} bytes; it is no split file.");
        try
        {
            using var stream = File.OpenRead(file);
            using var document = JsonDocument.Parse(stream);
            var entries = new List<Entry>();
            foreach (var (list, split) in Lists)
            {
                if (!document.RootElement.TryGetProperty(list, out var rows))
                {
                    if (list == "val") continue;
                    throw RefusedException.Invalid($"{name} has no list \"{list}\"; a CoOp split file has \"train\", \"val\" and \"test\".");
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

    // CoOp's datasets call it 101_ObjectCategories, images, jpg, 2750 …; StanfordCars' paths start from the folder itself.
    private static string ImageRoot(string folder, string name, List<Entry> entries)
    {
        var probes = Lists.Select(list => entries.FirstOrDefault(entry => entry.Split == list.Split)).OfType<Entry>().ToList();
        string[] candidates = [folder, .. Directory.GetDirectories(folder).Order(StringComparer.Ordinal)];
        var found = candidates.Where(candidate => probes.TrueForAll(entry => File.Exists(Path.Combine(candidate, entry.Path)))).ToList();
        return found switch
        {
            [var one] => one,
            [] => throw RefusedException.Invalid($"{name} lists '{probes[0].Path}', and no folder beside it holds that file; put the images' folder into {folder}."),
            _ => throw RefusedException.Invalid($"{name} lists '{probes[0].Path}', and several folders hold that file ({string.Join(", ", found)}); leave one of them."),
        };
    }

    private static string[] Names(string name, List<Entry> entries)
    {
        var classes = entries.GroupBy(entry => entry.Label).OrderBy(group => group.Key).ToList();
        foreach (var (group, expected) in classes.Select((group, index) => (group, index)))
        {
            if (group.Key != expected)
                throw RefusedException.Invalid($"{name} has no image with label {expected}, but some with {classes[^1].Key}; labels count from 0 without gaps.");
            var names = group.Select(entry => entry.ClassName).Distinct().ToList();
            if (names.Count > 1)
                throw RefusedException.Invalid($"{name} calls label {group.Key} both '{names[0]}' and '{names[1]}' (in {group.First(entry => entry.ClassName == names[1]).Path}).");
        }
        return [.. classes.Select(group => ClassNames.Shown(group.First().ClassName))];
    }

    private static List<ListedImage> Images(string folder, string root, string name, string imageRoot, List<Entry> entries)
    {
        var prefix = Path.GetRelativePath(folder, imageRoot) is "." ? "" : Path.GetRelativePath(folder, imageRoot) + "/";
        var missing = new List<string>();
        var insideFolders = new HashSet<string>();
        foreach (var entry in entries)
        {
            var file = new FileInfo(Path.Combine(imageRoot, entry.Path));
            // Folders are followed once each and a file only where it is a link itself: a split may list a million.
            var inside = (insideFolders.Contains(file.DirectoryName!) && file.LinkTarget is null) || CanonicalPath.IsUnder(CanonicalPath.Of(file.FullName), root);
            if (!inside) throw RefusedException.Invalid($"{name} lists '{entry.Path}', which leads out of the dataset root through a symbolic link; put the file itself there.");
            if (file.LinkTarget is null) insideFolders.Add(file.DirectoryName!);
            if (!file.Exists) missing.Add(entry.Path);
        }
        if (missing.Count > 0)
            throw RefusedException.Invalid($"{name} lists {missing.Count} of {entries.Count} images that are not in {imageRoot}: {Some.Of(missing)}. Complete the download, or take them out of the split file.");
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
            var path = row[0].GetString()!.Replace('\\', '/');
            if (path.Length == 0 || path.StartsWith('/') || path.Contains('\0', StringComparison.Ordinal) || path.Split('/').Contains(".."))
                throw RefusedException.Invalid($"{where}: the path '{path}' is not one below the image folder.");
            return new(path, label, row[2].GetString()!, split);
        }
    }
}
