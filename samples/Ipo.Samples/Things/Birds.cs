using Ipo.Samples.Drawing;
using static Ipo.Samples.Drawing.DeterministicTrig;

namespace Ipo.Samples.Things;

/// <summary>Birds; all look to the left before a picture mirrors them.</summary>
internal static class Birds
{
    private const string Kind = "bird";

    public static IReadOnlyList<Thing> All { get; } =
    [
        new("crane", Kind, "grey white silver beige", "a tall wading bird with a red crown", Crane),
        new("kiwi", Kind, "brown grey beige black", "a bird without wings", Kiwi),
        new("kite", Kind, "brown red beige grey", "a bird of prey with a forked tail", Kite),
        new("turkey", Kind, "brown black grey white", "a farm bird with a fanned tail", Turkey),
        new("heron", Kind, "grey blue white silver", "a wading bird with a bent neck", Heron),
        new("eagle", Kind, "brown black grey beige", "a big bird of prey", Eagle),
        new("peacock", Kind, "blue green purple", "a bird with eyes on its tail", Peacock),
        new("penguin", Kind, "black blue grey", "a bird that swims", Penguin),
        new("owl", Kind, "brown grey white beige", "a bird of the night", Owl),
        new("duck", Kind, "yellow white brown green", "a swimming bird", Duck),
        new("flamingo", Kind, "pink orange red", "a pink wading bird", Flamingo),
        new("ostrich", Kind, "black brown grey", "a tall running bird", Ostrich),
    ];

    private static void Stilts(Pen pen, SkiaSharp.SKColor colour, double x, double top)
    {
        pen.Line(colour, 0.045, x, top, x + pen.Roll(-0.05, 0.05), 0.95, x - 0.12, 0.97);
        if (pen.Odds(0.7))
            pen.Line(colour, 0.045, x + 0.14, top, x + 0.16 + pen.Roll(-0.03, 0.08), 0.95, x + 0.04, 0.97);
        else pen.Line(colour, 0.045, x + 0.14, top, x + 0.34, 0.5, x + 0.08, 0.62);
    }

    private static void Crane(Pen pen)
    {
        var reach = pen.Roll(-0.5, -0.3);
        Stilts(pen, Paint.Black, 0.1, 0.3);
        pen.Blob(Paint.Black, 0.45, -0.02, 0.8, 0.15, 0.88, 0.5, 0.6, 0.42);
        pen.Blob(pen.Main, -0.25, 0.0, 0.15, -0.18, 0.6, 0.0, 0.72, 0.25, 0.3, 0.38, -0.15, 0.3);
        pen.Curve(pen.Main, 0.1, -0.15, 0.1, -0.35, -0.2, reach + 0.06, -0.55, reach, -0.78);
        pen.Curve(Paint.Black, 0.05, -0.25, -0.02, -0.36, -0.3, reach + 0.02, -0.6);
        pen.Oval(pen.Main, reach - 0.03, -0.82, 0.12, 0.09);
        pen.Oval(Paint.Red, reach, -0.9, 0.1, 0.045);
        pen.Poly(Paint.Gold.Shade(0.7), reach - 0.12, -0.86, reach - 0.5, -0.76, reach - 0.12, -0.78);
        pen.Eye(reach - 0.05, -0.83, 0.025);
    }

    private static void Heron(Pen pen)
    {
        Stilts(pen, Paint.Gold.Shade(0.7), 0.12, 0.3);
        pen.Blob(pen.Deep, 0.3, 0.05, 0.75, 0.3, 0.82, 0.5, 0.4, 0.36);
        pen.Blob(pen.Main, -0.2, 0.05, 0.15, -0.12, 0.55, 0.1, 0.7, 0.32, 0.25, 0.4, -0.12, 0.3);
        var bow = pen.Roll(0.0, 0.14);
        pen.Curve(pen.Main, 0.09, -0.12, 0.15, -0.4, 0.08,
            -0.35, -0.2, -0.1 + bow, -0.4, -0.12 + bow, -0.62, -0.35, -0.7);
        pen.Oval(pen.Main, -0.36, -0.7, 0.15, 0.09);
        pen.Poly(Paint.Gold, -0.46, -0.76, -0.98, -0.66, -0.46, -0.64);
        pen.Curve(Paint.Black, 0.04, -0.36, -0.77, -0.1, -0.76, 0.1, -0.62);
        pen.Eye(-0.42, -0.72, 0.025);
    }

