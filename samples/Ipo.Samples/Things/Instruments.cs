using Ipo.Samples.Drawing;
using SkiaSharp;
using static Ipo.Samples.Drawing.DeterministicTrig;

namespace Ipo.Samples.Things;

/// <summary>Musical instruments.</summary>
internal static class Instruments
{
    private const string Kind = "musical instrument";

    public static IReadOnlyList<Thing> All { get; } =
    [
        new("bass", Kind, "brown orange red black", "a very large stringed instrument", Bass),
        new("horn", Kind, "yellow silver orange", "a coiled brass instrument", Horn),
        new("drum", Kind, "red blue white green", "a skin on a round frame", Drum),
        new("keyboard", Kind, "black white grey", "a row of black and white keys", Keyboard),
        new("organ", Kind, "brown beige red", "many pipes over keys", Organ),
        new("guitar", Kind, "brown orange red black", "six strings over a sound hole", Guitar),
        new("violin", Kind, "brown orange red", "four strings and a bow", Violin),
        new("trumpet", Kind, "yellow silver orange", "a straight brass instrument with valves", Trumpet),
        new("flute", Kind, "silver grey brown", "a straight tube with holes", Flute),
        new("harp", Kind, "yellow brown beige", "a frame of many strings", Harp),
        new("piano", Kind, "black brown white", "a grand piano with a lid", Piano),
        new("accordion", Kind, "red black blue", "a bellows between keys", Accordion),
        new("bell", Kind, "yellow orange silver", "a metal cup that rings", Bell),
        new("tambourine", Kind, "brown red yellow", "a ring with jingles", Tambourine),
    ];

    // The waisted body that bass, violin and their kin share, centred at y with half width w and half height h.
    private static void Body(Pen pen, double y, double w, double h)
    {
        pen.Blob(pen.Main, 0, y - h, w * 0.7, y - h * 0.85, w * 0.75, y - h * 0.4, w * 0.5, y - 0.05 * h,
            w * 0.95, y + h * 0.4, w * 0.75, y + h * 0.9, 0, y + h, -w * 0.75, y + h * 0.9,
            -w * 0.95, y + h * 0.4, -w * 0.5, y - 0.05 * h, -w * 0.75, y - h * 0.4, -w * 0.7, y - h * 0.85);
        foreach (var side in (ReadOnlySpan<int>)[-1, 1])
            pen.Curve(Paint.Black, 0.035, side * w * 0.32, y - h * 0.12,
                side * w * 0.4, y + h * 0.1, side * w * 0.32, y + h * 0.3);
    }

    private static void Neck(Pen pen, double top, double bottom, double width, SKColor wood)
    {
        pen.Line(wood, width, 0, top, 0, bottom);
        pen.Oval(wood, 0, top, width * 0.9, width * 0.8);
        foreach (var side in (ReadOnlySpan<int>)[-1, 1])
            foreach (var dy in (ReadOnlySpan<double>)[0, 0.1])
                pen.Line(Paint.Black, 0.045, side * width * 0.5, top + dy, side * (width * 0.5 + 0.1), top + dy);
    }

    private static void Bass(Pen pen)
    {
        pen.Line(Paint.Black, 0.05, 0, 0.9, 0, 1.02);
        Body(pen, 0.3, 0.55, 0.62);
        Neck(pen, -0.92, 0.35, 0.1, Paint.Black);
        foreach (var x in (ReadOnlySpan<double>)[-0.02, 0.02]) pen.Line(Paint.White, 0.012, x, -0.85, x, 0.62);
        pen.Line(Paint.Sand, 0.05, -0.13, 0.42, 0.13, 0.42);
        pen.Poly(Paint.Black, -0.06, 0.6, 0.06, 0.6, 0.1, 0.82, -0.1, 0.82);
        if (pen.Odds(0.4)) pen.Line(Paint.Wood, 0.04, -0.8, 0.3, 0.75, pen.Roll(0.1, 0.25));
    }

    private static void Horn(Pen pen)
    {
        pen.Blob(pen.Main, 0.1, 0.35, 0.35, 0.3, 0.98, 0.0, 1, 0.85, 0.5, 0.62);
        pen.Oval(pen.Deep, 0.98, 0.42, 0.1, 0.43);
        pen.Ring(pen.Main, 0.14, -0.1, 0.0, 0.52, 0.52);
        pen.Ring(pen.Main.Shade(0.85), 0.09, -0.1, 0.02, 0.3, 0.3);
        pen.Curve(pen.Main, 0.08, -0.3, -0.48, -0.6, -0.7, -0.92, -0.72);
        pen.Oval(pen.Deep, -0.95, -0.72, 0.07, 0.1);
        foreach (var x in (ReadOnlySpan<double>)[-0.28, -0.1, 0.08])
            pen.Box(Paint.Steel, x - 0.05, -0.18, x + 0.06, 0.2);
        if (pen.Odds(0.5)) pen.Line(Paint.Steel, 0.05, -0.3, -0.25, 0.12, -0.25);
    }

