using Ipo.Samples.Drawing;
using SkiaSharp;
using static Ipo.Samples.Drawing.DeterministicTrig;

namespace Ipo.Samples.Things;

/// <summary>Animals of the land.</summary>
internal static class Animals
{
    private const string Kind = "animal";

    public static IReadOnlyList<Thing> All { get; } =
    [
        new("bat", Kind, "black brown grey purple", "a flying mammal", Bat),
        new("mouse", Kind, "grey white brown beige", "a small rodent", Mouse),
        new("jaguar", Kind, "orange yellow beige brown", "a spotted big cat", Jaguar),
        new("beetle", Kind, "red green black blue brown", "an insect with hard wings", Beetle),
        new("cricket", Kind, "green brown yellow black", "a jumping insect", Cricket),
        new("calf", Kind, "brown white black beige", "a young cow", Calf),
        new("rat", Kind, "grey brown black white", "a long-tailed rodent", Rat),
        new("cat", Kind, "grey orange black white brown", "a pet that purrs", Cat),
        new("dog", Kind, "brown beige black white grey", "a pet that barks", Dog),
        new("rabbit", Kind, "white grey brown beige", "a long-eared animal", Rabbit),
        new("elephant", Kind, "grey silver brown pink", "a huge animal with tusks", Elephant),
        new("giraffe", Kind, "yellow orange beige brown", "an animal with a long neck", Giraffe),
        new("hedgehog", Kind, "brown grey beige black", "a spiny animal", Hedgehog),
        new("butterfly", Kind, "orange blue yellow purple pink red", "an insect with broad wings", Butterfly),
        new("snail", Kind, "brown orange beige pink yellow", "a slow animal with a shell", Snail),
        new("snake", Kind, "green brown yellow red black", "a long animal without legs", Snake),
    ];

    private static void Legs(Pen pen, SKColor colour, double top, double bottom, double width, params ReadOnlySpan<double> places)
    {
        foreach (var x in places) pen.Line(colour, width, x, top, x + pen.Roll(-0.1, 0.1), bottom);
    }

    private static void Bat(Pen pen)
    {
        var lift = pen.Roll(-0.35, 0.25);
        foreach (var side in (ReadOnlySpan<int>)[-1, 1])
            pen.Poly(pen.Deep, 0, -0.2, side * 0.45, -0.4 + lift, side, -0.25 + lift, side * 0.92, 0.25 + lift * 0.5,
                side * 0.72, 0.05, side * 0.58, 0.32, side * 0.4, 0.1, side * 0.22, 0.36, 0, 0.3);
        foreach (var side in (ReadOnlySpan<int>)[-1, 1])
        {
            pen.Line(pen.Main.Shade(0.45), 0.03, side * 0.1, -0.1, side * 0.45, -0.4 + lift, side * 0.58, 0.32);
            pen.Poly(pen.Main, side * 0.04, -0.35, side * 0.2, -0.68, side * 0.26, -0.32);
        }
        pen.Oval(pen.Main, 0, 0.1, 0.19, 0.36);
        pen.Oval(pen.Main, 0, -0.28, 0.22, 0.2);
        pen.Oval(Paint.Yellow, -0.09, -0.3, 0.055, 0.05);
        pen.Oval(Paint.Yellow, 0.09, -0.3, 0.055, 0.05);
        pen.Poly(Paint.White, -0.06, -0.18, -0.02, -0.18, -0.04, -0.09);
        pen.Poly(Paint.White, 0.06, -0.18, 0.02, -0.18, 0.04, -0.09);
    }

