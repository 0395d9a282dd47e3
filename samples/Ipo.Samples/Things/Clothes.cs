using Ipo.Samples.Drawing;

namespace Ipo.Samples.Things;

/// <summary>Things to wear.</summary>
internal static class Clothes
{
    private const string Kind = "clothing";

    public static IReadOnlyList<Thing> All { get; } =
    [
        new("bow", Kind, "red pink blue purple yellow", "a ribbon tied in two loops", Bow),
        new("pump", Kind, "red black pink blue", "a lady's shoe with a heel", Pump),
        new("ring", Kind, "yellow silver", "a jewel for a finger", Ring),
        new("glasses", Kind, "black brown red blue", "two lenses before the eyes", Glasses),
        new("cap", Kind, "red blue green black", "a hat with a visor", Cap),
        new("tie", Kind, "red blue green purple", "a long cloth around the neck", Tie),
        new("boot", Kind, "brown black red", "a high shoe", Boot),
        new("shirt", Kind, "white blue red green yellow", "a garment with sleeves", Shirt),
        new("trousers", Kind, "blue black brown grey", "a garment with two legs", Trousers),
        new("dress", Kind, "red pink blue purple green", "a garment with a skirt", Dress),
        new("sock", Kind, "red green blue grey", "a knitted cover for a foot", Sock),
        new("glove", Kind, "brown red blue black", "a cover for a hand", Glove),
        new("hat", Kind, "black brown grey", "a tall hat with a brim", Hat),
        new("crown", Kind, "yellow", "a golden ring with points for a king", Crown),
    ];

    private static void Bow(Pen pen)
    {
        var droop = pen.Roll(0.5, 0.9);
        foreach (var side in (ReadOnlySpan<int>)[-1, 1])
        {
            pen.Poly(pen.Deep, side * 0.02, 0.05, side * 0.2, 0.05,
                side * 0.6, droop, side * 0.4, droop - 0.1, side * 0.3, droop + 0.08);
            pen.Blob(pen.Main, 0, -0.08, side * 0.5, -0.55, side * 0.95, -0.5,
                side, -0.05, side * 0.9, 0.32, side * 0.45, 0.25);
            pen.Curve(pen.Deep, 0.04, side * 0.15, -0.08, side * 0.45, -0.15, side * 0.7, -0.2);
            pen.Curve(pen.Deep, 0.04, side * 0.15, 0.03, side * 0.4, 0.08, side * 0.65, 0.1);
        }
        pen.Oval(pen.Main.Shade(0.85), 0, -0.03, 0.16, 0.18);
    }

    private static void Pump(Pen pen)
    {
        var heel = pen.Roll(0.45, 0.75);
        pen.Poly(pen.Deep, 0.58, 0.0, 0.88, -0.1, 0.8, heel, 0.7, heel);
        pen.Blob(pen.Main, 0.9, -0.5, 0.92, -0.1, 0.6, 0.1, 0.2, 0.3, -0.2, heel - 0.12,
            -0.9, heel, -0.98, heel - 0.15, -0.6, heel - 0.32, -0.3, heel - 0.42, 0.1, -0.05, 0.5, -0.2);
        pen.Line(pen.Deep, 0.05, -0.95, heel, -0.2, heel - 0.04);
        if (pen.Odds(0.4)) pen.Oval(Paint.Gold, -0.55, heel - 0.3, 0.1, 0.07);
    }

    private static void Ring(Pen pen)
    {
        pen.Ring(pen.Main, 0.17, 0, 0.28, 0.55, 0.58);
        pen.Ring(pen.Pale, 0.04, 0, 0.28, 0.55, 0.58);
        var stone = pen.Other().Mix(Paint.Glass, 0.4);
        pen.Poly(pen.Deep, -0.2, -0.35, 0.2, -0.35, 0.12, -0.18, -0.12, -0.18);
        pen.Poly(stone, -0.35, -0.7, -0.2, -0.92, 0.2, -0.92, 0.35, -0.7, 0, -0.25);
        pen.Line(Paint.White, 0.025, -0.35, -0.7, 0.35, -0.7);
        pen.Line(Paint.White, 0.025, -0.12, -0.7, 0, -0.28, 0.12, -0.7);
    }

    private static void Glasses(Pen pen)
    {
        var dark = pen.Odds(0.4) ? Paint.Black.Mix(Paint.Glass, 0.2) : Paint.Glass;
        var round = pen.Roll(0.3, 0.4);
        foreach (var side in (ReadOnlySpan<int>)[-1, 1])
        {
            pen.Line(pen.Main, 0.07, side * 0.85, -0.05, side * 1, pen.Roll(-0.45, -0.3));
            pen.Oval(dark, side * 0.48, 0.05, 0.38, round);
            pen.Ring(pen.Main, 0.09, side * 0.48, 0.05, 0.38, round);
            pen.Line(Paint.White, 0.04, side * 0.48 - 0.15, -0.02, side * 0.48 - 0.02, -0.16);
        }
        pen.Curve(pen.Main, 0.08, -0.12, 0.0, 0, -0.1, 0.12, 0.0);
    }

