using System.Text.Json.Serialization;
using Ipo.Samples.Styles;
using Ipo.Samples.Things;

namespace Ipo.Samples.World;

/// <summary>What is true of one picture, as a line of captions.jsonl holds it.</summary>
/// <param name="File">Path of the picture from the dataset's folder; null in a training set, where the line's number is
/// the picture's.</param>
/// <param name="Colour">The thing's colour; null where the style hides it.</param>
/// <param name="Text">All of it in one sentence.</param>
public sealed record Caption(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? File,
    string Class, string Category, string Style, string? Colour, string Background, string View,
    [property: JsonPropertyName("caption")] string Text)
{
    // Names of pairs take no article.
    private static readonly string[] Plural = ["glasses", "trousers", "scissors"];

    internal static Caption Of(string? file, Thing thing, Style style, Picture picture)
    {
        var seen = (picture.Colour is { } colour ? colour + " " : "") + thing.Name;
        var head = style.Phrase[..^2];
        var article = Plural.Contains(thing.Name) ? "" : "aeiou".Contains(seen[0]) ? "an " : "a ";
        var text = $"{head} {article}{seen}{SampleWorld.CategoryOf(thing).Suffix}, on {picture.Background}, {picture.View}.";
        return new(file, thing.Name, thing.Category, style.Name, picture.Colour, picture.Background, picture.View, text);
    }
}
