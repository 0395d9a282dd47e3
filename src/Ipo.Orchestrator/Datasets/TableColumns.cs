namespace Ipo.Orchestrator.Datasets;

/// <summary>Which columns of a table hold images, classes and splits, by the names that people and tools give
/// them.</summary>
/// <param name="Image">Name of the column with an image's path, as the header has it in lower case.</param>
/// <param name="Class">Name of the column with its class.</param>
/// <param name="Split">Name of the column with its split; null for none.</param>
/// <param name="Passed">Sentences about columns that could have been meant and were not taken.</param>
internal sealed record TableColumns(string Image, string Class, string? Split, IReadOnlyList<string> Passed)
{
    // The first of each is taken where a header has several, and a warning says so.
    private static readonly string[] Images =
        ["image", "image_path", "imagepath", "filepath", "file_path", "path", "image_file", "image_name", "filename", "file_name", "file",
            "img"];
    private static readonly string[] Classes =
        ["class", "class_name", "classname", "label_name", "label", "category_name", "category", "species"];
    private static readonly string[] Splits = ["split", "subset", "set", "partition"];

    /// <summary>The further names of the two columns that a table needs, for messages.</summary>
    public const string OtherNames = "path, file, filename or filepath for image; label, class_name or category for class";

    /// <summary>Finds them in a header in lower case; null where the image's or the class's is missing.</summary>
    public static TableColumns? Find(IReadOnlyCollection<string> header)
    {
        var passed = new List<string>();
        var (image, className, split) = (Choose(header, Images, "images", passed), Choose(header, Classes, "classes", passed),
            Choose(header, Splits, "splits", passed));
        return image is null || className is null ? null : new(image, className, split, passed);
    }

    private static string? Choose(IReadOnlyCollection<string> header, string[] names, string what, List<string> passed)
    {
        var found = names.SelectMany(name => header.Where(column => Plain(column) == name)).ToList();
        if (found.Count > 1)
            passed.Add(
                $"the columns {string.Join(" and ", found.Select(column => $"'{column}'"))} could hold the {what}; those of '{found[0]}' "
                    + "are taken.");
        return found.FirstOrDefault();
    }

    private static string Plain(string column) => column.Replace(' ', '_').Replace('-', '_');
}