    private static void Drum(Pen pen)
    {
        var high = pen.Roll(0.45, 0.7);
        pen.Blob(pen.Main, -0.8, -0.25, 0.8, -0.25, 0.78, -0.25 + high,
            0.4, high - 0.05, 0, high, -0.4, high - 0.05, -0.78, -0.25 + high);
        for (var i = 0; i < 6; i++)
            pen.Line(Paint.Gold, 0.04, -0.78 + i * 0.26, i % 2 == 0 ? -0.12 : high - 0.14,
                -0.52 + i * 0.26, i % 2 == 0 ? high - 0.14 : -0.12);
        pen.Oval(pen.Deep, 0, -0.25, 0.84, 0.28);
        pen.Oval(Paint.White, 0, -0.27, 0.76, 0.23);
        if (!pen.Odds(0.75)) return;
        pen.Line(Paint.Wood, 0.06, -0.1, -0.3, -0.75, -0.9);
        pen.Oval(Paint.Wood, -0.08, -0.28, 0.08, 0.07);
        pen.Line(Paint.Wood, 0.06, 0.15, -0.3, 0.7, -0.92);
        pen.Oval(Paint.Wood, 0.13, -0.28, 0.08, 0.07);
    }

    private static void Keyboard(Pen pen)
    {
        pen.Box(pen.Main, -1, -0.42, 1, 0.45);
        pen.Box(pen.Deep, -0.9, -0.34, 0.9, -0.12);
        for (var i = 0; i < 3; i++) pen.Oval(pen.Other(), -0.75 + i * 0.16, -0.23, 0.055, 0.055);
        pen.Box(Paint.Glass, 0.1, -0.31, 0.6, -0.15);
        pen.Box(Paint.White, -0.92, -0.05, 0.92, 0.4);
        for (var i = 1; i < 10; i++) pen.Line(Paint.Black, 0.02, -0.92 + i * 0.184, -0.05, -0.92 + i * 0.184, 0.4);
        for (var i = 1; i < 10; i++)
            if (i % 7 != 3 && i % 7 != 0) pen.Box(Paint.Black, -0.97 + i * 0.184, -0.05, -0.87 + i * 0.184, 0.2);
        if (!pen.Odds(0.5)) return;
        pen.Line(Paint.Steel, 0.06, -0.5, 0.45, 0.5, 0.95);
        pen.Line(Paint.Steel, 0.06, 0.5, 0.45, -0.5, 0.95);
    }

    private static void Organ(Pen pen)
    {
        for (var i = 0; i < 9; i++)
        {
            double x = -0.72 + i * 0.18, top = -0.95 + Math.Abs(i - 4) * pen.Roll(0.08, 0.12);
            pen.Line(Paint.Gold.Mix(Paint.Steel, i % 2 * 0.3), 0.13, x, top + 0.06, x, 0.1);
            pen.Oval(Paint.Black, x, -0.05, 0.03, 0.05);
        }
        pen.Box(pen.Main, -0.9, 0.08, 0.9, 0.4);
        pen.Box(Paint.White, -0.62, 0.38, 0.62, 0.52);
        for (var i = 1; i < 9; i++) pen.Line(Paint.Black, 0.025, -0.62 + i * 0.138, 0.38, -0.62 + i * 0.138, 0.52);
        pen.Box(pen.Deep, -0.9, 0.4, -0.62, 0.95);
        pen.Box(pen.Deep, 0.62, 0.4, 0.9, 0.95);
        pen.Box(pen.Main, -0.62, 0.55, 0.62, 0.9);
    }

