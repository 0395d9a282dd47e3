using System.Globalization;
using System.Text;
using Ipo.Orchestrator.Configuration;
using Ipo.Orchestrator.Errors;
using Ipo.ServiceDefaults.Standards;

namespace Ipo.Orchestrator.Datasets;

/// <summary>What a class may be called: it stands in every prompt.</summary>
internal static class ClassNames
{
    private const int LongestCharacters = 200;

    /// <summary>The name as prompts show it. Underscores are spaces there, as in CoOp (<c>name.replace("_", "
    /// ")</c>), and letters with their accents are composed: macOS writes them apart.</summary>
    public static string Shown(string name) =>
        string.Join(' ', ComposedText.Of(name).Replace('_', ' ').Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Checks all names of a dataset together.</summary>
    /// <exception cref="RefusedException">A name cannot stand in a prompt.</exception>
    public static void Check(IReadOnlyList<string> names, string where, int mostClasses)
    {
        if (names.Count > mostClasses)
            throw RefusedException.Invalid(
                $"{where} has {names.Count} classes; the limit is {mostClasses} ({OrchestratorOptions.Section}:MostClasses).");
        foreach (var name in names)
        {
            if (DatasetFiles.IsMangled(name))
                throw RefusedException.Invalid(
                    $"{where}: the class name '{name}' holds bytes that are not UTF-8, so the name is lost; rename its folder, or save "
                        + "the list as UTF-8.");
            if (name.Length == 0) throw RefusedException.Invalid($"{where} has a class without a name.");
            if (name.Length > LongestCharacters)
                throw RefusedException.Invalid(
                    $"{where}: the class name '{name[..40]}…' has {name.Length} characters; the limit is {LongestCharacters}.");
            if (name.AsSpan().ContainsAny('<', '>') || name.EnumerateRunes().Any(IsUnprintable))
                throw RefusedException.Invalid(
                    $"{where}: the class name '{name}' holds '<', '>' or a control character; rename the class.");
        }
        if (names.Count < 2)
            throw RefusedException.Invalid(
                $"{where} has {(names.Count == 1 ? $"only one class ('{names[0]}')" : "no class")}; at least two are needed, each as a "
                    + "folder of images.");
    }

    /// <summary>What is wrong with two classes of one name; null where there are none. CLIP lower-cases its texts, so
    /// names that differ only there give one and the same prompt.</summary>
    public static string? Twins(IReadOnlyList<string> names) =>
        names.GroupBy(name => name.ToLowerInvariant()).FirstOrDefault(group => group.Count() > 1) is { } twins
            ? $"{twins.Count()} classes are called '{twins.First()}' once underscores are spaces, letters are lower case "
                + "and accents are composed, so no prompt can tell them apart"
            : null;

    private static bool IsUnprintable(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
            or UnicodeCategory.PrivateUse or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