    private static void Mouse(Pen pen)
    {
        pen.Curve(Paint.Skin, 0.055, 0.55, 0.4, 0.85, 0.5, 0.95, pen.Roll(-0.2, 0.3), 0.72, pen.Roll(-0.5, -0.1));
        pen.Blob(pen.Main, -0.85, 0.25, -0.4, -0.2, 0.2, -0.35, 0.65, 0.05, 0.68, 0.45, 0.1, 0.55, -0.5, 0.5);
        pen.Oval(pen.Deep, -0.02, -0.38, 0.25, 0.27);
        pen.Oval(pen.Main, -0.38, -0.33, 0.28, 0.3);
        pen.Oval(Paint.Skin, -0.38, -0.32, 0.18, 0.2);
        pen.Oval(Paint.Of("pink"), -0.86, 0.24, 0.08, 0.07);
        pen.Eye(-0.55, 0.08, 0.06);
        foreach (var dy in (ReadOnlySpan<double>)[0.1, 0.32, 0.5])
            pen.Line(pen.Deep, 0.02, -0.72, 0.3, -0.98, dy + 0.1);
        pen.Oval(Paint.Skin, -0.3, 0.57, 0.12, 0.06);
        pen.Oval(Paint.Skin, 0.35, 0.57, 0.14, 0.06);
    }

    private static void Rat(Pen pen)
    {
        pen.Curve(Paint.Skin, 0.06, 0.5, 0.3, 0.75, 0.52, 1, 0.35, pen.Roll(0.75, 1.05), pen.Roll(-0.45, 0.0));
        pen.Blob(pen.Main, -1, 0.12, -0.6, -0.16, -0.1, -0.22,
            0.35, -0.26, 0.66, 0.05, 0.6, 0.38, 0.1, 0.42, -0.55, 0.32);
        pen.Oval(pen.Deep, -0.5, -0.2, 0.12, 0.14);
        pen.Eye(-0.74, 0.0, 0.05);
        pen.Oval(Paint.Black, -1, 0.12, 0.05, 0.05);
        pen.Line(pen.Deep, 0.02, -0.9, 0.18, -1, 0.4);
        pen.Line(pen.Deep, 0.02, -0.86, 0.2, -0.82, 0.42);
        Legs(pen, pen.Deep, 0.35, 0.58, 0.08, -0.45, -0.3, 0.3, 0.45);
    }

    private static void Jaguar(Pen pen)
    {
        pen.Curve(pen.Main, 0.1, 0.6, -0.1, 0.9, -0.15, 0.95, -0.5, pen.Roll(0.7, 1), -0.75);
        Legs(pen, pen.Deep, 0.1, 0.72, 0.15, -0.35, 0.5);
        pen.Blob(pen.Main, -0.6, -0.25, -0.1, -0.32, 0.4, -0.35,
            0.7, -0.15, 0.65, 0.25, 0.2, 0.2, -0.3, 0.28, -0.6, 0.2);
        Legs(pen, pen.Main, 0.1, 0.75, 0.17, -0.5, 0.6);
        var head = pen.Roll(-0.45, -0.2);
        pen.Oval(pen.Main, -0.82, head - 0.18, 0.08, 0.09);
        pen.Oval(pen.Main, -0.55, head - 0.2, 0.08, 0.09);
        pen.Oval(pen.Main, -0.7, head, 0.26, 0.22);
        pen.Oval(Paint.White, -0.84, head + 0.09, 0.13, 0.09);
        pen.Eye(-0.75, head - 0.05, 0.04);
        pen.Oval(Paint.Black, -0.9, head + 0.05, 0.05, 0.035);
        for (var i = 0; i < 14; i++)
            pen.Oval(Paint.Black, -0.45 + i % 7 * 0.16 + pen.Roll(-0.03, 0.03),
                -0.18 + i / 7 * 0.2 + pen.Roll(-0.05, 0.05), 0.045, 0.04);
    }

    private static void Beetle(Pen pen)
    {
        foreach (var side in (ReadOnlySpan<int>)[-1, 1])
        {
            foreach (var y in (ReadOnlySpan<double>)[-0.25, 0.1, 0.45])
                pen.Line(Paint.Black, 0.06, side * 0.3, y,
                    side * 0.72, y + pen.Roll(-0.2, 0.05), side * 0.85, y + 0.22);
            pen.Curve(Paint.Black, 0.04, side * 0.1, -0.75, side * 0.25, -0.95, side * 0.4, -0.95);
        }
        pen.Oval(Paint.Black, 0, -0.65, 0.24, 0.2);
        pen.Oval(pen.Deep, 0, -0.42, 0.4, 0.22);
        pen.Blob(pen.Main, 0, -0.4, 0.45, -0.2, 0.52, 0.3, 0.3, 0.75, 0, 0.88, -0.3, 0.75, -0.52, 0.3, -0.45, -0.2);
        pen.Line(Paint.Black, 0.04, 0, -0.4, 0, 0.88);
        if (!pen.Odds(0.5)) return;
        foreach (var side in (ReadOnlySpan<int>)[-1, 1])
        {
            pen.Oval(Paint.Black, side * 0.24, -0.05, 0.1, 0.1);
            pen.Oval(Paint.Black, side * 0.27, 0.38, 0.1, 0.1);
        }
    }

