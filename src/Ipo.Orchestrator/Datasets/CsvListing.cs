using Ipo.Orchestrator.Errors;
namespace Ipo.Orchestrator.Datasets;

/// <summary>The layout "csv": a CSV file whose header has the columns <c>image</c> (a path that starts from the file's
/// folder) and <c>class</c>, and perhaps <c>split</c> (train, val or test); further columns are ignored. Labels follow
/// the sorted class names. Without a split column <see cref="SplitByDigest"/> makes the splits.
/// </summary>
internal sealed class CsvListing : IDatasetLayout
{
    /// <summary>Name of the layout.</summary>
    public const string Layout = "csv";

    public string Name => Layout;

    public string LookedFor =>
        Needs;

    public bool IsPublished => false;

    private const string Image = "image", Class = "class", Split = "split";

    private static readonly Dictionary<string, DatasetSplit> Splits = new(StringComparer.OrdinalIgnoreCase)
    {
        ["train"] = DatasetSplit.Train,
        ["val"] = DatasetSplit.Validation,
        ["validation"] = DatasetSplit.Validation,
        ["test"] = DatasetSplit.Test,
    };

    // The CSV files of a folder, and those among them whose header has the needed columns.
    private static (IReadOnlyList<string> All, IReadOnlyList<string> Listing) Find(string folder, string root)
    {
        var all = Directory.GetFiles(folder, "*.csv").Where(file => !Path.GetFileName(file).StartsWith('.')).Order(StringComparer.Ordinal)
            .ToList();
        return (all, [.. all.Where(file => HasColumns(file, root))]);
    }

    private const string Needs = $"a CSV file whose first line has the columns {Image} and {Class} (and perhaps {Split})";

    public DatasetListing? Read(string folder, string root)
    {
        var (all, listing) = Find(folder, root);
        if (listing is [var file]) return Read(folder, root, file);
        if (listing.Count > 1)
            throw RefusedException.Invalid(
                $"{folder} holds {listing.Count} CSV files with images and classes "
                    + $"({string.Join(", ", listing.Select(Path.GetFileName))}); "
                    + "leave one of them there.");
        // A table with other columns beside class folders is somebody's notes; beside one image folder it is a mistake.
        if (all.Count > 0 && ClassFolders.Folders(folder).Count < 2)
            throw RefusedException.Invalid(
                $"{Path.GetFileName(all[0])} in {folder} is not {Needs}, and there are no class folders either.");
        return null;
    }

    private static DatasetListing Read(string folder, string root, string file)
    {
        var name = Path.GetFileName(file);
        using var reader = ListedFiles.Open(file, root);
        var rows = CsvRows.Read(name, reader, Image, Class).Select(row => Row(name, row)).ToList();
        if (rows.Count == 0) throw RefusedException.Invalid($"{name} lists no images.");
        ListedFiles.CheckAll(name, folder, root, [.. rows.Select(row => row.Path)]);

        // Names are compared as prompts show them, so that "night_owl" and "night owl" are one class.
        var classes = rows.Select(row => row.ClassName).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var labels = classes.Index().ToDictionary(pair => pair.Item, pair => pair.Index, StringComparer.Ordinal);
        return new(Layout, classes, [.. rows.Select(row => new ListedImage(row.Path, labels[row.ClassName], row.Split))], []);
    }

    private static bool HasColumns(string file, string root)
    {
        using var reader = ListedFiles.Open(file, root);
        return CsvRows.Header(Path.GetFileName(file), reader) is { } columns && columns.Contains(Image) && columns.Contains(Class);
    }

    private static (string Path, string ClassName, DatasetSplit? Split) Row(string name, CsvRow row)
    {
        var path = row[Image]!.Replace('\\', '/');
        if (!ListedFiles.IsBelow(path))
            throw RefusedException.Invalid($"{name}, line {row.Line}: the path '{path}' is not one below the folder of {name}.");
        var className = ClassNames.Shown(row[Class]!);
        if (className.Length == 0) throw RefusedException.Invalid($"{name}, line {row.Line}: the class of '{path}' is empty.");
        if (row[Split] is not { } split) return (path, className, null);
        return Splits.TryGetValue(split, out var known)
            ? (path, className, known)
            : throw RefusedException.Invalid(
                $"{name}, line {row.Line}: the split '{split}' is none; it takes train, val or test. Leave the whole column out to have "
                    + "the splits made.");
    }
}
