using System.Globalization;
using System.Text;

namespace Ipo.Orchestrator.Datasets;

/// <summary>A list of files in a sentence: the first few and how many more.</summary>
internal static class FileList
{
    private const int Named = 3;
    private const int LongestName = 200; // characters

    public static string Summarize(IReadOnlyCollection<string> files) => files.Count <= Named
        ? string.Join(", ", files.Select(Quoted))
        : $"{string.Join(", ", files.Take(Named).Select(Quoted))} and {files.Count - Named} more";

    // A file's name may hold anything but '/' and NUL: a line break would begin a line of its own in a log and on a terminal,
    // a format character could turn or hide what follows.
    private static string Quoted(string file)
    {
        var shown = new StringBuilder();
        foreach (var rune in file.EnumerateRunes())
        {
            if (shown.Length >= LongestName) return $"'{shown}…'";
            shown.Append(IsShown(rune) ? rune.ToString() : "\uFFFD");
        }
        return $"'{shown}'";
    }

    private static bool IsShown(Rune rune) => Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
