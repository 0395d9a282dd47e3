using Ipo.Orchestrator.Errors;
namespace Ipo.Orchestrator.Datasets;

/// <summary>The layout "csv": a table whose header has a column with images (a path that starts from the file's folder)
/// and one with their classes, and perhaps one with their splits; further columns are ignored. Labels follow the sorted
/// class names. Without a split column <see cref="SplitByDigest"/> makes the splits.</summary>
internal sealed class CsvListing : IDatasetLayout
{
    /// <summary>Name of the layout.</summary>
    public const string Layout = "csv";

    public string Name => Layout;

    public int Order => 50;

    public string LookedFor =>
        Needs;

    public bool IsPublished => false;

    private const string Needs = "a CSV file whose first line has the columns image and class (and perhaps split)";

    public DatasetListing? Read(string folder, string root, RegistrationProgress progress)
    {
        var all = DatasetFiles.Files(folder).Where(DatasetFiles.IsTable).Select(name => Path.Combine(folder, name)).ToList();
        var tables = all.Select(file => Find(file, root)).OfType<Table>().ToList();
        if (tables is [var table]) return Read(folder, root, table, progress);
        if (tables.Count > 1)
            throw RefusedException.Invalid(
                $"{folder} holds {tables.Count} CSV files with images and classes "
                    + $"({string.Join(", ", tables.Select(found => found.Name))}); keep only one of them.");
        // A table with other columns beside class folders is somebody's notes, which a warning names; beside one image
        // folder it is a mistake.
        if (all.Count > 0 && DatasetFiles.Folders(folder).Count < 2)
            throw RefusedException.Invalid(
                $"{Path.GetFileName(all[0])} in {folder} is not {Needs}, and there are no class folders either. {FirstLine(all[0], root)}"
                    + $"Commas, semicolons or tabs separate; the columns may also be called: {TableColumns.OtherNames}.");
        return null;
    }

    private static string FirstLine(string file, string root)
    {
        using var reader = ListedFiles.Peek(file, root);
        return CsvRows.Header(Path.GetFileName(file), reader) is { Count: > 0 } header
            ? $"Its first line has {FileList.Summarize(header)}. "
            : "";
    }

    private static Table? Find(string file, string root)
    {
        using var reader = ListedFiles.Peek(file, root);
        return CsvRows.Header(Path.GetFileName(file), reader) is { } header && TableColumns.Find(header) is { } columns
            ? new(file, columns)
            : null;
    }

    private static DatasetListing Read(string folder, string root, Table table, RegistrationProgress progress)
    {
        var (name, columns) = (table.Name, table.Columns);
        using var reader = ListedFiles.Open(table.File, root);
        var rows = CsvRows.Read(name, reader, columns.Image, columns.Class).Select(row => Row(name, columns, row)).ToList();
        if (rows.Count == 0) throw RefusedException.Invalid($"{name} lists no images.");
        ListedFiles.CheckAll(name, folder, root, [.. rows.Select(row => row.Path)], progress);
        List<string> warnings = [.. columns.Passed.Select(passed => $"{name}: {passed}")];
        var listed = rows.Select(row => row.Path).ToHashSet(StringComparer.Ordinal);
        if (DatasetFiles.ImagesBelow(folder).Where(image => !listed.Contains(image)).Order(StringComparer.Ordinal).ToList()
            is { Count: > 0 } others)
            warnings.Add(
                $"{FileList.Summarize(others)} {(others.Count == 1 ? "is" : "are")} not read: {name} does not list "
                    + $"{(others.Count == 1 ? "it" : "them")}.");

        // Names are compared as prompts show them, so that "night_owl" and "night owl" are one class.
        var classes = rows.Select(row => row.ClassName).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var labels = classes.Index().ToDictionary(pair => pair.Item, pair => pair.Index, StringComparer.Ordinal);
        return new(Layout, classes, [.. rows.Select(row => new ListedImage(row.Path, labels[row.ClassName], row.Split))], warnings);
    }

    private static (string Path, string ClassName, DatasetSplit? Split) Row(string name, TableColumns columns, CsvRow row)
    {
        var path = ListedFiles.Plain(row[columns.Image]!);
        if (!ListedFiles.IsBelow(path))
            throw RefusedException.Invalid($"{name}, line {row.Line}: the path '{path}' is not one below the folder of {name}.");
        var className = ClassNames.Shown(row[columns.Class]!);
        if (className.Length == 0) throw RefusedException.Invalid($"{name}, line {row.Line}: the class of '{path}' is empty.");
        if (columns.Split is null || row[columns.Split] is not { } split) return (path, className, null);
        return SplitNames.Of(split) is { } known
            ? (path, className, known)
            : throw RefusedException.Invalid(
                $"{name}, line {row.Line}: '{split}' is not a split; use {SplitNames.List}. Leave the whole column out to let "
                    + "Ipo make the splits.");
    }

    private sealed record Table(string File, TableColumns Columns)
    {
        public string Name => Path.GetFileName(File);
    }
}
