using Ipo.Samples.Things;

namespace Ipo.Samples.Drawing;

/// <summary>
/// One picture before it has a style: the parts of the thing, what stands behind it, and the words that describe both.
/// </summary>
internal sealed class Scene : IDisposable
{
    private Scene(Pen thing, Pen backdrop, Pen clutter, string colour, string background, string view)
    {
        (Thing, Backdrop, Clutter) = (thing.Shapes, backdrop.Shapes, clutter.Shapes);
        (Colour, Background, View) = (colour, background, view);
    }

    public IReadOnlyList<Shape> Thing { get; }

    public IReadOnlyList<Shape> Backdrop { get; }

    /// <summary>Small things without a name around the thing.</summary>
    public IReadOnlyList<Shape> Clutter { get; }

    public string Colour { get; }

    public string Background { get; }

    public string View { get; }

    public static Scene Compose(Thing thing, Chance chance)
    {
        var colour = chance.Of(thing.Colours.Split(' '));
        var scale = chance.Between(0.27, 0.44);
        var turns = chance.Odds(0.25) ? chance.Between(0.05, 0.1) * (chance.Odds(0.5) ? 1 : -1) : chance.Between(-0.025, 0.025);
        var room = Math.Max(0.02, 0.48 - scale);
        var stance = new Stance(
            0.5 + chance.Between(-room, room), 0.5 + chance.Between(-room, room), scale, chance.Between(0.9, 1.12), turns,
            Mirrored: chance.Odds(0.5), chance.Between(0, 0.06), chance.Unit());
        var pen = new Pen(chance, stance, Paint.Of(colour).Vary(chance));
        thing.Draw(pen);
        var whole = new Stance(0.5, 0.5, 0.5, 1, 0, Mirrored: chance.Odds(0.5), chance.Between(0, 0.05), chance.Unit());
        var backdrop = new Pen(chance, whole, Paint.White);
        var background = Backgrounds.Draw(backdrop, chance, colour);
        var clutter = new Pen(chance, whole, Paint.White);
        Backgrounds.Scatter(clutter, chance);
        var view = Math.Abs(turns) > 0.04 ? "tilted" : scale > 0.395 ? "close up" : scale < 0.31 ? "from a distance" : "upright";
        return new Scene(pen, backdrop, clutter, colour, background, view);
    }

    public void Dispose()
    {
        foreach (var shape in (IEnumerable<Shape>)[.. Thing, .. Backdrop, .. Clutter]) shape.Path.Dispose();
    }
}
