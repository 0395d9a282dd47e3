using Ipo.Samples.Drawing;

namespace Ipo.Samples.Things;

/// <summary>Tools and hardware.</summary>
internal static class Tools
{
    private const string Kind = "tool";

    public static IReadOnlyList<Thing> All { get; } =
    [
        new("nail", Kind, "silver grey brown", "a metal pin with a flat head", Nail),
        new("bolt", Kind, "silver grey beige", "a threaded metal rod with a six-sided head", Bolt),
        new("plane", Kind, "brown blue red green", "a block with a blade that smooths wood", Plane),
        new("pipe", Kind, "grey silver brown orange", "a metal tube that carries water", Pipe),
        new("file", Kind, "silver grey", "a rough steel bar with a handle", File),
        new("screw", Kind, "silver grey beige", "a pointed pin with a thread", Screw),
        new("hammer", Kind, "brown red yellow blue", "a heavy head on a handle", Hammer),
        new("saw", Kind, "brown red orange blue", "a blade with teeth", Saw),
        new("axe", Kind, "brown red yellow orange", "a broad blade on a handle", Axe),
        new("wrench", Kind, "silver grey red blue", "a tool that turns nuts", Wrench),
        new("screwdriver", Kind, "red yellow blue green orange", "a tool that turns screws", Screwdriver),
        new("ladder", Kind, "brown silver yellow", "rungs between two poles", Ladder),
        new("shovel", Kind, "brown green red grey", "a broad blade that digs", Shovel),
    ];

    private static void Nail(Pen pen)
    {
        var pins = pen.Count(1, 2);
        for (var i = 0; i < pins; i++)
        {
            var x = (i - (pins - 1) / 2.0) * 0.6;
            var bent = pen.Odds(0.2) ? 0.3 : 0;
            pen.Poly(pen.Main, x - 0.09, -0.75, x + 0.09, -0.75,
                x + 0.07 + bent * 0.4, 0.55, x + bent, 0.95, x - 0.07 + bent * 0.4, 0.55);
            pen.Oval(pen.Deep, x, -0.8, 0.3, 0.1);
            pen.Oval(pen.Pale, x, -0.83, 0.26, 0.06);
            pen.Line(pen.Deep, 0.02, x + 0.03, -0.65, x + 0.02 + bent * 0.3, 0.5);
        }
    }

    private static void Bolt(Pen pen)
    {
        pen.Box(pen.Main, -0.2, -0.4, 0.2, 0.95);
        for (var y = 0.0; y < 0.95; y += 0.14) pen.Line(pen.Deep, 0.05, -0.24, y + 0.06, 0.24, y);
        pen.Poly(pen.Main, -0.55, -0.85, 0.55, -0.85, 0.55, -0.4, -0.55, -0.4);
        pen.Poly(pen.Pale, -0.2, -0.85, 0.2, -0.85, 0.2, -0.4, -0.2, -0.4);
        if (!pen.Odds(0.6)) return;
        pen.Poly(pen.Deep, -0.45, 0.4, 0.45, 0.4, 0.45, 0.72, -0.45, 0.72);
        pen.Poly(pen.Main, -0.17, 0.4, 0.17, 0.4, 0.17, 0.72, -0.17, 0.72);
    }

    private static void Plane(Pen pen)
    {
        pen.Poly(Paint.Steel, -0.15, 0.1, 0.28, -0.75, 0.42, -0.68, 0.08, 0.15);
        pen.Blob(pen.Deep, 0.45, 0.1, 0.4, -0.2, 0.55, -0.5, 0.8, -0.5, 0.75, -0.2, 0.85, 0.1);
        pen.Line(pen.Deep, 0.12, -0.62, 0.15, -0.62, -0.12);
        pen.Oval(pen.Deep, -0.62, -0.2, 0.16, 0.14);
        pen.Poly(pen.Main, -0.98, 0.5, -0.95, 0.12, 0.95, 0.08, 1, 0.5);
        pen.Box(Paint.Steel, -1, 0.48, 1, 0.58);
        for (var i = 0; i < pen.Count(0, 3); i++)
            pen.Curve(Paint.Sand, 0.05, -0.3 + i * 0.15, 0.08, -0.5 + i * 0.15, -0.2 - i * 0.1,
                -0.25 + i * 0.12, -0.35 - i * 0.08, -0.2 + i * 0.12, -0.15);
    }

