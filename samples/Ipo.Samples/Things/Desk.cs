using Ipo.Samples.Drawing;
using static Ipo.Samples.Drawing.DeterministicTrig;

namespace Ipo.Samples.Things;

/// <summary>Things on a desk.</summary>
internal static class Desk
{
    private const string Kind = "office item";

    public static IReadOnlyList<Thing> All { get; } =
    [
        new("seal", Kind, "red brown purple blue", "a round print of wax on a ribbon", Seal),
        new("file", Kind, "yellow blue green red beige", "a folder of papers", File),
        new("date", Kind, "red blue green", "a day on a calendar page", Date),
        new("ruler", Kind, "yellow brown green", "a straight edge with marks", Ruler),
        new("fan", Kind, "red pink blue green", "a folding sheet that makes wind by hand", Fan),
        new("stamp", Kind, "red blue green purple", "a small paper with a toothed rim", Stamp),
        new("medal", Kind, "yellow silver orange", "a disc on a ribbon for a winner", Medal),
        new("book", Kind, "red blue green brown", "bound pages", Book),
        new("envelope", Kind, "white beige yellow", "a cover for a letter", Envelope),
        new("pencil", Kind, "yellow red green blue", "a stick that writes", Pencil),
        new("scissors", Kind, "red blue black orange", "two blades that cut", Scissors),
        new("paper clip", Kind, "silver red blue green", "a bent wire that holds papers", PaperClip),
        new("notebook", Kind, "blue red green black", "pages on a spiral", Notebook),
    ];

    private static void Seal(Pen pen)
    {
        foreach (var side in (ReadOnlySpan<int>)[-1, 1])
            pen.Poly(Paint.Gold, side * 0.05, 0.3, side * 0.38, 0.3,
                side * pen.Roll(0.45, 0.6), 0.98, side * 0.33, 0.82, side * 0.15, 0.98);
        Span<double> rim = stackalloc double[32];
        for (var i = 0; i < 16; i++)
        {
            var r = pen.Roll(0.64, 0.78);
            (rim[2 * i], rim[2 * i + 1]) = (r * Cos(i / 16.0), -0.15 + r * Sin(i / 16.0));
        }
        pen.Blob(pen.Main, rim);
        pen.Ring(pen.Deep, 0.06, 0, -0.15, 0.5, 0.5);
        switch (pen.Count(0, 2))
        {
            case 0:
                pen.Poly(pen.Deep, 0, -0.5, 0.1, -0.25, 0.34, -0.22, 0.15, -0.05,
                    0.22, 0.2, 0, 0.05, -0.22, 0.2, -0.15, -0.05, -0.34, -0.22, -0.1, -0.25);
                break;
            case 1:
                pen.Poly(pen.Deep, -0.3, 0.1, -0.34, -0.35, -0.12, -0.15, 0, -0.45, 0.12, -0.15, 0.34, -0.35, 0.3, 0.1);
                break;
            default: pen.Poly(pen.Deep, 0, -0.48, 0.3, -0.38, 0.25, -0.02, 0, 0.2, -0.25, -0.02, -0.3, -0.38); break;
        }
    }

    private static void File(Pen pen)
    {
        pen.Poly(pen.Deep, -0.92, 0.7, -0.92, -0.6, -0.4, -0.6, -0.3, -0.42, 0.92, -0.42, 0.92, 0.7);
        for (var i = 0; i < 2; i++)
            pen.Poly(Paint.White.Shade(1 - i * 0.06), -0.75 + i * 0.08, -0.68 + i * 0.14,
                0.72 + i * 0.06, -0.7 + i * 0.14, 0.75, 0.4, -0.75, 0.4);
        for (var i = 0; i < 2; i++) pen.Line(Paint.Steel, 0.03, -0.55, -0.42 + i * 0.12, 0.5, -0.42 + i * 0.12);
        var lean = pen.Roll(0, 0.14);
        pen.Poly(pen.Main, -0.92 - lean * 0.3, -0.15 + lean, 0.92 + lean * 0.3, -0.15 + lean, 0.92, 0.7, -0.92, 0.7);
        pen.Box(Paint.White, -0.35, 0.18 + lean, 0.35, 0.42 + lean * 0.5);
    }