    private static void Cricket(Pen pen)
    {
        pen.Curve(pen.Deep, 0.025, -0.75, -0.15, -0.95, -0.5, -0.6, -0.85);
        pen.Curve(pen.Deep, 0.025, -0.7, -0.18, -0.7, -0.6, -0.2, -0.85);
        pen.Line(pen.Deep, 0.05, -0.4, 0.15, -0.55, 0.55);
        pen.Line(pen.Deep, 0.05, -0.15, 0.2, -0.2, 0.58);
        pen.Blob(pen.Main, -0.85, -0.05, -0.65, -0.2, 0, -0.12, 0.7, 0.1, 0.95, 0.28, 0.4, 0.3, -0.4, 0.25, -0.8, 0.15);
        pen.Blob(pen.Deep, -0.4, -0.12, 0.3, -0.12, 0.9, 0.15, 0.3, 0.12);
        var knee = pen.Roll(-0.75, -0.5);
        pen.Blob(pen.Main, 0.05, 0.2, 0.1, -0.05, 0.42, knee, 0.52, knee, 0.38, 0.05);
        pen.Line(pen.Deep, 0.05, 0.48, knee + 0.03, 0.75, 0.6, 0.95, 0.6);
        pen.Oval(pen.Main, -0.78, 0, 0.17, 0.19);
        pen.Eye(-0.84, -0.06, 0.05);
    }

    private static void Cat(Pen pen)
    {
        pen.Curve(pen.Main, 0.12, 0.4, 0.7, 0.85, 0.55, 0.8, 0.0, pen.Roll(0.65, 0.95), -0.3);
        pen.Blob(pen.Main, -0.3, -0.05, 0.15, -0.1, 0.5, 0.45, 0.45, 0.85, -0.1, 0.9, -0.45, 0.85, -0.4, 0.35);
        pen.Oval(pen.Pale, -0.12, 0.45, 0.18, 0.3);
        pen.Poly(pen.Main, -0.55, -0.35, -0.52, -0.95, -0.15, -0.62);
        pen.Poly(pen.Main, 0.35, -0.35, 0.34, -0.95, -0.05, -0.62);
        pen.Oval(pen.Main, -0.1, -0.35, 0.47, 0.38);
        pen.Oval(Paint.Of("green"), -0.28, -0.4, 0.09, 0.1);
        pen.Oval(Paint.Of("green"), 0.08, -0.4, 0.09, 0.1);
        pen.Eye(-0.28, -0.4);
        pen.Eye(0.08, -0.4);
        pen.Poly(Paint.Of("pink"), -0.16, -0.24, -0.04, -0.24, -0.1, -0.16);
        foreach (var dy in (ReadOnlySpan<double>)[-0.06, 0.04])
        {
            pen.Line(pen.Deep, 0.02, -0.28, -0.18 + dy, -0.7, -0.2 + dy * 2);
            pen.Line(pen.Deep, 0.02, 0.08, -0.18 + dy, 0.5, -0.2 + dy * 2);
        }
        if (pen.Odds(0.5))
            foreach (var x in (ReadOnlySpan<double>)[-0.22, -0.1, 0.02]) pen.Line(pen.Deep, 0.05, x, -0.7, x, -0.56);
        pen.Oval(pen.Pale, -0.25, 0.87, 0.15, 0.08);
        pen.Oval(pen.Pale, 0.08, 0.87, 0.15, 0.08);
    }