    private static void Pipe(Pen pen)
    {
        if (pen.Odds(0.6))
        {
            pen.Line(pen.Main, 0.32, -0.85, 0.45, 0.1, 0.45);
            pen.Line(pen.Main, 0.32, 0.45, 0.1, 0.45, -0.75);
            pen.Curve(pen.Main, 0.36, 0.05, 0.45, 0.36, 0.4, 0.45, 0.05);
            pen.Box(pen.Deep, -0.15, 0.22, 0.02, 0.68);
            pen.Box(pen.Deep, 0.22, -0.2, 0.68, -0.03);
            pen.Box(pen.Deep, -1, 0.2, -0.84, 0.7);
            pen.Box(pen.Deep, 0.2, -0.95, 0.7, -0.78);
        }
        else
        {
            pen.Line(pen.Main, 0.34, -0.85, 0.1, 0.85, 0.1);
            pen.Line(pen.Main, 0.34, 0, 0.1, 0, -0.6);
            foreach (var x in (ReadOnlySpan<double>)[-0.95, -0.32, 0.2, 0.83])
                pen.Box(pen.Deep, x, -0.15, x + 0.13, 0.35);
            pen.Box(pen.Deep, -0.25, -0.82, 0.25, -0.68);
        }
        if (pen.Odds(0.4))
            for (var i = 0; i < 2; i++) pen.Oval(Paint.Sea, pen.Roll(-0.5, 0), 0.82 + i * 0.12, 0.05, 0.07);
    }

    private static void File(Pen pen)
    {
        pen.Poly(pen.Main, -0.15, 0.4, -0.19, -0.95, 0.19, -0.95, 0.15, 0.4);
        for (var y = -0.88; y < 0.3; y += 0.12) pen.Line(pen.Deep, 0.025, -0.16, y + 0.1, 0.16, y);
        for (var y = -0.8; y < 0.3; y += 0.24) pen.Line(pen.Deep, 0.02, -0.16, y, 0.16, y + 0.1);
        pen.Blob(pen.Odds(0.6) ? Paint.Wood : pen.Other(), -0.1, 0.42,
            0.1, 0.42, 0.15, 0.62, 0.12, 0.92, 0, 0.98, -0.12, 0.92, -0.15, 0.62);
        pen.Box(Paint.Gold, -0.1, 0.36, 0.1, 0.46);
    }

    private static void Screw(Pen pen)
    {
        pen.Poly(pen.Main, -0.15, -0.6, 0.15, -0.6, 0.13, 0.4, 0, 0.98, -0.13, 0.4);
        for (var i = 0; i < 7; i++)
        {
            double y = -0.3 + i * 0.16, w = 0.26 * (i < 4 ? 1 : 1 - (i - 3) * 0.18);
            pen.Line(pen.Deep, 0.06, -w, y + 0.08, w, y);
        }
        pen.Poly(pen.Main, -0.45, -0.85, 0.45, -0.85, 0.16, -0.55, -0.16, -0.55);
        pen.Oval(pen.Pale, 0, -0.85, 0.45, 0.12);
        pen.Line(pen.Deep, 0.06, -0.25, -0.88, 0.25, -0.82);
        if (pen.Odds(0.5)) pen.Line(pen.Deep, 0.06, 0.06, -0.92, -0.06, -0.78);
    }

    private static void Hammer(Pen pen)
    {
        pen.Poly(pen.Main, -0.09, -0.5, 0.09, -0.5, 0.14, 0.95, -0.14, 0.95);
        pen.Box(Paint.Steel, -0.55, -0.82, 0.2, -0.45);
        pen.Box(Paint.Steel.Shade(0.75), -0.72, -0.88, -0.5, -0.4);
        if (pen.Odds(0.5)) pen.Poly(Paint.Steel, 0.18, -0.82, 0.5, -0.75, 0.8, -0.42, 0.45, -0.52, 0.18, -0.48);
        else pen.Poly(Paint.Steel, 0.18, -0.82, 0.7, -0.6, 0.18, -0.45);
    }