    private static void Guitar(Pen pen)
    {
        var electric = pen.Odds(0.35);
        if (electric)
            pen.Blob(pen.Main, -0.35, -0.12, -0.15, 0.08, 0.15, 0.08,
                0.4, -0.15, 0.35, 0.35, 0.5, 0.75, 0, 0.95, -0.5, 0.75, -0.35, 0.35);
        else pen.Blob(pen.Main, 0, -0.08, 0.35, 0.0, 0.34, 0.28, 0.55, 0.6,
            0.35, 0.93, 0, 0.97, -0.35, 0.93, -0.55, 0.6, -0.34, 0.28, -0.35, 0.0);
        if (!electric) pen.Oval(Paint.Black, 0, 0.4, 0.16, 0.15);
        else foreach (var y in (ReadOnlySpan<double>)[0.3, 0.48]) pen.Box(Paint.White, -0.16, y, 0.16, y + 0.08);
        pen.Line(Paint.Wood.Shade(0.6), 0.12, 0, -0.8, 0, 0.3);
        pen.Box(Paint.Wood.Shade(0.5), -0.12, -1, 0.12, -0.76);
        foreach (var side in (ReadOnlySpan<int>)[-1, 1])
            foreach (var y in (ReadOnlySpan<double>)[-0.96, -0.88, -0.8])
                pen.Oval(Paint.Steel, side * 0.17, y, 0.045, 0.03);
        pen.Box(Paint.Black, -0.2, 0.7, 0.2, 0.77);
        foreach (var x in (ReadOnlySpan<double>)[-0.03, 0.03]) pen.Line(Paint.Sand, 0.012, x, -0.8, x, 0.72);
    }

    private static void Violin(Pen pen)
    {
        Body(pen, 0.22, 0.62, 0.68);
        Neck(pen, -0.86, 0.15, 0.12, Paint.Wood.Shade(0.5));
        pen.Poly(Paint.Black, -0.07, 0.5, 0.07, 0.5, 0.11, 0.8, -0.11, 0.8);
        pen.Oval(Paint.Black, -0.25, 0.8, 0.14, 0.08);
        foreach (var x in (ReadOnlySpan<double>)[-0.025, 0.025]) pen.Line(Paint.White, 0.012, x, -0.8, x, 0.55);
        pen.Line(Paint.Wood.Shade(0.5), 0.045, 0.85, -0.95, 0.55, 0.95);
        pen.Line(Paint.White, 0.025, 0.78, -0.9, 0.5, 0.85);
    }

    private static void Trumpet(Pen pen)
    {
        pen.Ring(pen.Main, 0.09, 0.0, 0.2, 0.5, 0.24);
        pen.Line(pen.Main, 0.1, -0.9, -0.06, 0.5, -0.06);
        pen.Blob(pen.Main, 0.35, -0.12, 0.6, -0.14, 0.95, -0.42, 0.95, 0.3, 0.6, 0.02, 0.35, 0.0);
        pen.Oval(pen.Deep, 0.95, -0.06, 0.08, 0.37);
        pen.Oval(Paint.Steel, -0.95, -0.06, 0.07, 0.1);
        var pressed = pen.Count(0, 2);
        for (var i = 0; i < 3; i++)
        {
            var x = -0.2 + i * 0.19;
            pen.Box(pen.Pale, x - 0.07, -0.22, x + 0.07, 0.45);
            pen.Line(Paint.Steel, 0.04, x, -0.22, x, i == pressed ? -0.3 : -0.42);
            pen.Oval(Paint.White, x, i == pressed ? -0.3 : -0.42, 0.07, 0.04);
        }
    }

    private static void Flute(Pen pen)
    {
        var slope = pen.Roll(0.25, 0.6);
        pen.Line(pen.Main, 0.16, -0.95, slope, 0.95, -slope);
        foreach (var t in (ReadOnlySpan<double>)[-0.5, 0.55])
            pen.Line(pen.Deep, 0.2, t * 0.95 - 0.03, -slope * t + 0.02, t * 0.95 + 0.03, -slope * t - 0.02);
        for (var i = 0; i < 7; i++)
        {
            var t = -0.35 + i * 0.13;
            pen.Oval(i % 3 == 2 ? pen.Pale : Paint.Black, t * 0.95, -slope * t - 0.01, 0.055, 0.05);
        }
        pen.Oval(Paint.Black, 0.72, -slope * 0.76, 0.08, 0.05);
        if (pen.Odds(0.4))
            for (var i = 0; i < 2; i++)
                pen.Line(pen.Deep, 0.05, 0.1 + i * 0.4, 0.15 + i * 0.1,
                    0.1 + i * 0.4, 0.55 + i * 0.1, 0.25 + i * 0.4, 0.5 + i * 0.1);
    }