    private static void Dog(Pen pen)
    {
        pen.Curve(pen.Main, 0.1, 0.6, 0.0, 0.85, -0.25, pen.Roll(0.75, 0.95), pen.Roll(-0.6, -0.35));
        Legs(pen, pen.Deep, 0.2, 0.85, 0.16, -0.2, 0.45);
        pen.Blob(pen.Main, -0.45, -0.1, 0.1, -0.12, 0.6, -0.08, 0.7, 0.2, 0.5, 0.42, 0, 0.38, -0.45, 0.42);
        Legs(pen, pen.Main, 0.2, 0.88, 0.17, -0.35, 0.58);
        pen.Blob(pen.Main, -0.4, -0.55, -0.2, -0.4, -0.2, 0.1, -0.5, 0.15, -0.6, -0.2);
        pen.Blob(pen.Main, -0.95, -0.32, -0.65, -0.5, -0.4, -0.68, -0.2, -0.5, -0.28, -0.2, -0.6, -0.12, -0.92, -0.14);
        var ear = pen.Roll(0, 0.25);
        pen.Blob(pen.Deep, -0.3, -0.65, -0.12, -0.5, -0.05, -0.2 + ear, -0.2, -0.1 + ear, -0.3, -0.35);
        pen.Oval(Paint.Black, -0.93, -0.3, 0.07, 0.06);
        pen.Eye(-0.55, -0.46, 0.05);
        pen.Line(Paint.Red, 0.06, -0.55, -0.02, -0.2, 0.02);
        if (pen.Odds(0.5)) pen.Blob(pen.Deep, 0.15, -0.1, 0.45, -0.08, 0.4, 0.2, 0.2, 0.15);
    }

    private static void Rabbit(Pen pen)
    {
        pen.Oval(Paint.White, 0.68, 0.5, 0.15, 0.15);
        pen.Blob(pen.Main, -0.4, 0.2, 0, -0.05, 0.5, 0.1, 0.7, 0.55, 0.5, 0.85, -0.1, 0.88, -0.45, 0.8);
        pen.Oval(pen.Deep, 0.35, 0.78, 0.32, 0.12);
        pen.Oval(pen.Main, -0.3, 0.85, 0.22, 0.09);
        double first = pen.Roll(-0.05, 0.02), second = pen.Roll(0.02, 0.14);
        pen.Oval(pen.Deep, -0.16 + second, -0.6, 0.1, 0.38, second);
        pen.Oval(pen.Main, -0.42, -0.6, 0.12, 0.4, first);
        pen.Oval(Paint.Of("pink"), -0.42, -0.6, 0.06, 0.28, first);
        pen.Oval(pen.Main, -0.42, -0.05, 0.33, 0.29);
        pen.Eye(-0.5, -0.12, 0.055);
        pen.Oval(Paint.Of("pink"), -0.73, -0.02, 0.06, 0.045);
        pen.Oval(pen.Pale, -0.58, 0.08, 0.12, 0.09);
    }

    private static void Elephant(Pen pen)
    {
        pen.Curve(pen.Deep, 0.05, 0.78, -0.1, 0.95, 0.15, 0.92, 0.4);
        Legs(pen, pen.Deep, 0.2, 0.8, 0.22, -0.1, 0.45);
        pen.Blob(pen.Main, -0.35, -0.4, 0.2, -0.6, 0.75, -0.35, 0.85, 0.15, 0.55, 0.4, 0, 0.4, -0.4, 0.3);
        Legs(pen, pen.Main, 0.2, 0.85, 0.25, -0.3, 0.68);
        double tip = pen.Roll(-0.1, 0.5), bend = tip < 0.2 ? 0.35 : 0.3;
        pen.Curve(pen.Main, 0.19, -0.65, -0.15, -0.8, 0.2, -0.85, bend, -0.98, tip);
        pen.Oval(pen.Main, -0.5, -0.28, 0.34, 0.35);
        pen.Poly(Paint.White, -0.68, 0.02, -0.58, 0.04, -0.82, 0.32);
        pen.Blob(pen.Deep, -0.4, -0.6, -0.1, -0.62, 0.05, -0.25, -0.05, 0.15, -0.28, 0.12, -0.42, -0.2);
        pen.Eye(-0.6, -0.3, 0.045);
    }

