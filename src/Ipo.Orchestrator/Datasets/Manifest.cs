using System.Text;
using Ipo.Orchestrator.Errors;
using Ipo.Orchestrator.Uploads;

namespace Ipo.Orchestrator.Datasets;

/// <summary>A manifest of a folder: for each file a line with its SHA-256, two blanks (or a blank and a star) and its
/// path, as sha256sum of the GNU core utilities writes them. A line that begins with a backslash has "\\", "\n" and
/// "\r" in its path escaped.</summary>
internal static class Manifest
{
    private const int LongestPath = 1_000;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads the files of a manifest.</summary>
    /// <param name="content">Its bytes.</param>
    /// <param name="most">Most files in it.</param>
    /// <exception cref="RefusedException">A line is none of a manifest, a path leads out of the folder or stands twice, or
    /// there are too many.</exception>
    public static IReadOnlyList<(string Path, string Sha256)> Read(Stream content, int most)
    {
        using var reader = new StreamReader(content, Utf8);
        var files = new List<(string, string)>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            foreach (var (at, line) in ListedFiles.Lines(reader, "The manifest").Index())
            {
                var number = at + 1;
                if (line.Length == 0) continue;
                var (sha256, path) = ReadLine(line) ?? throw RefusedException.InvalidField(
                    "upload", $"is a manifest whose line {number} is no SHA-256, two blanks and a path, nor is it a zip.");
                path = ListedFiles.Plain(path);
                // A colon names a drive on Windows.
                if (!ListedFiles.IsBelow(path) || (OperatingSystem.IsWindows() && path.Contains(':', StringComparison.Ordinal)))
                    throw RefusedException.InvalidField(
                        "upload", $"is a manifest whose line {number} names '{path}', which leads out of the folder.");
                if (!seen.Add(path)) throw RefusedException.InvalidField("upload", $"is a manifest that names '{path}' twice.");
                if (path.Length > LongestPath)
                    throw RefusedException.InvalidField(
                        "upload", $"is a manifest whose line {number} has a path of {path.Length} characters; it takes {LongestPath}.");
                if (files.Count == most) throw RefusedException.InvalidField("upload", $"is a manifest of more than {most} files.");
                files.Add((path, sha256));
            }
        }
        catch (DecoderFallbackException)
        {
            throw RefusedException.InvalidField("upload", "is neither a zip nor a manifest in UTF-8.");
        }
        return files.Count > 0 ? files : throw RefusedException.InvalidField("upload", "is an empty manifest.");
    }

    private static (string Sha256, string Path)? ReadLine(string line)
    {
        var isEscaped = line[0] == '\\';
        if (isEscaped) line = line[1..];
        if (line.Length < 67 || line[64] != ' ' || line[65] is not (' ' or '*') || !Sha256Text.IsOne(line.AsSpan(0, 64))) return null;
        return (line[..64], isEscaped ? Unescape(line[66..]) : line[66..]);
    }

    private static string Unescape(string path)
    {
        var plain = new StringBuilder(path.Length);
        for (var i = 0; i < path.Length; i++)
            plain.Append(path[i] != '\\' || i + 1 == path.Length
                ? path[i]
                : path[++i] switch { 'n' => '\n', 'r' => '\r', var other => other });
        return plain.ToString();
    }
}