    private static void Cap(Pen pen)
    {
        pen.Blob(pen.Deep, -0.55, 0.15, -1, 0.3, -1.02, 0.45, -0.5, 0.42, 0.1, 0.32);
        pen.Blob(pen.Main, -0.6, 0.3, -0.55, -0.2, -0.1, -0.55, 0.4, -0.5, 0.75, -0.1, 0.8, 0.3, 0.1, 0.36);
        pen.Oval(pen.Deep, 0.12, -0.56, 0.09, 0.06);
        pen.Curve(pen.Deep, 0.03, 0.12, -0.54, 0.2, -0.1, 0.18, 0.32);
        pen.Curve(pen.Deep, 0.03, 0.12, -0.54, -0.25, -0.2, -0.3, 0.28);
        if (pen.Odds(0.6)) pen.Oval(pen.Other(), -0.05, -0.05, 0.16, 0.15);
    }

    private static void Tie(Pen pen)
    {
        pen.Poly(pen.Main, -0.1, -0.55, 0.1, -0.55, 0.3, 0.65, 0, 0.98, -0.3, 0.65);
        pen.Poly(pen.Deep, -0.22, -0.95, 0.22, -0.95, 0.12, -0.5, -0.12, -0.5);
        var stripe = pen.Other();
        if (pen.Odds(0.6))
            for (var i = 0; i < 4; i++)
                pen.Line(stripe, 0.08, -0.14 - i * 0.03, -0.2 + i * 0.25, 0.13 + i * 0.035, -0.34 + i * 0.25);
        else for (var i = 0; i < 5; i++) pen.Oval(stripe, i % 2 * 0.14 - 0.07, -0.3 + i * 0.23, 0.05, 0.05);
    }

    private static void Boot(Pen pen)
    {
        pen.Blob(pen.Main, -0.15, -0.9, 0.5, -0.9, 0.48, 0.0, 0.55, 0.65,
            -0.2, 0.68, -0.85, 0.66, -0.9, 0.4, -0.5, 0.22, -0.15, 0.05);
        pen.Poly(Paint.Black, -0.9, 0.66, 0.58, 0.64, 0.58, 0.85, 0.2, 0.85, 0.15, 0.78, -0.88, 0.8);
        pen.Box(pen.Deep, -0.18, -0.94, 0.53, -0.78);
        if (pen.Odds(0.6))
            for (var i = 0; i < 4; i++)
                pen.Line(Paint.Sand, 0.04, -0.18 - i * 0.04, -0.5 + i * 0.18, 0.12 - i * 0.05, -0.44 + i * 0.18);
        else pen.Line(Paint.Gold, 0.06, -0.15, 0.08, 0.5, 0.0);
    }

    private static void Shirt(Pen pen)
    {
        var sleeve = pen.Roll(0.0, 0.5);
        foreach (var side in (ReadOnlySpan<int>)[-1, 1])
            pen.Poly(pen.Main.Shade(0.88), side * 0.35, -0.72, side * 0.62, -0.6,
                side * 0.98, sleeve, side * 0.74, sleeve + 0.12, side * 0.45, -0.15);
        pen.Poly(pen.Main, -0.4, -0.75, -0.18, -0.8, 0, -0.65, 0.18, -0.8,
            0.4, -0.75, 0.52, -0.3, 0.52, 0.85, -0.52, 0.85, -0.52, -0.3);
        pen.Poly(pen.Pale, -0.2, -0.85, 0, -0.62, -0.18, -0.5, -0.3, -0.75);
        pen.Poly(pen.Pale, 0.2, -0.85, 0, -0.62, 0.18, -0.5, 0.3, -0.75);
        if (pen.Odds(0.6)) for (var i = 0; i < 4; i++) pen.Oval(Paint.Black, 0, -0.4 + i * 0.3, 0.04, 0.04);
        else foreach (var y in (ReadOnlySpan<double>)[-0.2, 0.15, 0.5]) pen.Line(pen.Deep, 0.1, -0.5, y, 0.5, y);
    }

    private static void Trousers(Pen pen)
    {
        var apart = pen.Roll(0.06, 0.2);
        pen.Poly(pen.Main, -0.42, -0.9, 0.42, -0.9, 0.5, -0.2, 0.4 + apart, 0.95,
            apart, 0.95, 0, -0.1, -apart, 0.95, -0.4 - apart, 0.95, -0.5, -0.2);
        pen.Box(pen.Deep, -0.43, -0.95, 0.43, -0.8);
        pen.Line(pen.Deep, 0.035, 0, -0.8, 0, -0.15);
        pen.Curve(pen.Deep, 0.035, -0.45, -0.5, -0.3, -0.55, -0.25, -0.78);
        pen.Curve(pen.Deep, 0.035, 0.45, -0.5, 0.3, -0.55, 0.25, -0.78);
        pen.Oval(Paint.Gold, 0, -0.87, 0.05, 0.05);
    }

