using System.Text;
using Ipo.Orchestrator.Errors;

namespace Ipo.Orchestrator.Datasets;

/// <summary>Files that a list names: what every list must hold to.</summary>
internal static class ListedFiles
{
    /// <summary>The most bytes that a list may have.</summary>
    public const long LargestListBytes = 1L << 30;

    private const int LongestLineCharacters = 20_000;

    /// <summary>Opens a list as text, unless it is too large or leads out of the dataset root.</summary>
    /// <exception cref="RefusedException">It does, or it holds bytes that are no text in its encoding: a name that was
    /// replaced in part is no name.</exception>
    public static StreamReader Open(string file, string root)
    {
        var stream = OpenBytes(file, root);
        try
        {
            var encoding = ListEncoding.Of(stream);
            if (ListEncoding.UndecodableLine(stream, encoding) is { } line)
                throw RefusedException.Invalid(
                    $"{Path.GetFileName(file)}, line {line}: the bytes there are not {encoding.WebName.ToUpperInvariant()}, so names would "
                        + "be lost. Save the file as UTF-8 (in a spreadsheet: \"CSV UTF-8\").");
            stream.Position = 0;
            return new(stream, encoding, detectEncodingFromByteOrderMarks: false);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Opens a list as text to look at its beginning; what cannot be decoded is replaced.</summary>
    /// <exception cref="RefusedException">The list is too large or leads out of the dataset root.</exception>
    public static StreamReader Peek(string file, string root)
    {
        return new(OpenBytes(file, root), detectEncodingFromByteOrderMarks: true);
    }

    /// <summary>Opens a list.</summary>
    /// <exception cref="RefusedException">It is too large or leads out of the dataset root.</exception>
    public static FileStream OpenBytes(string file, string root)
    {
        var name = Path.GetFileName(file);
        RefuseLeaving(file, root, name);
        var stream = OpenedFile.Read(file, root);
        if (stream.Length <= LargestListBytes) return stream;
        stream.Dispose();
        throw RefusedException.Invalid($"{name} is larger than {LargestListBytes} bytes; it is not a list of images.");
    }

    /// <summary>The lines of a list whose lines are short; one alone can be no gigabyte.</summary>
    /// <exception cref="RefusedException">A line is longer than a path and a name may be.</exception>
    public static IEnumerable<string> Lines(TextReader text, string name)
    {
        var (line, number) = (new StringBuilder(), 1);
        for (int next; (next = text.Read()) >= 0;)
        {
            if (next is not ('\r' or '\n'))
            {
                if (line.Length == LongestLineCharacters)
                    throw RefusedException.Invalid(
                        $"{name}, line {number} has more than {LongestLineCharacters} characters; it is no list.");
                line.Append((char)next);
                continue;
            }
            if (next == '\r' && text.Peek() == '\n') text.Read();
            yield return line.ToString();
            line.Clear();
            number++;
        }
        if (line.Length > 0) yield return line.ToString();
    }

    /// <exception cref="RefusedException">A path leads out of the dataset root through symbolic links.</exception>
    public static void RefuseLeaving(string path, string root, string relative)
    {
        if (!CanonicalPath.IsUnder(CanonicalPath.Of(path), root)) throw OpenedFile.Leaving(relative);
    }

    /// <summary>A list's path as it is compared and kept: with '/', and without "." and empty parts in it.</summary>
    public static string Plain(string path)
    {
        var slashed = path.Replace('\\', '/');
        return (slashed.StartsWith('/') ? "/" : "")
            + string.Join('/', slashed.Split('/').Where(part => part is not ("" or ".")));
    }

    /// <summary>Whether a list's path can only lead to somewhere below the folder it starts from, links
    /// aside.</summary>
    public static bool IsBelow(string path) =>
        path.Length > 0 && !path.StartsWith('/') && !path.Contains('\0', StringComparison.Ordinal) && !path.Split('/').Contains("..");

    /// <summary>Checks that all files are there and inside the dataset root.</summary>
    /// <param name="list">The list's name, for messages.</param>
    /// <param name="imageRoot">The folder that its paths start from.</param>
    /// <param name="root">The dataset root, without links.</param>
    /// <param name="paths">The paths, each below the folder.</param>
    /// <param name="progress">Told of each of them.</param>
    /// <exception cref="RefusedException">Some are not.</exception>
    public static void CheckAll(
        string list, string imageRoot, string root, IReadOnlyCollection<string> paths, RegistrationProgress progress)
    {
        var missing = new List<string>();
        var insideFolders = new HashSet<string>();
        foreach (var path in paths)
        {
            var file = new FileInfo(Path.Combine(imageRoot, path));
            // Folders are followed once each and a file only where it is a link itself: a list may name a million.
            var inside = (insideFolders.Contains(file.DirectoryName!) && file.LinkTarget is null)
                || CanonicalPath.IsUnder(CanonicalPath.Of(file.FullName), root);
            if (!inside)
                throw RefusedException.Invalid(
                    $"{list} lists '{path}', which leads out of the dataset root through a symbolic link; put the file itself there.");
            if (file.LinkTarget is null) insideFolders.Add(file.DirectoryName!);
            if (!file.Exists) missing.Add(path);
            progress.Done();
        }
        if (missing.Count > 0)
            throw RefusedException.Invalid(
                $"{list} lists {missing.Count} of {paths.Count} images that are not in {imageRoot}: {FileList.Summarize(missing)}. "
                    + $"Complete the download, or take them out of {list}.");
    }
}
