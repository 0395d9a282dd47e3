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

    /// <summary>How it is seen: tilted, close up, from a distance or upright.</summary>
    public string View { get; }

    /// <param name="colours">Names of the colours that the thing comes in; one is taken.</param>
    /// <param name="draw">Draws the thing.</param>
    /// <param name="random">Decides all else.</param>
    public static Scene Compose(IReadOnlyList<string> colours, Action<Pen> draw, SeededRandom random)
    {
        var colour = random.Of(colours);
        var scale = random.Between(0.27, 0.44);
        var turns = random.Odds(0.25) ? random.Between(0.05, 0.1) * (random.Odds(0.5) ? 1 : -1) : random.Between(-0.025, 0.025);
        var room = Math.Max(0.02, 0.48 - scale);
        var stance = new Stance(
            0.5 + random.Between(-room, room), 0.5 + random.Between(-room, room), scale, random.Between(0.9, 1.12), turns,
            Mirrored: random.Odds(0.5), random.Between(0, 0.06), random.Unit());
        var pen = new Pen(random, stance, Paint.Of(colour).Vary(random));
        draw(pen);
        var whole = new Stance(0.5, 0.5, 0.5, 1, 0, Mirrored: random.Odds(0.5), random.Between(0, 0.05), random.Unit());
        var backdrop = new Pen(random, whole, Paint.White);
        var background = Backgrounds.Draw(backdrop, random, colour);
        var clutter = new Pen(random, whole, Paint.White);
        Backgrounds.Scatter(clutter, random);
        return new Scene(pen, backdrop, clutter, colour, background, Seen(turns, scale));
    }

    public void Dispose()
    {
        foreach (var shape in (IEnumerable<Shape>)[.. Thing, .. Backdrop, .. Clutter]) shape.Path.Dispose();
    }

    private static string Seen(double turns, double scale) =>
        Math.Abs(turns) > 0.04 ? "tilted" : scale > 0.395 ? "close up" : scale < 0.31 ? "from a distance" : "upright";
}
