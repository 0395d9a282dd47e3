using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Ipo.Orchestrator.Errors;

namespace Ipo.Orchestrator.Runs;

/// <summary>What a person tells a run from others by.</summary>
/// <param name="DisplayName">What a person calls it; empty for nothing.</param>
/// <param name="Labels">What it is filed under.</param>
internal sealed record RunFiling(string DisplayName, IReadOnlyDictionary<string, string> Labels)
{
    /// <summary>By nothing.</summary>
    public static RunFiling None { get; } = new("", new Dictionary<string, string>());
}

/// <summary>What a team files its runs under: names with values, as the contract takes them (after AIP-148).</summary>
internal static partial class RunLabels
{
    private const int Most = 64;
    private const int LongestValue = 63; // characters

    /// <summary>Checks the display name and the labels of a request.</summary>
    /// <exception cref="RefusedException">There are too many labels, or a label or the display name is not allowed.</exception>
    public static void Check(RunFiling filing)
    {
        CheckText("display_name", filing.DisplayName);
        if (filing.Labels.Count > Most)
            throw RefusedException.InvalidField("labels", $"has {filing.Labels.Count} entries; it takes {Most}.");
        foreach (var (key, value) in filing.Labels)
        {
            CheckKey(key);
            CheckText($"labels.{key}", value);
        }
    }

    /// <summary>Whether a run has all labels that a request asks for.</summary>
    /// <param name="asked">Each a key and its value with '=' between them, or a key alone for any value.</param>
    /// <exception cref="RefusedException">One is neither.</exception>
    public static Func<RunOutline, bool> Filter(IEnumerable<string> asked)
    {
        var wanted = asked.Select(text => text.Split('=', 2)).ToList();
        foreach (var label in wanted) CheckKey(label[0]);
        return run => wanted.All(label => run.Labels.TryGetValue(label[0], out var value) && (label.Length == 1 || value == label[1]));
    }

    /// <summary>Labels for a person.</summary>
    public static string Say(IReadOnlyDictionary<string, string> labels) =>
        labels.Count == 0 ? "none" : string.Join(", ", labels.Select(label => $"{label.Key}={label.Value}"));

    private static void CheckText(string field, string text)
    {
        if (text.Length > LongestValue || text.EnumerateRunes().Any(IsUnprintable))
            throw RefusedException.InvalidField(
                field, $"is '{text}'; it takes at most {LongestValue} characters, and no control or format characters.");
    }

    // Format characters turn the direction of a text or hide in it.
    private static bool IsUnprintable(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static void CheckKey(string key)
    {
        if (!Key().IsMatch(key))
            throw RefusedException.InvalidField(
                "labels", $"has the key '{key}'; a key is 1 to 63 small letters, digits, '-' and '_', and begins with a letter.");
    }

    [GeneratedRegex(@"^[a-z][a-z0-9_-]{0,62}\z")]
    private static partial Regex Key();
}