    private static void Kiwi(Pen pen)
    {
        pen.Line(Paint.Skin.Shade(0.7), 0.07, 0.0, 0.5, -0.05, 0.88, -0.2, 0.9);
        pen.Line(Paint.Skin.Shade(0.7), 0.07, 0.3, 0.5, 0.32, 0.88, 0.16, 0.9);
        pen.Blob(pen.Main, -0.35, 0.1, -0.1, -0.3, 0.35, -0.35, 0.75, 0.05, 0.65, 0.5, 0.15, 0.62, -0.25, 0.45);
        var low = pen.Roll(-0.1, 0.2);
        pen.Blob(pen.Main, -0.3, -0.1, -0.15, -0.3, 0.1, -0.2, -0.1, 0.2, -0.35, 0.2);
        pen.Oval(pen.Main, -0.42, -0.18 + low * 0.4, 0.22, 0.2);
        pen.Curve(Paint.Sand, 0.06, -0.6, -0.12 + low * 0.4, -0.85, 0.1 + low, -1, 0.35 + low);
        pen.Eye(-0.48, -0.22 + low * 0.4, 0.035);
        for (var i = 0; i < 10; i++)
            pen.Line(pen.Deep, 0.025, -0.05 + i % 5 * 0.15, -0.1 + i / 5 * 0.26,
                0.03 + i % 5 * 0.15, 0.06 + i / 5 * 0.26);
    }

    private static void Kite(Pen pen)
    {
        var dip = pen.Roll(-0.15, 0.25);
        pen.Poly(pen.Main, 0.1, 0.2, 0.35, 0.85, 0.05, 0.62, -0.25, 0.88, -0.1, 0.2);
        foreach (var side in (ReadOnlySpan<int>)[-1, 1])
        {
            pen.Blob(pen.Main, 0, -0.25, side * 0.4, -0.42 + dip, side * 0.95, -0.3 + dip,
                side, -0.12 + dip, side * 0.5, 0.02, side * 0.08, 0.2);
            foreach (var x in (ReadOnlySpan<double>)[0.75, 0.85, 0.95])
                pen.Line(Paint.Black, 0.05, side * x, -0.2 + dip, side * (x + 0.06), 0.12 + dip);
            pen.Oval(Paint.White, side * 0.6, -0.16 + dip * 0.8, 0.1, 0.06);
        }
        pen.Blob(pen.Deep, 0, -0.5, 0.14, -0.2, 0.1, 0.3, 0, 0.45, -0.1, 0.3, -0.14, -0.2);
        pen.Oval(Paint.White.Mix(pen.Main, 0.3), 0, -0.45, 0.13, 0.13);
        pen.Poly(Paint.Gold, -0.04, -0.56, 0.04, -0.56, 0, -0.68);
    }