    private static void Saw(Pen pen)
    {
        Span<double> rim = stackalloc double[52];
        (rim[0], rim[1], rim[2], rim[3]) = (0.4, -0.35, -0.98, -0.05);
        for (var i = 0; i < 24; i++)
        {
            var t = i / 23.0;
            (rim[4 + 2 * i], rim[5 + 2 * i]) = (-0.98 + 1.4 * t, 0.12 + 0.22 * t + (i % 2 == 0 ? 0 : 0.13));
        }
        pen.Poly(Paint.Steel, rim);
        pen.Blob(pen.Main, 0.35, -0.42, 0.75, -0.5, 0.98, -0.2, 0.9, 0.3, 0.7, 0.45, 0.35, 0.35);
        pen.Oval(Paint.Steel.Shade(0.5), 0.66, -0.02, 0.14, 0.2, 0.05);
        pen.Oval(Paint.Gold, 0.45, -0.2, 0.05, 0.05);
    }

    private static void Axe(Pen pen)
    {
        pen.Curve(pen.Main, 0.16, 0.05, -0.9, 0.02, 0.0, 0.1, 0.92);
        pen.Blob(Paint.Steel, 0.18, -0.75, 0.2, -0.4, -0.2, -0.35,
            -0.6, pen.Roll(-0.05, 0.1), -0.75, -0.5, -0.6, -1, -0.2, -0.78);
        pen.Curve(Paint.White, 0.07, -0.6, -0.95, -0.73, -0.5, -0.6, 0.0);
    }

    private static void Wrench(Pen pen)
    {
        pen.Line(pen.Main, 0.24, 0, -0.4, 0, 0.5);
        pen.Poly(pen.Main, -0.12, -0.35, -0.42, -0.55, -0.4, -0.95, -0.17, -0.8,
            -0.14, -0.62, 0.14, -0.62, 0.17, -0.8, 0.4, -0.95, 0.42, -0.55, 0.12, -0.35);
        pen.Oval(pen.Main, 0, 0.68, 0.3, 0.28);
        pen.Oval(Paint.Black, 0, 0.68, 0.14, 0.13);
        pen.Line(pen.Deep, 0.05, 0, -0.2, 0, 0.35);
    }

    private static void Screwdriver(Pen pen)
    {
        pen.Line(Paint.Steel, 0.12, 0, 0.1, 0, 0.85);
        pen.Poly(Paint.Steel.Shade(0.75), -0.06, 0.7, 0.06, 0.7, 0.11, 0.98, -0.11, 0.98);
        pen.Blob(pen.Main, -0.14, 0.12, -0.24, -0.2, -0.22, -0.85, 0, -0.96, 0.22, -0.85, 0.24, -0.2, 0.14, 0.12);
        foreach (var x in (ReadOnlySpan<double>)[-0.1, 0, 0.1]) pen.Line(pen.Deep, 0.04, x, -0.8, x, -0.12);
        pen.Box(Paint.Black, -0.15, 0.08, 0.15, 0.18);
    }

    private static void Ladder(Pen pen)
    {
        var foot = pen.Roll(0.35, 0.5);
        var rungs = pen.Count(5, 7);
        for (var i = 0; i < rungs; i++)
        {
            double t = (i + 0.5) / rungs, half = foot + (0.28 - foot) * t, y = 0.95 - 1.9 * t;
            pen.Line(pen.Deep, 0.09, -half, y, half, y);
        }
        pen.Line(pen.Main, 0.11, -foot, 0.97, -0.28, -0.97);
        pen.Line(pen.Main, 0.11, foot, 0.97, 0.28, -0.97);
    }

    private static void Shovel(Pen pen)
    {
        pen.Line(pen.Main, 0.1, 0, -0.75, 0, 0.3);
        if (pen.Odds(0.6)) pen.Ring(pen.Main, 0.09, 0, -0.82, 0.2, 0.13);
        else pen.Line(pen.Main, 0.1, -0.2, -0.82, 0.2, -0.82);
        pen.Blob(Paint.Steel, -0.36, 0.2, 0, 0.14, 0.36, 0.2, 0.34, 0.65, 0, 0.98, -0.34, 0.65);
        pen.Line(Paint.Steel.Shade(0.7), 0.05, 0, 0.2, 0, 0.65);
    }
}
