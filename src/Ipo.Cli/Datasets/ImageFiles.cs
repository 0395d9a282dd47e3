using Ipo.Cli.Connections;
using Ipo.Cli.Output;
using Ipo.V1;

namespace Ipo.Cli.Datasets;

/// <summary>The image files that a command line names, one by one or by their folders.</summary>
internal static class ImageFiles
{
    private const int MostNamed = 3;

    /// <summary>The files in the order given; a folder's by name. What a folder holds besides is said, not
    /// hidden.</summary>
    /// <exception cref="CommandFailure">A path does not exist, or a folder holds no image.</exception>
    public static IReadOnlyList<string> Find(Terminal terminal, IEnumerable<string> paths) =>
        [.. paths.SelectMany(path => Directory.Exists(path) ? InFolder(terminal, path) : [Existing(path)])];

    private static string Existing(string file) =>
        File.Exists(file) ? file : throw new CommandFailure($"There is no file '{file}'; check the path. Nothing was classified.");

    private static List<string> InFolder(Terminal terminal, string folder)
    {
        var visible = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            AttributesToSkip = FileAttributes.Hidden | FileAttributes.System,
        };
        var files = Directory.EnumerateFiles(folder, "*", visible).Order(StringComparer.Ordinal)
            .ToLookup(ImageEndings.IsImage);
        var (images, others) = (files[true].ToList(), files[false].ToList());
        if (images.Count == 0)
            throw new CommandFailure(
                $"The folder '{folder}' holds no JPEG, PNG, WebP, GIF or BMP file by name. Nothing was classified.");
        if (others.Count > 0)
            terminal.Tell(
                $"{Amounts.Count(others.Count, "file")} of '{folder}' {(others.Count == 1 ? "is no image" : "are no images")} by name: "
                    + $"{string.Join(", ", others.Take(MostNamed).Select(Path.GetFileName))}{(others.Count > MostNamed ? ", …" : "")}");
        return images;
    }
}
