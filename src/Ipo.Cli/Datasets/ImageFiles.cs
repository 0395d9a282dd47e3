using Ipo.Cli.Connections;
using Ipo.Cli.Output;
using Ipo.V1;

namespace Ipo.Cli.Datasets;

/// <summary>The image files that a command line names, one by one or by their folders.</summary>
internal static class ImageFiles
{
    private const int MostNamed = 3;

    private static readonly EnumerationOptions Visible = new() { AttributesToSkip = FileAttributes.Hidden | FileAttributes.System };

    /// <summary>The files in the order given; a folder's by name. What a folder holds besides is said, not
    /// hidden.</summary>
    /// <exception cref="CommandFailure">A path does not exist, or a folder holds no image.</exception>
    public static IReadOnlyList<string> Find(Terminal terminal, IEnumerable<string> paths) =>
        [.. paths.SelectMany(path => Directory.Exists(path) ? InFolder(terminal, path) : [Existing(path)])];

    private static string Existing(string file) =>
        File.Exists(file) ? file : throw new CommandFailure($"There is no file '{file}'; check the path. Nothing was classified.");

    private static List<string> InFolder(Terminal terminal, string folder)
    {
        var files = Files(terminal, folder, [RealPath(folder)]).Order(StringComparer.Ordinal).ToLookup(ImageEndings.IsImage);
        var (images, others) = (files[true].ToList(), files[false].ToList());
        if (images.Count == 0)
            throw new CommandFailure(
                $"The folder '{folder}' holds no JPEG, PNG, WebP, GIF or BMP file by name. Nothing was classified.");
        if (others.Count > 0)
            terminal.Tell(
                $"{Amounts.Count(others.Count, "file")} of '{folder}' "
                    + $"{(others.Count == 1 ? "is not an image" : "are not images")} by name: "
                    + $"{string.Join(", ", others.Take(MostNamed).Select(Path.GetFileName))}{(others.Count > MostNamed ? ", …" : "")}");
        return images;
    }

    // Links are followed, but for those that lead back to a folder above: there is no end to them.
    private static IEnumerable<string> Files(Terminal terminal, string folder, IReadOnlyList<string> above)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*", Visible)) yield return file;
        foreach (var inner in Directory.EnumerateDirectories(folder, "*", Visible))
        {
            var real = RealPath(inner);
            if (above.Contains(real, StringComparer.Ordinal))
                terminal.Tell($"'{inner}' is a link to {real}, a folder that it lies in, and is not followed.");
            else foreach (var file in Files(terminal, inner, [.. above, real])) yield return file;
        }
    }

    // Links are resolved in every part of the path: one may lead through another.
    private static string RealPath(string path)
    {
        var whole = Path.GetFullPath(path);
        var real = Path.GetPathRoot(whole)!;
        foreach (var part in whole[real.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            var next = new DirectoryInfo(Path.Combine(real, part));
            real = next.ResolveLinkTarget(returnFinalTarget: false) is { } target ? RealPath(target.FullName) : next.FullName;
        }
        return real;
    }
}