    private static void Dress(Pen pen)
    {
        var wide = pen.Roll(0.6, 0.85);
        foreach (var side in (ReadOnlySpan<int>)[-1, 1])
            pen.Line(pen.Main, 0.09, side * 0.22, -0.7, side * 0.17, -0.98);
        pen.Poly(pen.Main, -0.32, -0.75, -0.1, -0.68, 0.1, -0.68, 0.32, -0.75, 0.25, -0.2, -0.25, -0.2);
        pen.Blob(pen.Main, -0.24, -0.2, 0.24, -0.2, wide * 0.75, 0.4, wide, 0.85,
            wide * 0.4, 0.93, 0, 0.86, -wide * 0.4, 0.93, -wide, 0.85, -wide * 0.75, 0.4);
        pen.Line(pen.Other(), 0.1, -0.25, -0.2, 0.25, -0.2);
        foreach (var x in (ReadOnlySpan<double>)[-0.35, 0, 0.35])
            pen.Curve(pen.Deep, 0.035, x * 0.4, -0.1, x * wide, 0.4, x * wide * 1.3, 0.82);
    }

    private static void Sock(Pen pen)
    {
        pen.Blob(pen.Main, 0.0, -0.9, 0.55, -0.9, 0.55, 0.1, 0.55, 0.5,
            0.2, 0.65, -0.4, 0.85, -0.8, 0.75, -0.85, 0.45, -0.4, 0.25, -0.02, 0.0);
        var stripe = pen.Other();
        pen.Box(stripe, -0.02, -0.94, 0.57, -0.72);
        foreach (var y in (ReadOnlySpan<double>)[-0.5, -0.28]) pen.Line(stripe, 0.08, 0.02, y, 0.53, y);
        pen.Blob(stripe, -0.85, 0.45, -0.6, 0.35, -0.52, 0.8, -0.78, 0.76);
        pen.Blob(stripe, 0.3, 0.25, 0.56, 0.1, 0.55, 0.5, 0.35, 0.58);
    }

    private static void Glove(Pen pen)
    {
        var spread = pen.Roll(0.6, 1);
        for (var i = 0; i < 4; i++)
        {
            var x = -0.33 + i * 0.22;
            pen.Line(pen.Main, 0.22, x, 0, x * (1 + 0.4 * spread), -0.72 - (i is 1 or 2 ? 0.12 : 0));
        }
        pen.Line(pen.Main, 0.24, 0.25, 0.4, 0.72, -0.05);
        pen.Blob(pen.Main, -0.44, -0.1, 0, -0.15, 0.44, -0.05, 0.46, 0.4, 0.3, 0.65, -0.3, 0.65, -0.44, 0.4);
        pen.Box(pen.Deep, -0.36, 0.6, 0.36, 0.95);
        foreach (var x in (ReadOnlySpan<double>)[-0.2, 0, 0.2]) pen.Line(pen.Deep, 0.035, x, -0.05, x * 0.9, 0.25);
    }

    private static void Hat(Pen pen)
    {
        var high = pen.Roll(-0.85, -0.45);
        pen.Oval(pen.Deep, 0, 0.5, 0.95, 0.2);
        pen.Poly(pen.Main, -0.52, 0.48, -0.56, high, 0.56, high, 0.52, 0.48);
        pen.Oval(pen.Deep, 0, high, 0.56, 0.12);
        pen.Line(pen.Other(), 0.16, -0.52, 0.34, 0.52, 0.34);
        pen.Curve(pen.Deep, 0.06, -0.95, 0.5, 0, 0.66, 0.95, 0.5);
    }

    private static void Crown(Pen pen)
    {
        var high = pen.Roll(-0.75, -0.5);
        pen.Poly(pen.Main, -0.8, 0.6, -0.88, high + 0.1, -0.42, 0.05,
            0, high - 0.15, 0.42, 0.05, 0.88, high + 0.1, 0.8, 0.6);
        pen.Box(pen.Deep, -0.8, 0.42, 0.8, 0.65);
        foreach (var (x, y) in ((double, double)[])[(-0.88, high + 0.08), (0, high - 0.17), (0.88, high + 0.08)])
            pen.Oval(Paint.Red, x, y, 0.1, 0.1);
        foreach (var x in (ReadOnlySpan<double>)[-0.5, 0, 0.5]) pen.Oval(pen.Other(), x, 0.53, 0.1, 0.08);
    }
}
