namespace Ipo.Providers;

/// <summary>The forms under which an English noun is looked up, itself first: two words mean the same noun where they
/// share one. It may find too many forms ("glass" also gives "glas") but these are no words, so they match
/// nothing.</summary>
public static class PluralForms
{
    private static readonly Dictionary<string, string> Irregular = new(StringComparer.Ordinal)
    {
        ["mice"] = "mouse",
        ["geese"] = "goose",
        ["men"] = "man",
        ["women"] = "woman",
        ["children"] = "child",
        ["people"] = "person",
        ["feet"] = "foot",
        ["teeth"] = "tooth",
        ["oxen"] = "ox",
        ["cacti"] = "cactus",
        ["octopi"] = "octopus",
        ["fungi"] = "fungus",
        ["leaves"] = "leaf",
        ["dice"] = "die",
        ["lice"] = "louse",
    };

    /// <summary>The forms of a lower-case word.</summary>
    public static IEnumerable<string> Of(string word)
    {
        yield return word;
        if (Irregular.TryGetValue(word, out var singular)) yield return singular;
        if (word.Length < 4 || !word.EndsWith('s')) yield break;
        yield return word[..^1];
        if (!word.EndsWith("es", StringComparison.Ordinal) || word.Length < 5) yield break;
        yield return word[..^2];
        if (word.EndsWith("ies", StringComparison.Ordinal)) yield return word[..^3] + "y";
        if (!word.EndsWith("ves", StringComparison.Ordinal)) yield break;
        yield return word[..^3] + "f";
        yield return word[..^3] + "fe";
    }
}