    private static void Harp(Pen pen)
    {
        for (var i = 0; i < 8; i++)
        {
            var t = (i + 0.5) / 8;
            pen.Line(Paint.White.Shade(0.85), 0.02, -0.5 + 1.1 * t, -0.78 + 0.2 * Sin(t * 0.9),
                -0.5 + 1.0 * t + 0.1, 0.78 - 1.25 * t * t);
        }
        pen.Line(pen.Main, 0.13, -0.6, -0.85, -0.55, 0.88);
        pen.Curve(pen.Main, 0.13, -0.6, -0.85, -0.3, -0.62, 0.1, -0.58, 0.4, -0.85, 0.75, -0.72);
        pen.Curve(pen.Main, 0.17, -0.5, 0.85, 0.1, 0.5, 0.55, -0.1, 0.75, -0.72);
        pen.Oval(pen.Deep, -0.6, -0.9, 0.12, 0.09);
        pen.Box(pen.Deep, -0.75, 0.84, 0.1, 0.96);
    }

    private static void Piano(Pen pen)
    {
        pen.Poly(pen.Deep, -0.75, -0.15, -0.4, pen.Roll(-0.95, -0.75), 0.75, -0.6, 0.85, -0.1);
        pen.Line(Paint.Wood, 0.04, 0.2, -0.1, 0.3, -0.68);
        pen.Blob(pen.Main, -0.95, -0.1, 0.6, -0.15, 0.95, -0.1, 0.9, 0.25, 0.4, 0.3, -0.95, 0.3);
        pen.Box(Paint.White, -0.95, 0.08, 0.1, 0.22);
        for (var i = 0; i < 10; i++) pen.Line(Paint.Black, 0.035, -0.88 + i * 0.1, 0.08, -0.88 + i * 0.1, 0.16);
        foreach (var x in (ReadOnlySpan<double>)[-0.8, 0.0, 0.75]) pen.Line(pen.Deep, 0.1, x, 0.3, x, 0.9);
        pen.Line(Paint.Gold, 0.05, -0.4, 0.3, -0.4, 0.8);
    }

    private static void Accordion(Pen pen)
    {
        var stretch = pen.Roll(0.3, 0.5);
        for (var i = 0; i < 7; i++)
        {
            double x = -stretch + i * stretch * 2 / 7, w = stretch * 2 / 7;
            pen.Poly(i % 2 == 0 ? pen.Pale : pen.Deep, x, -0.5,
                x + w, -0.58 + i % 2 * 0.1, x + w, 0.55 - i % 2 * 0.1, x, 0.5);
        }
        pen.Box(pen.Main, -stretch - 0.42, -0.6, -stretch, 0.6);
        pen.Box(pen.Main, stretch, -0.6, stretch + 0.45, 0.6);
        pen.Box(Paint.White, stretch + 0.24, -0.55, stretch + 0.45, 0.55);
        for (var i = 1; i < 8; i++)
            pen.Line(Paint.Black, 0.045, stretch + 0.34, -0.55 + i * 0.138, stretch + 0.45, -0.55 + i * 0.138);
        for (var i = 0; i < 8; i++)
            pen.Oval(Paint.White, -stretch - 0.3 + i % 2 * 0.16, -0.42 + i / 2 * 0.28, 0.05, 0.05);
    }

    private static void Bell(Pen pen)
    {
        pen.Oval(pen.Deep.Shade(0.7), pen.Roll(-0.15, 0.15), 0.78, 0.14, 0.14);
        pen.Blob(pen.Main, 0, -0.75, 0.3, -0.6, 0.42, 0.0, 0.5, 0.4,
            0.8, 0.65, 0, 0.72, -0.8, 0.65, -0.5, 0.4, -0.42, 0.0, -0.3, -0.6);
        pen.Curve(pen.Deep, 0.06, -0.52, 0.4, 0, 0.46, 0.52, 0.4);
        pen.Line(pen.Pale, 0.07, -0.2, -0.45, -0.26, 0.2);
        pen.Ring(pen.Deep, 0.07, 0, -0.84, 0.12, 0.11);
        if (pen.Odds(0.4)) pen.Blob(Paint.Red, 0, -0.72, -0.4, -0.98, -0.45, -0.6, 0, -0.7, 0.45, -0.6, 0.4, -0.98);
    }

    private static void Tambourine(Pen pen)
    {
        pen.Oval(pen.Main, 0, 0, 0.82, 0.78);
        pen.Oval(Paint.White.Mix(Paint.Sand, 0.3), 0, 0, 0.64, 0.6);
        var turn = pen.Roll(0, 0.15);
        for (var i = 0; i < 7; i++)
        {
            double t = turn + i / 7.0, x = 0.74 * Cos(t), y = 0.7 * Sin(t);
            pen.Oval(Paint.Black, x, y, 0.14, 0.12, t);
            pen.Oval(Paint.Gold, x * 1.05, y * 1.05, 0.13, 0.055, t);
        }
    }
}
