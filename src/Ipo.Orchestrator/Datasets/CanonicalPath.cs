using Ipo.Orchestrator.Errors;
namespace Ipo.Orchestrator.Datasets;

/// <summary>Where a path really leads: every symbolic link on the way followed, as realpath(3) does; .NET follows only
/// the last.</summary>
internal static class CanonicalPath
{
    private const int MostLinks = 40; // Linux' own limit (path_resolution(7))

    /// <summary>The path without links; parts that do not exist stay as they are.</summary>
    /// <exception cref="RefusedException">The links go in a circle.</exception>
    public static string Of(string path)
    {
        var full = Path.GetFullPath(path);
        var root = Path.GetPathRoot(full)!;
        var resolved = root;
        var links = 0;
        var ahead = new Stack<string>();
        Push(ahead, full[root.Length..]);
        while (ahead.TryPop(out var part))
        {
            if (part is "" or ".") continue;
            if (part == "..") { resolved = Path.GetDirectoryName(resolved) ?? root; continue; }
            var next = Path.Combine(resolved, part);
            if (new FileInfo(next).LinkTarget is not { } target) { resolved = next; continue; }
            if (++links > MostLinks) throw RefusedException.Invalid($"'{path}' leads through more than {MostLinks} symbolic links.");
            if (Path.IsPathRooted(target)) resolved = root;
            Push(ahead, target);
        }
        return resolved;
    }

    /// <summary>Whether a path without links is a folder or lies under it.</summary>
    public static bool IsUnder(string path, string folder) =>
        path == folder
            || path.StartsWith(
                folder.EndsWith(Path.DirectorySeparatorChar) ? folder : folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static void Push(Stack<string> ahead, string path)
    {
        foreach (var part in path.Split(Path.DirectorySeparatorChar).Reverse()) ahead.Push(part);
    }
}
