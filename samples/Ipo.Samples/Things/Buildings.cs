using Ipo.Samples.Drawing;
using SkiaSharp;
using static Ipo.Samples.Drawing.DeterministicTrig;

namespace Ipo.Samples.Things;

/// <summary>Buildings.</summary>
internal static class Buildings
{
    private const string Kind = "building";

    public static IReadOnlyList<Thing> All { get; } =
    [
        new("house", Kind, "red white yellow beige blue", "a home with a roof", House),
        new("castle", Kind, "grey beige brown", "a fortress with towers", Castle),
        new("church", Kind, "white beige grey red", "a house of prayer with a steeple", Church),
        new("lighthouse", Kind, "red blue black", "a striped tower with a lamp", Lighthouse),
        new("windmill", Kind, "beige brown white", "a mill with four sails", Windmill),
        new("skyscraper", Kind, "blue grey silver", "a very tall house of glass", Skyscraper),
        new("bridge", Kind, "red grey silver", "a road over water", Bridge),
        new("tent", Kind, "orange green blue yellow", "a shelter of cloth", Tent),
        new("barn", Kind, "red brown", "a farm house with a wide gate", Barn),
        new("igloo", Kind, "white silver", "a dome of snow", Igloo),
        new("temple", Kind, "white beige grey", "columns under a gable", Temple),
        new("pyramid", Kind, "yellow beige orange", "a huge tomb with four sides", Pyramid),
    ];

    private static void House(Pen pen)
    {
        if (pen.Odds(0.6)) pen.Box(pen.Deep, 0.35, -0.85, 0.55, -0.3);
        pen.Box(pen.Main, -0.7, -0.1, 0.7, 0.85);
        pen.Poly(pen.Other(), -0.9, -0.08, 0, pen.Roll(-0.95, -0.65), 0.9, -0.08);
        pen.Box(Paint.Wood, -0.15, 0.35, 0.18, 0.85);
        pen.Oval(Paint.Gold, 0.1, 0.62, 0.03, 0.03);
        foreach (var x in (ReadOnlySpan<double>)[-0.55, 0.3])
        {
            pen.Box(Paint.Glass, x, 0.08, x + 0.27, 0.36);
            pen.Line(Paint.White, 0.03, x + 0.135, 0.08, x + 0.135, 0.36);
            pen.Line(Paint.White, 0.03, x, 0.22, x + 0.27, 0.22);
        }
    }

    private static void Battlements(Pen pen, SKColor stone, double left, double right, double top, double bottom)
    {
        pen.Box(stone, left, top, right, bottom);
        var w = (right - left) / 5;
        for (var i = 0; i < 3; i++) pen.Box(stone, left + i * 2 * w, top - 0.13, left + (i * 2 + 1) * w, top + 0.01);
    }

    private static void Castle(Pen pen)
    {
        Battlements(pen, pen.Main, -0.6, 0.6, -0.1, 0.85);
        Battlements(pen, pen.Deep, -0.25, 0.25, -0.5, 0.3);
        foreach (var side in (ReadOnlySpan<int>)[-1, 1])
            Battlements(pen, pen.Main, side * 0.72 - 0.22, side * 0.72 + 0.22, -0.45, 0.88);
        if (pen.Odds(0.6))
            foreach (var side in (ReadOnlySpan<int>)[-1, 1])
                pen.Poly(Paint.Red, side * 0.72 - 0.27, -0.55, side * 0.72, -0.98, side * 0.72 + 0.27, -0.55);
        pen.Blob(Paint.Wood.Shade(0.6), -0.2, 0.85, -0.2, 0.4, 0, 0.22, 0.2, 0.4, 0.2, 0.85);
        foreach (var x in (ReadOnlySpan<double>)[-0.72, 0, 0.72]) pen.Box(Paint.Black, x - 0.05, -0.22, x + 0.05, 0.02);
        pen.Line(Paint.Wood, 0.03, 0, -0.6, 0, -0.98);
        pen.Poly(Paint.Red, 0, -0.98, 0.25, -0.9, 0, -0.8);
    }

    private static void Church(Pen pen)
    {
        pen.Box(pen.Main, -0.1, 0.0, 0.9, 0.85);
        pen.Poly(Paint.Wood.Shade(0.8), -0.15, 0.02, 0.1, -0.4, 0.75, -0.4, 0.98, 0.02);
        pen.Box(pen.Main.Shade(0.92), -0.65, -0.3, -0.1, 0.88);
        pen.Poly(Paint.Wood.Shade(0.7), -0.72, -0.28, -0.38, pen.Roll(-0.85, -0.7), -0.03, -0.28);
        pen.Line(Paint.Gold, 0.045, -0.38, -0.6, -0.38, -1);
        pen.Line(Paint.Gold, 0.045, -0.48, -0.9, -0.28, -0.9);
        pen.Blob(Paint.Wood, -0.5, 0.88, -0.5, 0.55, -0.38, 0.42, -0.26, 0.55, -0.26, 0.88);
        pen.Oval(Paint.Glass, -0.38, 0.02, 0.12, 0.12);
        foreach (var x in (ReadOnlySpan<double>)[0.12, 0.42, 0.7])
            pen.Blob(Paint.Glass, x - 0.07, 0.55, x - 0.07, 0.3, x, 0.2, x + 0.07, 0.3, x + 0.07, 0.55);
    }

