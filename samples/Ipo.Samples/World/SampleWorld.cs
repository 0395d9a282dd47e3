using Ipo.Samples.Styles;
using Ipo.Samples.Things;

namespace Ipo.Samples.World;

/// <summary>A kind of thing.</summary>
/// <param name="Name">For instance "bird".</param>
/// <param name="Suffix">How a template says it, after the class: ", a type of bird".</param>
public sealed record SampleCategory(string Name, string Suffix);

/// <summary>A way of drawing.</summary>
/// <param name="Name">For instance "chalk".</param>
/// <param name="Phrase">How a template says it, before the class: "a chalk drawing of a".</param>
/// <param name="Wordings">Other ways to say the same, with the same ending.</param>
/// <param name="Ground">What stands behind the thing in every picture of this style; null where it varies.</param>
/// <param name="ShowsColour">Whether the thing's own colour can be seen, so that a caption may name it.</param>
public sealed record SampleStyle(string Name, string Phrase, IReadOnlyList<string> Wordings, string? Ground, bool ShowsColour);

/// <summary>One meaning of a name.</summary>
/// <param name="Gloss">The thing in other words.</param>
/// <param name="OtherSenses">The categories of the other things with this name; empty where the name says
/// enough.</param>
public sealed record SampleThing(string Name, string Category, string Gloss, IReadOnlyList<string> OtherSenses);

/// <summary>All that can be drawn, in a fixed order.</summary>
public static class SampleWorld
{
    public static IReadOnlyList<SampleCategory> Categories { get; } =
    [
        new("animal", ", a type of animal"), new("sea creature", ", a type of sea creature"), new("bird", ", a type of bird"),
        new("food", ", a type of food"), new("plant", ", a type of plant"), new("body part", ", a part of the body"),
        new("vehicle", ", a type of vehicle"), new("machine", ", a type of machine"), new("tool", ", a type of tool"),
        new("household object", ", a household object"), new("musical instrument", ", a musical instrument"),
        new("sports gear", ", a piece of sports gear"), new("clothing", ", a piece of clothing"), new("office item", ", an office item"),
        new("building", ", a type of building"), new("weather", ", something in the sky"),
    ];

    public static IReadOnlyList<SampleStyle> Styles { get; } =
        [.. Style.All.Select(style => new SampleStyle(style.Name, style.Phrase, style.Wordings, style.Ground, style.ShowsColour))];

    public static IReadOnlyList<SampleThing> Things { get; } =
        [.. Thing.All.Select(thing => new SampleThing(thing.Name, thing.Category, thing.Gloss, OtherCategories(thing)))];

    internal static SampleCategory CategoryOf(Thing thing) => Categories.First(category => category.Name == thing.Category);

    private static IReadOnlyList<string> OtherCategories(Thing thing) =>
        [.. Thing.All.Where(other => other.Name == thing.Name && other.Category != thing.Category).Select(other => other.Category)];
}