    private static void Date(Pen pen)
    {
        pen.Box(Paint.White, -0.75, -0.65, 0.75, 0.85);
        pen.Box(pen.Main, -0.75, -0.72, 0.75, -0.32);
        foreach (var x in (ReadOnlySpan<double>)[-0.4, 0.4]) pen.Line(Paint.Steel, 0.09, x, -0.85, x, -0.55);
        if (pen.Odds(0.5))
        {
            // A month of days, one of them ringed.
            int day = pen.Count(0, 14);
            for (var i = 0; i < 15; i++)
                pen.Box(i == day ? Paint.Red : Paint.Steel, -0.6 + i % 5 * 0.26,
                    -0.18 + i / 5 * 0.32, -0.44 + i % 5 * 0.26, 0.0 + i / 5 * 0.32);
            pen.Ring(Paint.Red, 0.05, -0.52 + day % 5 * 0.26, -0.09 + day / 5 * 0.32, 0.16, 0.16);
            return;
        }
        // One day in large figures, written with strokes.
        var r = pen.Reading;
        var figure = pen.Count(0, 2);
        if (figure != 1)
        {
            pen.Curve(Paint.Black, 0.11, r * -0.4, -0.02, r * -0.28, -0.14,
                r * -0.1, -0.02, r * -0.22, 0.3, r * -0.42, 0.62);
            pen.Line(Paint.Black, 0.11, r * -0.42, 0.62, r * -0.06, 0.62);
        }
        else pen.Line(Paint.Black, 0.11, r * -0.36, 0.02, r * -0.22, -0.12, r * -0.22, 0.62);
        if (figure == 0) pen.Line(Paint.Black, 0.11, r * 0.4, 0.62, r * 0.4, -0.12, r * 0.1, 0.34, r * 0.5, 0.34);
        else pen.Line(Paint.Black, 0.11, r * 0.1, -0.12, r * 0.46, -0.12, r * 0.2, 0.62);
    }

    private static void Ruler(Pen pen)
    {
        double slope = pen.Roll(0.1, 0.5), wide = pen.Roll(0.2, 0.28);
        pen.Poly(pen.Main, -0.98, slope - wide, 0.98, -slope - wide, 0.98, -slope + wide, -0.98, slope + wide);
        for (var i = 1; i < 13; i++)
        {
            double x = -0.98 + i * 0.15, y = slope - slope * 2 * (x + 0.98) / 1.96 - wide;
            pen.Line(Paint.Black, 0.025, x, y, x + 0.02, y + wide * (i % 4 == 0 ? 1.1 : 0.65));
        }
        pen.Oval(Paint.White, 0.82, -slope * 0.84 + wide * 0.4, 0.06, 0.06);
    }

    private static void Fan(Pen pen)
    {
        var ribs = pen.Count(7, 9);
        double open = pen.Roll(0.4, 0.48), start = -0.25 - open / 2;
        for (var i = 0; i < ribs; i++)
        {
            double a = start + open * i / ribs, b = start + open * (i + 1) / ribs;
            pen.Poly(i % 2 == 0 ? pen.Main : pen.Pale, 0.3 * Cos(a), 0.6 + 0.38 * Sin(a),
                0.98 * Cos(a), 0.6 + 1.4 * Sin(a),
                0.98 * Cos(b), 0.6 + 1.4 * Sin(b), 0.3 * Cos(b), 0.6 + 0.38 * Sin(b));
            pen.Line(Paint.Wood, 0.035, 0, 0.65, 0.4 * Cos(a), 0.6 + 0.5 * Sin(a));
        }
        pen.Line(Paint.Wood, 0.06, 0, 0.7, 0.98 * Cos(start), 0.6 + 1.4 * Sin(start));
        pen.Line(Paint.Wood, 0.06, 0, 0.7, 0.98 * Cos(start + open), 0.6 + 1.4 * Sin(start + open));
        pen.Oval(Paint.Gold, 0, 0.68, 0.07, 0.07);
    }

    private static void Stamp(Pen pen)
    {
        pen.Box(Paint.White, -0.7, -0.85, 0.7, 0.85);
        for (var i = 0; i < 7; i++)
        {
            foreach (var side in (ReadOnlySpan<int>)[-1, 1])
            {
                pen.Oval(Paint.White, side * 0.7, -0.74 + i * 0.245, 0.09, 0.09);
                if (i < 6) pen.Oval(Paint.White, -0.6 + i * 0.24, side * 0.85, 0.09, 0.09);
            }
        }
        pen.Box(pen.Main, -0.55, -0.68, 0.55, 0.68);
        if (pen.Odds(0.5))
        {
            pen.Oval(Paint.Skin, 0, -0.15, 0.2, 0.25);
            pen.Blob(pen.Deep, -0.4, 0.65, -0.25, 0.2, 0.25, 0.2, 0.4, 0.65);
        }
        else
        {
            pen.Oval(Paint.Yellow, 0.25, -0.38, 0.14, 0.14);
            pen.Poly(pen.Deep, -0.5, 0.62, -0.15, -0.1, 0.15, 0.35, 0.3, 0.15, 0.5, 0.62);
        }
    }

    private static void Medal(Pen pen)
    {
        var ribbon = pen.Other();
        pen.Poly(ribbon, -0.5, -0.98, -0.2, -0.98, 0.12, -0.1, -0.15, -0.1);
        pen.Poly(ribbon.Shade(0.8), 0.5, -0.98, 0.2, -0.98, -0.12, -0.1, 0.15, -0.1);
        pen.Oval(pen.Deep, 0, 0.38, 0.55, 0.55);
        pen.Oval(pen.Main, 0, 0.38, 0.46, 0.46);
        pen.Poly(pen.Deep, -0.05, 0.12, 0.08, 0.12, 0.08, 0.65, -0.05, 0.65);
        pen.Line(pen.Deep, 0.06, pen.Reading * -0.16, 0.24, 0, 0.12);
    }