    private static void Lighthouse(Pen pen)
    {
        if (pen.Odds(0.6))
            foreach (var side in (ReadOnlySpan<int>)[-1, 1])
                pen.Poly(Paint.Yellow.Mix(Paint.White, 0.4), side * 0.15, -0.68, side, -0.95, side, -0.45);
        pen.Blob(Paint.Steel.Shade(0.6), -0.75, 0.95, -0.5, 0.72, 0.1, 0.68, 0.6, 0.75, 0.8, 0.95);
        for (var i = 0; i < 5; i++)
        {
            double a = -0.5 + i * 0.26, w = 0.18 + i * 0.035;
            pen.Poly(i % 2 == 0 ? pen.Main : Paint.White, -w, a, w, a, w + 0.035, a + 0.26, -w - 0.035, a + 0.26);
        }
        pen.Box(Paint.Black, -0.28, -0.55, 0.28, -0.47);
        pen.Box(Paint.Yellow, -0.15, -0.8, 0.15, -0.54);
        pen.Poly(pen.Main, -0.22, -0.8, 0, -1, 0.22, -0.8);
        pen.Box(Paint.Black, -0.07, 0.58, 0.07, 0.8);
    }

    private static void Windmill(Pen pen)
    {
        pen.Poly(pen.Main, -0.28, -0.4, 0.28, -0.4, 0.48, 0.95, -0.48, 0.95);
        pen.Blob(Paint.Wood.Shade(0.6), -0.33, -0.38, -0.2, -0.65, 0, -0.72, 0.2, -0.65, 0.33, -0.38);
        pen.Box(Paint.Wood, -0.12, 0.6, 0.12, 0.95);
        pen.Box(Paint.Glass, -0.1, 0.1, 0.1, 0.3);
        var turn = pen.Roll(0.05, 0.2);
        for (var i = 0; i < 4; i++)
        {
            double c = Cos(turn + i / 4.0), s = Sin(turn + i / 4.0);
            (double X, double Y) At(double along, double aside) => (along * c - aside * s, -0.38 + along * s + aside * c);
            var (p, q, r, u) = (At(0.2, 0), At(0.2, 0.18), At(0.85, 0.18), At(0.85, 0));
            pen.Poly(Paint.White, p.X, p.Y, q.X, q.Y, r.X, r.Y, u.X, u.Y);
            pen.Line(Paint.Wood, 0.05, 0, -0.38, u.X, u.Y);
        }
        pen.Oval(Paint.Black, 0, -0.38, 0.07, 0.07);
    }

    private static void Skyscraper(Pen pen)
    {
        var count = pen.Count(1, 3);
        for (var b = 0; b < count; b++)
        {
            double x = b == 0 ? 0 : b == 1 ? -0.5 : 0.52, top = b == 0 ? -0.8 : pen.Roll(-0.4, 0.1), w = b == 0 ? 0.34 : 0.26;
            var wall = b == 0 ? pen.Main : pen.Main.Shade(0.8);
            pen.Box(wall, x - w, top, x + w, 0.95);
            for (var y = top + 0.1; y < 0.85; y += 0.18)
                for (var i = 0; i < 3; i++)
                    pen.Box(pen.Odds(0.3) ? Paint.Yellow : Paint.Glass,
                        x - w * 0.75 + i * w * 0.55, y, x - w * 0.4 + i * w * 0.55, y + 0.1);
        }
        pen.Line(Paint.Steel.Shade(0.6), 0.045, 0, -0.8, 0, -1.05);
    }

    private static void Bridge(Pen pen)
    {
        pen.Box(Paint.Sea, -1, 0.62, 1, 0.9);
        foreach (var x in (ReadOnlySpan<double>)[-0.5, 0.5])
        {
            pen.Curve(pen.Main, 0.035, x - 0.55, 0.15, x - 0.2, -0.25, x, -0.68);
            pen.Curve(pen.Main, 0.035, x + 0.5, 0.05, x + 0.2, -0.2, x, -0.68);
        }
        for (var i = 0; i < 9; i++)
        {
            var x = -0.92 + i * 0.23;
            var d = Math.Min(Math.Abs(x - 0.5), Math.Abs(x + 0.5));
            pen.Line(pen.Main, 0.022, x, -0.62 + d * 1.3, x, 0.22);
        }
        foreach (var x in (ReadOnlySpan<double>)[-0.5, 0.5]) pen.Line(pen.Main, 0.12, x, 0.75, x, -0.7);
        pen.Line(pen.Deep, 0.11, -1, 0.25, 1, 0.25);
    }

