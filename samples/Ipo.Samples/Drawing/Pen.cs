using SkiaSharp;
using static Ipo.Samples.Drawing.DeterministicTrig;

namespace Ipo.Samples.Drawing;

/// <summary>One drawn part in canvas coordinates (0..1, y down): a filled outline, or a line where
/// <paramref name="Width"/> is above 0.</summary>
internal sealed record Shape(SKPath Path, SKColor Colour, float Width);

/// <summary>Where a thing stands on the canvas and how far its proportions are bent; one is drawn for each
/// picture.</summary>
internal sealed record Stance(double X, double Y, double Scale, double Stretch, double Turns, bool Mirrored, double Bend, double Phase)
{
    public SKPoint Map(double x, double y)
    {
        // The bend is a slow wave, so that no two outlines of a class are similar figures.
        var u = x * Stretch + Bend * Sin(y * 0.35 + Phase);
        var v = y / Stretch + Bend * Sin(x * 0.3 + Phase * 1.7);
        if (Mirrored) u = -u;
        double c = Cos(Turns), s = Sin(Turns);
        return new SKPoint((float)(X + Scale * (u * c - v * s)), (float)(Y + Scale * (u * s + v * c)));
    }
}

/// <summary>What a class draws with: parts in a box from -1 to 1 (y down), each with its own colour. The pen knows
/// nothing of styles; a style decides later how a part becomes chalk, thread or light.
/// </summary>
internal sealed class Pen(SeededRandom random, Stance stance, SKColor main)
{
    private readonly List<Shape> _shapes = [];

    public IReadOnlyList<Shape> Shapes => _shapes;

    /// <summary>The colour that the caption names.</summary>
    public SKColor Main { get; } = main;

    /// <summary>A factor for the x of figures, so that they can be read in a mirrored picture too.</summary>
    public int Reading => stance.Mirrored ? -1 : 1;

    public SKColor Deep => Main.Shade(0.68);

    public SKColor Pale => Main.Mix(Paint.White, 0.5);

    /// <summary>Any other colour, for a part that varies freely.</summary>
    public SKColor Other() => Paint.Of(random.Of(Paint.Names)).Vary(random);

    public double Roll(double low, double high) => random.Between(low, high);

    public int Count(int low, int high) => random.Whole(low, high);

    public bool Odds(double probability) => random.Odds(probability);

    public void Oval(SKColor colour, double x, double y, double rx, double ry, double turns = 0) =>
        Add(OvalPath(x, y, rx, ry, turns), colour, 0);

    public void Ring(SKColor colour, double width, double x, double y, double rx, double ry, double turns = 0) =>
        Add(OvalPath(x, y, rx, ry, turns), colour, width);

    public void Eye(double x, double y, double size = 0.05) => Oval(Paint.Black, x, y, size, size);

    public void Box(SKColor colour, double left, double top, double right, double bottom) =>
        Poly(colour, left, top, right, top, right, bottom, left, bottom);

    /// <summary>A closed figure with straight sides; points as x, y, x, y…</summary>
    public void Poly(SKColor colour, params ReadOnlySpan<double> points) =>
        Add(Straight(points, closed: true), colour, 0);

    /// <summary>A closed figure whose outline runs smoothly through its points.</summary>
    public void Blob(SKColor colour, params ReadOnlySpan<double> points) =>
        Add(Smooth(points, closed: true), colour, 0);

    public void Line(SKColor colour, double width, params ReadOnlySpan<double> points) =>
        Add(Straight(points, closed: false), colour, width);

    public void Curve(SKColor colour, double width, params ReadOnlySpan<double> points) =>
        Add(Smooth(points, closed: false), colour, width);

    private void Add(SKPath path, SKColor colour, double width) => _shapes.Add(new Shape(path, colour, (float)(width * stance.Scale)));

    private SKPath OvalPath(double x, double y, double rx, double ry, double turns)
    {
        Span<double> points = stackalloc double[16];
        double c = Cos(turns), s = Sin(turns);
        for (var i = 0; i < 8; i++)
        {
            double u = rx * Cos(i / 8.0), v = ry * Sin(i / 8.0);
            (points[2 * i], points[2 * i + 1]) = (x + u * c - v * s, y + u * s + v * c);
        }
        return Smooth(points, closed: true);
    }

    private SKPath Straight(ReadOnlySpan<double> points, bool closed)
    {
        using var path = new SKPathBuilder();
        path.MoveTo(stance.Map(points[0], points[1]));
        for (var i = 2; i < points.Length; i += 2)
        {
            // Long sides are cut in two, so that the bend reaches them too.
            path.LineTo(stance.Map((points[i - 2] + points[i]) / 2, (points[i - 1] + points[i + 1]) / 2));
            path.LineTo(stance.Map(points[i], points[i + 1]));
        }
        if (closed) path.Close();
        return path.Detach();
    }

    // Catmull-Rom through the points, written as cubic curves.
    private SKPath Smooth(ReadOnlySpan<double> points, bool closed)
    {
        var count = points.Length / 2;
        var mapped = new SKPoint[count];
        for (var i = 0; i < count; i++) mapped[i] = stance.Map(points[2 * i], points[2 * i + 1]);
        SKPoint At(int i) => closed ? mapped[(i + count) % count] : mapped[Math.Clamp(i, 0, count - 1)];
        using var path = new SKPathBuilder();
        path.MoveTo(mapped[0]);
        for (var i = 0; i < (closed ? count : count - 1); i++)
        {
            SKPoint p0 = At(i - 1), p1 = At(i), p2 = At(i + 1), p3 = At(i + 2);
            path.CubicTo(
                new SKPoint(p1.X + (p2.X - p0.X) / 6, p1.Y + (p2.Y - p0.Y) / 6),
                new SKPoint(p2.X - (p3.X - p1.X) / 6, p2.Y - (p3.Y - p1.Y) / 6),
                p2);
        }
        if (closed) path.Close();
        return path.Detach();
    }
}