    private static void Turkey(Pen pen)
    {
        var feathers = pen.Count(7, 10);
        for (var i = 0; i < feathers; i++)
        {
            var t = -0.02 - i / (feathers - 1.0) * 0.46;
            pen.Oval(i % 2 == 0 ? pen.Deep : pen.Main, 0.15 + 0.48 * Cos(t), 0.15 + 0.55 * Sin(t), 0.4, 0.13, t);
            pen.Oval(Paint.Sand, 0.15 + 0.78 * Cos(t), 0.15 + 0.86 * Sin(t), 0.07, 0.1, t);
        }
        pen.Line(Paint.Gold.Shade(0.7), 0.06, 0.0, 0.6, 0, 0.92, -0.14, 0.93);
        pen.Line(Paint.Gold.Shade(0.7), 0.06, 0.25, 0.6, 0.28, 0.92, 0.12, 0.93);
        pen.Oval(pen.Main, 0.12, 0.3, 0.48, 0.4);
        pen.Oval(pen.Deep, 0.25, 0.32, 0.26, 0.2, 0.05);
        pen.Curve(Paint.Red.Mix(Paint.Sky, 0.3), 0.13, -0.25, 0.25, -0.42, -0.05, -0.42, -0.3);
        pen.Oval(Paint.Red.Mix(Paint.Sky, 0.3), -0.45, -0.34, 0.15, 0.13);
        pen.Poly(Paint.Gold, -0.57, -0.38, -0.78, -0.28, -0.56, -0.27);
        pen.Curve(Paint.Red, 0.07, -0.55, -0.3, -0.58, -0.1, -0.52, 0.02);
        pen.Eye(-0.47, -0.38, 0.03);
    }

    private static void Eagle(Pen pen)
    {
        var lift = pen.Roll(-0.4, 0.05);
        pen.Poly(Paint.White, -0.1, 0.3, 0.1, 0.3, 0.25, 0.75, 0, 0.82, -0.25, 0.75);
        foreach (var side in (ReadOnlySpan<int>)[-1, 1])
        {
            pen.Poly(pen.Main, 0, -0.2, side * 0.4, -0.35 + lift, side * 0.85, -0.45 + lift,
                side, -0.3 + lift, side * 0.97, -0.1 + lift, side * 0.85, -0.05 + lift,
                side * 0.85, 0.08 + lift, side * 0.68, 0.06 + lift,
                side * 0.62, 0.2 + lift * 0.6, side * 0.4, 0.15 + lift * 0.4, side * 0.1, 0.3);
            pen.Line(pen.Deep, 0.04, side * 0.2, -0.05, side * 0.75, -0.18 + lift);
        }
        pen.Blob(pen.Deep, 0, -0.4, 0.2, -0.1, 0.15, 0.35, 0, 0.5, -0.15, 0.35, -0.2, -0.1);
        pen.Oval(Paint.White, 0, -0.42, 0.19, 0.18);
        pen.Blob(Paint.Gold, -0.12, -0.48, -0.34, -0.42, -0.34, -0.28, -0.12, -0.34);
        pen.Eye(-0.06, -0.46, 0.035);
        foreach (var x in (ReadOnlySpan<double>)[-0.12, 0.12])
            pen.Line(Paint.Gold, 0.07, x, 0.45, x, 0.62, x - 0.06, 0.68);
    }

    private static void Peacock(Pen pen)
    {
        foreach (var (count, reach, size) in ((int, double, double)[])[(11, 0.82, 0.13), (8, 0.56, 0.12)])
            for (var i = 0; i < count; i++)
            {
                var t = 0.03 - i / (count - 1.0) * 0.56;
                double x = reach * 1.1 * Cos(t), y = 0.3 + reach * 1.35 * Sin(t);
                pen.Line(Paint.Leaf, 0.05, 0, 0.3, x, y);
                pen.Oval(Paint.Leaf, x, y, size, size * 1.2);
                pen.Oval(Paint.Gold, x, y, size * 0.65, size * 0.75);
                pen.Oval(pen.Deep, x, y, size * 0.35, size * 0.4);
            }
        pen.Line(Paint.Wood, 0.05, -0.08, 0.7, -0.1, 0.97);
        pen.Line(Paint.Wood, 0.05, 0.1, 0.7, 0.12, 0.97);
        pen.Blob(pen.Main, -0.1, -0.3, 0.1, -0.3, 0.28, 0.35, 0.15, 0.75, -0.15, 0.75, -0.28, 0.35);
        pen.Oval(pen.Main, 0, -0.4, 0.15, 0.14);
        foreach (var x in (ReadOnlySpan<double>)[-0.12, 0, 0.12])
        {
            pen.Line(pen.Deep, 0.02, 0, -0.5, x, -0.68);
            pen.Oval(pen.Deep, x, -0.7, 0.035, 0.035);
        }
        pen.Poly(Paint.Gold, -0.05, -0.4, 0.05, -0.4, 0, -0.28);
        pen.Eye(-0.07, -0.44, 0.03);
        pen.Eye(0.07, -0.44, 0.03);
    }

