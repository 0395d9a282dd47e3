using Ipo.Samples.Drawing;
using Ipo.Samples.Styles;
using Ipo.Samples.Things;

namespace Ipo.Samples;

/// <summary>One finished picture with the words that are true of it.</summary>
internal sealed record Picture(Raster Pixels, string? Colour, string Background, string View)
{
    /// <summary>Draws the picture with this number in the endless row that seed, thing and style name.</summary>
    /// <param name="size">Side in pixels; drawn at twice of it and averaged down.</param>
    public static Picture Draw(Thing thing, Style style, string seed, int number, int size)
    {
        var chance = new Chance(FormattableString.Invariant($"{seed}/{style.Name}/{thing.Category}/{thing.Name}/{number}"));
        using var scene = Scene.Compose(thing, chance);
        var pixels = style.Paint(scene, size * 2, chance).Shrink(2);
        return new Picture(pixels, style.ShowsColour ? scene.Colour : null, style.Ground ?? scene.Background, scene.View);
    }
}