    private static void Giraffe(Pen pen)
    {
        var neck = pen.Roll(-0.6, -0.3);
        pen.Line(pen.Deep, 0.04, 0.7, 0.15, 0.82, 0.5);
        Legs(pen, pen.Deep, 0.3, 0.95, 0.09, 0.0, 0.5);
        pen.Blob(pen.Main, -0.1, 0.0, 0.4, 0.08, 0.72, 0.2, 0.65, 0.45, 0.2, 0.42, -0.1, 0.42);
        Legs(pen, pen.Main, 0.3, 0.97, 0.1, -0.06, 0.62);
        pen.Poly(pen.Main, neck, -0.75, neck + 0.18, -0.8, 0.22, 0.12, -0.12, 0.3);
        pen.Line(Paint.Wood.Shade(0.6), 0.045, neck + 0.16, -0.82, neck + 0.14, -0.98);
        pen.Line(Paint.Wood.Shade(0.6), 0.045, neck + 0.06, -0.82, neck + 0.02, -0.98);
        pen.Blob(pen.Main, neck - 0.28, -0.66, neck, -0.88, neck + 0.2, -0.84, neck + 0.16, -0.66, neck - 0.2, -0.56);
        pen.Eye(neck + 0.02, -0.76, 0.035);
        var spot = Paint.Wood.Shade(0.75);
        for (var i = 0; i < 5; i++)
        {
            var t = 0.15 + i * 0.17;
            pen.Oval(spot, neck + 0.1 + (0.03 - neck) * t, -0.75 + 0.9 * t, 0.05, 0.06);
        }
        for (var i = 0; i < 7; i++) pen.Oval(spot, 0.02 + i % 4 * 0.18, 0.15 + i / 4 * 0.14, 0.055, 0.05);
    }

    private static void Hedgehog(Pen pen)
    {
        Span<double> spines = stackalloc double[68];
        for (var i = 0; i < 34; i++)
        {
            var t = 0.47 + i / 33.0 * 0.56;
            var r = i % 2 == 0 ? 0.62 : 0.85;
            (spines[2 * i], spines[2 * i + 1]) = (0.12 + r * Cos(t), 0.35 + r * 0.95 * Sin(t));
        }
        pen.Poly(pen.Deep, spines);
        pen.Blob(Paint.Skin, -0.98, 0.28, -0.55, -0.05, -0.3, 0.1, -0.2, 0.5, -0.6, 0.55);
        pen.Oval(Paint.Skin, 0.1, 0.5, 0.6, 0.14);
        for (var i = 0; i < 9; i++)
            pen.Line(pen.Pale, 0.03, -0.2 + i % 5 * 0.2, -0.15 + i / 5 * 0.25,
                -0.1 + i % 5 * 0.22, -0.28 + i / 5 * 0.25);
        pen.Oval(Paint.Black, -0.97, 0.26, 0.08, 0.07);
        pen.Eye(-0.6, 0.16, 0.055);
        Legs(pen, Paint.Skin.Shade(0.8), 0.55, 0.72, 0.12, -0.3, 0.4);
    }

    private static void Butterfly(Pen pen)
    {
        double spread = pen.Roll(0.75, 1), spot = pen.Roll(0.08, 0.16);
        var mark = pen.Other();
        foreach (var side in (ReadOnlySpan<int>)[-1, 1])
        {
            pen.Blob(pen.Main, 0, -0.1, side * 0.35 * spread, -0.72,
                side * 0.9 * spread, -0.8, side * 0.95 * spread, -0.3, side * 0.5 * spread, 0.05);
            pen.Blob(pen.Deep, 0, 0.0, side * 0.5 * spread, 0.02,
                side * 0.78 * spread, 0.4, side * 0.5 * spread, 0.8, side * 0.2 * spread, 0.55);
            pen.Oval(mark, side * 0.66 * spread, -0.5, spot, spot);
            pen.Oval(mark, side * 0.48 * spread, 0.4, spot * 0.8, spot * 0.8);
            pen.Curve(Paint.Black, 0.03, 0, -0.4, side * 0.1, -0.75, side * 0.28, -0.9);
        }
        pen.Oval(Paint.Black, 0, 0.05, 0.075, 0.48);
        pen.Oval(Paint.Black, 0, -0.42, 0.1, 0.1);
    }