    private static void Penguin(Pen pen)
    {
        var wing = pen.Roll(0.02, 0.35);
        pen.Oval(Paint.Gold, -0.2, 0.9, 0.2, 0.08);
        pen.Oval(Paint.Gold, 0.2, 0.9, 0.2, 0.08);
        foreach (var side in (ReadOnlySpan<int>)[-1, 1])
            pen.Blob(pen.Deep, side * 0.3, -0.2, side * (0.5 + wing * 0.6), 0.1,
                side * (0.5 + wing), 0.4, side * 0.42, 0.3);
        pen.Blob(pen.Main, 0, -0.95, 0.3, -0.75, 0.3, -0.4, 0.48, 0.1,
            0.42, 0.75, 0, 0.9, -0.42, 0.75, -0.48, 0.1, -0.3, -0.4, -0.3, -0.75);
        pen.Blob(Paint.White, 0, -0.25, 0.26, -0.1, 0.32, 0.4, 0.2, 0.78, 0, 0.82, -0.2, 0.78, -0.32, 0.4, -0.26, -0.1);
        pen.Oval(Paint.White, -0.1, -0.66, 0.09, 0.12);
        pen.Oval(Paint.White, 0.1, -0.66, 0.09, 0.12);
        pen.Eye(-0.09, -0.66, 0.045);
        pen.Eye(0.09, -0.66, 0.045);
        pen.Poly(Paint.Gold, -0.1, -0.56, 0.1, -0.56, 0, -0.4);
    }

    private static void Owl(Pen pen)
    {
        foreach (var side in (ReadOnlySpan<int>)[-1, 1])
            pen.Poly(pen.Main, side * 0.12, -0.68, side * 0.5, -0.98, side * 0.48, -0.5);
        pen.Blob(pen.Main, 0, -0.78, 0.5, -0.6, 0.52, 0.1, 0.4, 0.7, 0, 0.85, -0.4, 0.7, -0.52, 0.1, -0.5, -0.6);
        foreach (var side in (ReadOnlySpan<int>)[-1, 1])
        {
            pen.Blob(pen.Deep, side * 0.42, -0.2, side * 0.66, 0.1, side * 0.5, 0.65, side * 0.34, 0.3);
            pen.Oval(Paint.White, side * 0.22, -0.42, 0.23, 0.23);
            pen.Oval(Paint.Gold, side * 0.22, -0.42, 0.16, 0.16);
            pen.Eye(side * 0.22, -0.42, 0.09);
            pen.Line(Paint.Gold, 0.06, side * 0.15, 0.8, side * 0.15, 0.95);
        }
        pen.Oval(pen.Pale, 0, 0.3, 0.3, 0.4);
        for (var i = 0; i < 6; i++)
            pen.Curve(pen.Deep, 0.03, -0.2 + i % 3 * 0.16, 0.15 + i / 3 * 0.22,
                -0.13 + i % 3 * 0.16, 0.22 + i / 3 * 0.22, -0.06 + i % 3 * 0.16, 0.15 + i / 3 * 0.22);
        pen.Poly(Paint.Gold, -0.08, -0.32, 0.08, -0.32, 0, -0.14);
        if (pen.Odds(0.6)) pen.Line(Paint.Wood, 0.11, -0.95, 0.96, 0.95, 0.92);
    }