    private static void Book(Pen pen)
    {
        if (pen.Odds(0.5))
        {
            pen.Poly(pen.Main, -0.98, -0.5, 0, -0.35, 0.98, -0.5, 0.98, 0.6, 0, 0.75, -0.98, 0.6);
            foreach (var side in (ReadOnlySpan<int>)[-1, 1])
            {
                pen.Blob(Paint.White, 0, -0.4, side * 0.45, -0.62,
                    side * 0.9, -0.55, side * 0.9, 0.5, side * 0.45, 0.45, 0, 0.65);
                for (var i = 0; i < 5; i++)
                    pen.Line(Paint.Steel, 0.025, side * 0.14, -0.28 + i * 0.16, side * 0.78, -0.38 + i * 0.16);
            }
            pen.Line(pen.Deep, 0.03, 0, -0.4, 0, 0.66);
            return;
        }
        pen.Poly(Paint.White, -0.5, -0.8, 0.7, -0.8, 0.7, 0.85, -0.5, 0.85);
        pen.Poly(pen.Main, -0.65, -0.9, 0.6, -0.9, 0.6, 0.75, -0.65, 0.75);
        pen.Box(pen.Deep, -0.65, -0.9, -0.48, 0.75);
        pen.Box(Paint.Gold, -0.25, -0.6, 0.4, -0.3);
        pen.Line(pen.Deep, 0.05, -0.65, 0.82, 0.66, 0.82);
    }

    private static void Envelope(Pen pen)
    {
        pen.Box(pen.Main, -0.95, -0.55, 0.95, 0.65);
        var flap = pen.Roll(0.0, 0.2);
        pen.Line(pen.Deep, 0.035, -0.95, 0.65, -0.15, flap - 0.02);
        pen.Line(pen.Deep, 0.035, 0.95, 0.65, 0.15, flap - 0.02);
        pen.Poly(pen.Main.Shade(0.9), -0.95, -0.55, 0, flap + 0.08, 0.95, -0.55);
        if (pen.Odds(0.5)) pen.Oval(Paint.Red, 0, flap + 0.05, 0.13, 0.13);
    }

    private static void Pencil(Pen pen)
    {
        var wide = pen.Roll(0.12, 0.18);
        pen.Poly(Paint.Sand, -wide, 0.6, wide, 0.6, 0, 0.98);
        pen.Poly(Paint.Black, -0.05, 0.86, 0.05, 0.86, 0, 0.98);
        pen.Box(pen.Main, -wide, -0.7, wide, 0.62);
        pen.Line(pen.Deep, 0.03, -wide * 0.35, -0.68, -wide * 0.35, 0.58);
        pen.Line(pen.Deep, 0.03, wide * 0.35, -0.68, wide * 0.35, 0.58);
        pen.Box(Paint.Steel, -wide, -0.82, wide, -0.68);
        pen.Blob(Paint.Of("pink"), -wide, -0.82, -wide, -0.95, 0, -1, wide, -0.95, wide, -0.82);
    }

    private static void Scissors(Pen pen)
    {
        var open = pen.Roll(0.12, 0.34);
        foreach (var side in (ReadOnlySpan<int>)[-1, 1])
        {
            pen.Poly(side < 0 ? Paint.Steel : Paint.Steel.Shade(0.85), side * -0.05, 0.2,
                side * (open + 0.04), -0.98, side * 0.12, 0.15);
            pen.Line(pen.Main, 0.1, 0, 0.12, side * -(open * 0.6 + 0.12), 0.45);
            pen.Ring(pen.Main, 0.12, side * -(open * 0.6 + 0.2), 0.68, 0.2, 0.24);
        }
        pen.Oval(Paint.Black, 0, 0.14, 0.06, 0.06);
    }

    private static void PaperClip(Pen pen)
    {
        var wide = pen.Roll(0.28, 0.38);
        pen.Curve(pen.Main, 0.085, -wide, -0.5, -wide, 0.6, -wide * 0.7, 0.9, wide * 0.7, 0.9,
            wide, 0.6, wide, -0.6, wide * 0.7, -0.9, -wide * 0.3, -0.9, -wide * 0.55, -0.6,
            -wide * 0.55, 0.3, -wide * 0.3, 0.55, wide * 0.3, 0.55, wide * 0.5, 0.3, wide * 0.5, -0.45);
    }

    private static void Notebook(Pen pen)
    {
        pen.Box(Paint.White, -0.55, -0.82, 0.72, 0.9);
        pen.Box(pen.Main, -0.62, -0.88, 0.66, 0.84);
        if (pen.Odds(0.6))
        {
            pen.Box(Paint.White, -0.22, -0.55, 0.45, -0.2);
            pen.Line(Paint.Black, 0.03, -0.12, -0.42, 0.35, -0.42);
        }
        else pen.Line(Paint.Black, 0.07, 0.48, -0.86, 0.48, 0.82);
        for (var i = 0; i < 8; i++) pen.Ring(Paint.Steel.Shade(0.7), 0.045, -0.62, -0.72 + i * 0.2, 0.12, 0.06);
    }
}