    private static void Tent(Pen pen)
    {
        pen.Poly(pen.Deep, 0.1, -0.7, 0.75, -0.45, 1, 0.7, 0.5, 0.75);
        pen.Poly(pen.Main, -0.85, 0.75, 0.0, -0.72, 0.5, 0.75);
        var open = pen.Roll(0.1, 0.3);
        pen.Poly(Paint.Black, -0.15 - open, 0.75, -0.02, -0.3, open, 0.75);
        pen.Line(Paint.Wood, 0.05, -0.07, -0.88, 0.02, -0.68);
        pen.Line(Paint.Sand, 0.025, -0.7, 0.5, -1, 0.8);
        pen.Line(Paint.Sand, 0.025, 0.95, 0.45, 1.05, 0.8);
    }

    private static void Barn(Pen pen)
    {
        pen.Poly(pen.Main, -0.8, 0.85, -0.8, -0.1, -0.55, -0.55, 0, -0.85, 0.55, -0.55, 0.8, -0.1, 0.8, 0.85);
        pen.Line(Paint.White, 0.09, -0.88, -0.02, -0.57, -0.57, 0, -0.87, 0.57, -0.57, 0.88, -0.02);
        pen.Box(pen.Deep, -0.35, 0.15, 0.35, 0.85);
        pen.Line(Paint.White, 0.06, -0.35, 0.15, 0.35, 0.85);
        pen.Line(Paint.White, 0.06, 0.35, 0.15, -0.35, 0.85);
        pen.Line(Paint.White, 0.06, -0.35, 0.85, -0.35, 0.15, 0.35, 0.15, 0.35, 0.85);
        pen.Box(Paint.Black, -0.15, -0.45, 0.15, -0.15);
        if (pen.Odds(0.5))
            foreach (var x in (ReadOnlySpan<double>)[-0.66, 0.46]) pen.Box(Paint.Glass, x, 0.25, x + 0.2, 0.48);
    }

    private static void Igloo(Pen pen)
    {
        var ice = pen.Main.Mix(Paint.Sky, 0.18);
        pen.Blob(ice, -0.92, 0.62, -0.8, -0.05, -0.4, -0.5, 0.1, -0.58, 0.6, -0.4, 0.9, 0.0, 0.95, 0.62, 0, 0.66);
        var line = Paint.Sky.Shade(0.75);
        pen.Curve(line, 0.04, -0.78, -0.02, 0, -0.12, 0.86, -0.02);
        pen.Curve(line, 0.04, -0.9, 0.32, 0, 0.24, 0.95, 0.32);
        foreach (var (x, y, h) in ((double, double, double)[])
        [
            (-0.3, -0.5, 0.42), (0.3, -0.52, 0.42), (-0.55, -0.04, 0.34), (0.0, -0.1, 0.34),
            (0.55, -0.06, 0.34), (0.3, 0.28, 0.34), (0.75, 0.28, 0.34),
        ])
            pen.Line(line, 0.04, x, y, x * 1.06, y + h);
        pen.Blob(ice.Shade(0.9), -0.85, 0.68, -0.82, 0.25, -0.5, 0.05, -0.15, 0.25, -0.12, 0.68);
        pen.Blob(Paint.Black, -0.68, 0.68, -0.66, 0.38, -0.48, 0.22, -0.3, 0.38, -0.28, 0.68);
    }

    private static void Temple(Pen pen)
    {
        pen.Poly(pen.Main, -0.95, -0.4, 0, -0.85, 0.95, -0.4);
        pen.Poly(pen.Deep, -0.6, -0.47, 0, -0.74, 0.6, -0.47);
        pen.Box(pen.Main, -0.92, -0.4, 0.92, -0.25);
        pen.Box(pen.Deep.Shade(0.7), -0.8, -0.25, 0.8, 0.6);
        var columns = pen.Count(4, 6);
        for (var i = 0; i < columns; i++)
        {
            var x = -0.76 + i * 1.52 / (columns - 1);
            pen.Box(pen.Main, x - 0.09, -0.2, x + 0.09, 0.58);
            pen.Box(pen.Pale, x - 0.13, -0.26, x + 0.13, -0.17);
            pen.Line(pen.Deep, 0.02, x, -0.15, x, 0.55);
        }
        pen.Box(pen.Main, -0.95, 0.58, 0.95, 0.72);
        pen.Box(pen.Main.Shade(0.9), -1.02, 0.72, 1.02, 0.86);
    }

    private static void Pyramid(Pen pen)
    {
        if (pen.Odds(0.5)) pen.Poly(pen.Deep, 0.3, 0.6, 0.7, -0.1, 1.05, 0.6);
        var peak = pen.Roll(-0.8, -0.55);
        pen.Poly(pen.Main, -1, 0.65, -0.1, peak, 0.3, 0.75);
        pen.Poly(pen.Deep, 0.3, 0.75, -0.1, peak, 0.85, 0.6);
        for (var i = 1; i < 5; i++)
        {
            var t = i / 5.0;
            pen.Line(pen.Deep, 0.03, -0.1 - 0.9 * t, peak + (0.65 - peak) * t,
                -0.1 + 0.4 * t, peak + (0.75 - peak) * t);
        }
        pen.Poly(Paint.Black, -0.2, 0.7, -0.18, 0.5, -0.06, 0.52, -0.05, 0.72);
    }
}