    private static void Duck(Pen pen)
    {
        pen.Blob(pen.Main, -0.6, 0.1, -0.2, -0.02, 0.4, 0.05,
            0.95, -0.25, 0.85, 0.4, 0.4, 0.7, -0.35, 0.68, -0.65, 0.4);
        pen.Curve(pen.Main, 0.26, -0.4, 0.2, -0.42, -0.1, -0.45, -0.35);
        pen.Oval(pen.Main, -0.48, -0.4, 0.27, 0.25);
        pen.Blob(Paint.Of("orange"), -0.7, -0.45, -0.98, -0.36, -1, -0.26, -0.7, -0.28);
        pen.Eye(-0.54, -0.48, 0.05);
        var wing = pen.Roll(-0.05, 0.1);
        pen.Blob(pen.Deep, -0.15, 0.2, 0.2, 0.12 + wing, 0.65, 0.12 + wing, 0.5, 0.42, 0.1, 0.48);
        if (pen.Odds(0.6))
            for (var i = 0; i < 2; i++)
                pen.Curve(Paint.Sea, 0.06, -0.95, 0.75 + i * 0.15, -0.5, 0.7 + i * 0.15,
                    0, 0.76 + i * 0.15, 0.5, 0.7 + i * 0.15, 0.95, 0.75 + i * 0.15);
    }

    private static void Flamingo(Pen pen)
    {
        pen.Line(pen.Deep, 0.045, 0.15, 0.25, 0.12, 0.95, 0.0, 0.97);
        if (pen.Odds(0.6)) pen.Line(pen.Deep, 0.045, 0.28, 0.25, 0.5, 0.5, 0.15, 0.6);
        else pen.Line(pen.Deep, 0.045, 0.28, 0.25, 0.34, 0.95, 0.22, 0.97);
        pen.Blob(pen.Main, -0.2, 0.05, 0.15, -0.18, 0.6, -0.05, 0.82, 0.2, 0.4, 0.32, -0.1, 0.28);
        pen.Blob(pen.Deep, 0.15, 0.02, 0.55, 0.02, 0.85, 0.24, 0.4, 0.2);
        var far = pen.Roll(-0.65, -0.5);
        pen.Curve(pen.Main, 0.1, -0.12, 0.12, -0.4, 0.05, -0.38, -0.25,
            -0.15, -0.5, -0.2, -0.8, far + 0.15, -0.88, far, -0.72);
        pen.Oval(pen.Main, far, -0.72, 0.13, 0.11);
        pen.Curve(Paint.Black, 0.1, far - 0.08, -0.66, far - 0.2, -0.56, far - 0.16, -0.42);
        pen.Eye(far, -0.75, 0.03);
    }

    private static void Ostrich(Pen pen)
    {
        pen.Line(Paint.Skin.Shade(0.85), 0.08, 0.0, 0.3, pen.Roll(-0.25, 0.05), 0.6, -0.02, 0.92, -0.18, 0.94);
        pen.Line(Paint.Skin.Shade(0.85), 0.08, 0.3, 0.3, pen.Roll(0.25, 0.5), 0.6, 0.3, 0.92, 0.14, 0.94);
        pen.Blob(Paint.White, 0.5, -0.2, 0.85, -0.35, 0.98, -0.05, 0.75, 0.2, 0.5, 0.15);
        pen.Blob(pen.Main, -0.3, -0.1, 0.05, -0.32, 0.5, -0.28, 0.75, 0.0, 0.55, 0.32, 0.1, 0.4, -0.25, 0.25);
        pen.Blob(pen.Deep, 0.0, -0.1, 0.4, -0.15, 0.6, 0.1, 0.25, 0.2);
        pen.Line(Paint.Skin, 0.1, -0.2, 0.05, -0.42, -0.3, -0.35, -0.8);
        pen.Oval(Paint.Skin, -0.42, -0.82, 0.15, 0.11);
        pen.Poly(Paint.Gold.Shade(0.8), -0.52, -0.87, -0.78, -0.78, -0.52, -0.74);
        pen.Eye(-0.42, -0.85, 0.04);
    }
}
