using Ipo.Samples.Drawing;

namespace Ipo.Samples.Styles;

/// <summary>One way of making a picture from a scene.</summary>
/// <param name="Phrase">How a prompt names it, before the name of the thing: "a chalk drawing of a".</param>
/// <param name="Wordings">Other ways to say the same, ending like <paramref name="Phrase"/>.</param>
/// <param name="Ground">What stands behind the thing whatever the scene says; null where the scene's background
/// shows.</param>
/// <param name="ShowsColour">Whether the thing's own colour can be seen.</param>
/// <param name="Paint">Paints the scene at the given side in pixels, twice that of the finished picture.</param>
internal sealed record Style(
    string Name, string Phrase, string[] Wordings, string? Ground, bool ShowsColour, Func<Scene, int, SeededRandom, Raster> Paint)
{
    /// <summary>Every style of the world, in a fixed order.</summary>
    public static IReadOnlyList<Style> All { get; } = [.. Painted.All, .. ByHand.All, .. Printed.All, .. Crafted.All, .. Lit.All];
}
