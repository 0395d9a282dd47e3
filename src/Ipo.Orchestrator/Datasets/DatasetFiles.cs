namespace Ipo.Orchestrator.Datasets;

/// <summary>What files and folders are to a dataset, told by their names.</summary>
internal static class DatasetFiles
{
    private static readonly HashSet<string> TableEndings = new([".csv", ".tsv", ".tab"], StringComparer.OrdinalIgnoreCase);

    private static readonly HashSet<string> OtherTableEndings = new(
        [".xlsx", ".xls", ".xlsm", ".ods", ".numbers", ".parquet", ".json", ".jsonl", ".xml"], StringComparer.OrdinalIgnoreCase);

    // What systems leave beside everything; captions.jsonl is written beside images by captioning tools and by Ipo's own
    // sample. Names that begin with a dot are hidden anyway.
    private static readonly HashSet<string> OfTheSystem = new(
        ["__MACOSX", "@eaDir", "#recycle", "@Recycle", "@Recently-Snapshot", "lost+found", "$RECYCLE.BIN", "System Volume Information",
            "Thumbs.db", "ehthumbs.db", "desktop.ini", "Icon\r", "captions.jsonl", "sample.json"],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>The endings of images that are read, for messages.</summary>
    public const string ReadEndings = "JPEG, PNG, WebP, GIF and BMP files are read (.jpg, .jpeg, .jpe, .jfif, .png, .webp, .gif, .bmp)";

    /// <summary>Whether a name is that of an image which is read.</summary>
    public static bool IsImage(string name) => V1.ImageEndings.IsImage(name);

    /// <summary>Whether a name is that of a table which is read.</summary>
    public static bool IsTable(string name) => TableEndings.Contains(Path.GetExtension(name));

    /// <summary>Whether a name is that of a file which may hold labels in a form that is not read.</summary>
    public static bool IsOtherTable(string name) => OtherTableEndings.Contains(Path.GetExtension(name));

    /// <summary>Whether a name is a dataset's own, and not hidden or a system's.</summary>
    public static bool IsVisible(string name) => !name.StartsWith('.') && !OfTheSystem.Contains(name);

    /// <summary>Whether a name could not be decoded where it was read: .NET shows such bytes as U+FFFD, and finds no file
    /// by that name.</summary>
    public static bool IsMangled(string name) => name.Contains('\uFFFD', StringComparison.Ordinal);

    /// <summary>The visible folders in a folder, sorted.</summary>
    public static List<string> Folders(string folder) => !Directory.Exists(folder) ? [] :
        [.. Directory.GetDirectories(folder).Select(path => Path.GetFileName(path)).Where(IsVisible).Order(StringComparer.Ordinal)];

    /// <summary>The visible files in a folder, sorted; also those whose names cannot be decoded.</summary>
    public static List<string> Files(string folder) => !Directory.Exists(folder) ? [] :
        [.. Directory.GetFiles(folder).Select(path => Path.GetFileName(path)).Where(IsVisible).Order(StringComparer.Ordinal)];

    /// <summary>Whether a folder holds an image itself.</summary>
    public static bool HoldsImages(string folder) => Files(folder).Exists(IsImage);

    /// <summary>The one folder in a folder around a dataset: the only one there, without images beside it or
    /// directly in it; null where there is no such.</summary>
    public static string? OnlyFolder(string folder) =>
        Folders(folder) is [var one] && SplitNames.Of(one) is null && !HoldsImages(folder)
            && Folders(Path.Combine(folder, one)).Count > 0 && !HoldsImages(Path.Combine(folder, one))
            ? Path.Combine(folder, one)
            : null;

    /// <summary>Whether a folder holds images at any depth; links are not followed.</summary>
    public static bool HoldsImagesBelow(string folder) => ImagesBelow(folder).Any();

    /// <summary>The images at any depth below a folder, relative to it with '/'; links are not followed.</summary>
    public static IEnumerable<string> ImagesBelow(string folder) => Directory
        .EnumerateFiles(
            folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })
        .Where(IsImage)
        .Select(path => Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/'))
        .Where(path => path.Split('/').All(IsVisible));
}
