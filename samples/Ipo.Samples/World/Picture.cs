using Ipo.Samples.Drawing;
using Ipo.Samples.Styles;
using Ipo.Samples.Things;

namespace Ipo.Samples.World;

/// <summary>One finished picture with the words that are true of it.</summary>
internal sealed record Picture(Raster Pixels, string? Colour, string Background, string View)
{
    /// <summary>Draws the picture with this number in the endless row that seed, thing and style name.</summary>
    /// <param name="size">Side in pixels; drawn at twice of it and averaged down.</param>
    public static Picture Draw(Thing thing, Style style, string seed, int number, int size)
    {
        var random = new SeededRandom(FormattableString.Invariant($"{seed}/{style.Name}/{thing.Category}/{thing.Name}/{number}"));
        using var scene = Scene.Compose(thing.Colours.Split(' '), thing.Draw, random);
        var pixels = style.Paint(scene, size * 2, random).Shrink(2);
        return new Picture(pixels, style.ShowsColour ? scene.Colour : null, style.Ground ?? scene.Background, scene.View);
    }
}
