using System.Collections.Frozen;

namespace Ipo.PromptGen;

/// <summary>What phrases of the vocabulary say of one and the same thing, so that two of them contradict or repeat each
/// other: "dark" and "in bright light", "black-and-white" and "colorful".</summary>
internal static class PhraseAspects
{
    private static readonly (string Aspect, string Value, string[] Phrases)[] Table =
    [
        ("light", "dark", ["dark", "dim", "underexposed", "in the dark", "in dim light", "at night"]),
        ("light", "bright", ["bright", "overexposed", "in bright light", "in sunlight", "in daylight"]),
        ("colour", "none", ["black-and-white", "grayscale", "greyscale", "sepia", "monochrome", "x-ray"]),
        ("colour", "some",
            ["colorful", "colourful", "red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "on a blue background",
                "on a green background", "under neon light"]),
        ("colour", "weak", ["pale", "faded"]),
        ("sharpness", "sharp", ["sharp", "high-resolution"]),
        ("sharpness", "unsharp",
            ["blurry", "low-resolution", "pixelated", "hazy", "foggy", "blurry picture", "foggy picture", "in fog"]),
        ("detail", "much", ["detailed", "cluttered", "on a cluttered background"]),
        ("detail", "little", ["simple", "plain", "rough", "on a plain background"]),
        ("contrast", "low", ["low-contrast", "hazy", "foggy", "foggy picture"]),
        ("contrast", "high", ["high-contrast"]),
        ("polarity", "negative", ["negative", "inverted"]),
        ("polarity", "positive", ["glowing"]),
        ("worth", "good", ["good"]),
        ("worth", "bad", ["bad", "corrupted"]),
        ("grain", "much", ["grainy", "noisy"]),
        ("age", "old", ["old", "vintage"]),
        ("tilt", "some", ["rotated", "tilted", "upside-down"]),
        ("distance", "near", ["close-up", "close-up photo", "macro photo", "seen up close", "microscope image"]),
        ("distance", "far", ["seen from far away", "aerial photo", "satellite photo"]),
        ("angle", "above", ["seen from above", "aerial photo", "satellite photo"]),
        ("angle", "else", ["seen from the side", "seen from the front", "seen from below"]),
        ("place", "inside", ["indoors", "in a room", "on a table", "on a blackboard", "on paper", "on cloth"]),
        ("place", "outside",
            ["outdoors", "in a field", "on a street", "on grass", "in the water", "against the sky", "in the snow", "in the rain",
                "aerial photo", "satellite photo"]),
    ];

    private static readonly FrozenDictionary<string, (string Aspect, string Value)[]> ByPhrase = Table
        .SelectMany(row => row.Phrases.Select(phrase => (Phrase: phrase, row.Aspect, row.Value)))
        .GroupBy(row => row.Phrase, row => (row.Aspect, row.Value), StringComparer.OrdinalIgnoreCase)
        .ToFrozenDictionary(group => group.Key, group => group.ToArray(), StringComparer.OrdinalIgnoreCase);

    /// <summary>Every phrase that has an aspect; the vocabulary has to hold it.</summary>
    public static IEnumerable<string> Phrases => ByPhrase.Keys;

    /// <summary>Whether one phrase denies what the other says.</summary>
    public static bool Contradict(string one, string other) =>
        Of(one).Any(mine => Of(other).Any(its => its.Aspect == mine.Aspect && its.Value != mine.Value));

    /// <summary>Whether both speak of the same: what two words before one noun may not do.</summary>
    public static bool Overlap(string one, string other) =>
        string.Equals(one, other, StringComparison.OrdinalIgnoreCase)
        || Of(one).Any(mine => Of(other).Any(its => its.Aspect == mine.Aspect));

    /// <summary>Whether a setting says again what a word before the class said ("a close-up photo …, seen up close"). A
    /// background may have a colour of its own.</summary>
    public static bool Repeat(string word, string setting) =>
        Of(word).Any(mine => mine.Aspect != "colour" && Of(setting).Contains(mine));

    private static (string Aspect, string Value)[] Of(string phrase) => ByPhrase.GetValueOrDefault(phrase, []);
}