    private static void Snail(Pen pen)
    {
        pen.Blob(Paint.Skin, -0.85, 0.1, -0.6, 0.05, -0.5, 0.45,
            0.2, 0.5, 0.95, 0.62, 0.9, 0.72, -0.5, 0.72, -0.78, 0.5);
        pen.Line(Paint.Skin, 0.05, -0.75, 0.15, -0.92, -0.3);
        pen.Line(Paint.Skin, 0.05, -0.65, 0.12, -0.62, -0.32);
        pen.Eye(-0.92, -0.32, 0.06);
        pen.Eye(-0.62, -0.34, 0.06);
        pen.Oval(pen.Main, 0.18, 0.02, 0.58, 0.54);
        Span<double> coil = stackalloc double[48];
        for (var i = 0; i < 24; i++)
        {
            var r = 0.5 * (1 - i / 26.0);
            (coil[2 * i], coil[2 * i + 1]) = (0.18 + r * Cos(0.4 + i / 10.0), 0.02 + r * Sin(0.4 + i / 10.0));
        }
        pen.Curve(pen.Deep, 0.06, coil);
    }

    private static void Snake(Pen pen)
    {
        var high = pen.Roll(0.25, 0.4);
        pen.Curve(pen.Main, 0.2, 0.95, 0.45, 0.7, 0.45 - high, 0.4, 0.3,
            0.1, 0.55, -0.2, 0.3 - high, -0.4, 0.1, -0.5, -0.2, -0.62, -0.4);
        for (var i = 0; i < 5; i++) pen.Oval(pen.Deep, 0.78 - i * 0.22, i % 2 == 0 ? 0.25 : 0.38, 0.06, 0.05);
        pen.Oval(pen.Main, -0.7, -0.45, 0.24, 0.17, 0.05);
        pen.Eye(-0.72, -0.52, 0.05);
        pen.Line(Paint.Red, 0.03, -0.92, -0.4, -1.05, -0.34, -1.12, -0.4);
        pen.Line(Paint.Red, 0.03, -1.05, -0.34, -1.12, -0.26);
    }

    private static void Calf(Pen pen)
    {
        var patch = pen.Main.Light() > 120 ? Paint.Wood.Shade(0.6) : Paint.White;
        pen.Line(pen.Main, 0.06, 0.66, -0.15, 0.82, 0.1, pen.Roll(0.7, 0.9), 0.4);
        Legs(pen, pen.Deep, 0.2, 0.85, 0.13, -0.15, 0.45);
        pen.Blob(pen.Main, -0.4, -0.2, 0.1, -0.2, 0.6, -0.25, 0.7, 0.1, 0.55, 0.36, 0, 0.34, -0.4, 0.36);
        pen.Blob(patch, 0.1, -0.2, 0.4, -0.2, 0.38, 0.1, 0.15, 0.12);
        Legs(pen, pen.Main, 0.2, 0.88, 0.14, -0.32, 0.58);
        var head = pen.Roll(-0.5, -0.25);
        pen.Blob(pen.Main, -0.5, head, -0.25, -0.25, -0.15, 0.15, -0.45, 0.15);
        pen.Blob(pen.Main, -0.75, head - 0.2, -0.45, head - 0.25, -0.42, head + 0.1,
            -0.7, head + 0.38, -0.95, head + 0.35, -0.92, head + 0.12);
        pen.Oval(pen.Deep, -0.36, head - 0.14, 0.16, 0.08, 0.05);
        pen.Oval(Paint.Of("pink"), -0.86, head + 0.28, 0.14, 0.1);
        pen.Oval(Paint.Black, -0.9, head + 0.26, 0.03, 0.03);
        pen.Eye(-0.64, head - 0.02, 0.05);
    }
}
