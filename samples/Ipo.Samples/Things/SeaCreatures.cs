using Ipo.Samples.Drawing;
using static Ipo.Samples.Drawing.DeterministicTrig;

namespace Ipo.Samples.Things;

/// <summary>Animals of the water.</summary>
internal static class SeaCreatures
{
    private const string Kind = "sea creature";

    public static IReadOnlyList<Thing> All { get; } =
    [
        new("seal", Kind, "grey silver brown black", "a swimming mammal with whiskers", Seal),
        new("bass", Kind, "green silver grey yellow", "a fish with a spiny fin", Bass),
        new("skate", Kind, "brown grey beige black", "a flat fish with broad fins", Skate),
        new("walrus", Kind, "brown beige grey pink", "a sea mammal with long tusks", Walrus),
        new("whale", Kind, "blue grey black", "the largest animal of the sea", Whale),
        new("crab", Kind, "red orange brown blue", "an animal with claws", Crab),
        new("octopus", Kind, "purple red orange pink", "an animal with eight arms", Octopus),
        new("jellyfish", Kind, "pink purple blue white", "a soft animal with threads", Jellyfish),
        new("turtle", Kind, "green brown yellow", "a slow animal in a shell", Turtle),
        new("shark", Kind, "grey blue silver", "a fish with many teeth", Shark),
        new("goldfish", Kind, "orange red yellow white", "a small orange fish", Goldfish),
        new("starfish", Kind, "orange red yellow purple pink", "an animal with five arms", Starfish),
    ];

    private static void Seal(Pen pen)
    {
        var head = pen.Roll(-0.6, -0.4);
        pen.Blob(pen.Deep, 0.75, 0.5, 1, 0.25, 0.98, 0.5, 1.05, 0.68, 0.8, 0.66);
        pen.Blob(pen.Main, -0.6, head, -0.3, head - 0.1, -0.12, 0.0,
            0.35, 0.3, 0.85, 0.55, 0.6, 0.72, 0, 0.75, -0.55, 0.7, -0.65, 0.2);
        pen.Oval(pen.Main, -0.45, head, 0.28, 0.24);
        pen.Blob(pen.Deep, -0.25, 0.4, -0.05, 0.45, -0.1, 0.75, -0.5, 0.88, -0.4, 0.68);
        pen.Oval(pen.Pale, -0.62, head + 0.08, 0.13, 0.1);
        pen.Oval(Paint.Black, -0.72, head + 0.02, 0.06, 0.05);
        pen.Eye(-0.5, head - 0.06, 0.06);
        foreach (var y in (ReadOnlySpan<double>)[0.08, 0.16, 0.24])
            pen.Line(Paint.Black, 0.018, -0.62, head + 0.1, -0.95, head + y);
        if (pen.Odds(0.5))
            for (var i = 0; i < 5; i++) pen.Oval(pen.Deep, -0.1 + i * 0.15, 0.35 + i % 2 * 0.18, 0.05, 0.04);
    }

    private static void Walrus(Pen pen)
    {
        pen.Blob(pen.Deep, 0.75, 0.5, 1.02, 0.35, 1.05, 0.62, 0.8, 0.68);
        pen.Blob(pen.Main, -0.75, -0.35, -0.4, -0.7, 0.0, -0.4, 0.5, 0.1,
            0.88, 0.55, 0.6, 0.75, -0.2, 0.8, -0.7, 0.72, -0.85, 0.2);
        pen.Blob(pen.Deep, -0.15, 0.4, 0.1, 0.5, 0.0, 0.8, -0.4, 0.88, -0.3, 0.65);
        var length = pen.Roll(0.4, 0.6);
        pen.Poly(Paint.White, -0.72, -0.1, -0.58, -0.1, -0.68, length);
        pen.Poly(Paint.White, -0.46, -0.1, -0.34, -0.1, -0.46, length);
        pen.Oval(pen.Pale, -0.66, -0.15, 0.17, 0.14);
        pen.Oval(pen.Pale, -0.4, -0.15, 0.17, 0.14);
        pen.Oval(Paint.Black, -0.53, -0.27, 0.09, 0.06);
        pen.Eye(-0.66, -0.42);
        pen.Eye(-0.4, -0.42);
    }

    private static void Bass(Pen pen)
    {
        pen.Poly(pen.Deep, 0.6, 0, 1, -0.38, 0.9, 0.02, 1, 0.42);
        pen.Poly(pen.Deep, -0.35, -0.35, -0.25, -0.72, -0.12, -0.52, 0.0, -0.68, 0.1, -0.48, 0.22, -0.6, 0.35, -0.25);
        pen.Poly(pen.Deep, 0.05, 0.3, 0.25, 0.55, 0.35, 0.22);
        pen.Blob(pen.Main, -0.95, -0.02, -0.55, -0.32, 0, -0.42,
            0.45, -0.2, 0.72, 0, 0.45, 0.2, 0, 0.4, -0.5, 0.38, -0.9, 0.2);
        pen.Poly(Paint.White, -1, 0.04, -0.68, 0.12, -0.9, 0.24);
        pen.Curve(pen.Deep, 0.05, -0.45, -0.28, -0.36, 0.0, -0.46, 0.33);
        pen.Line(pen.Deep.Shade(0.7), 0.07, -0.35, -0.02, 0.1, pen.Roll(-0.08, 0.0), 0.65, 0);
        pen.Poly(pen.Deep, -0.25, 0.1, 0.08, 0.18, -0.05, 0.34);
        pen.Eye(-0.62, -0.12, 0.07);
    }

    private static void Skate(Pen pen)
    {
        var wide = pen.Roll(0.82, 1);
        pen.Curve(pen.Deep, 0.08, 0, 0.3, pen.Roll(-0.15, 0.15), 0.65, pen.Roll(-0.3, 0.3), 1);
        pen.Blob(pen.Main, 0, -0.85, 0.22, -0.55, wide, -0.12, wide * 0.92, 0.05, 0.4, 0.35,
            0.12, 0.48, -0.12, 0.48, -0.4, 0.35, -wide * 0.92, 0.05, -wide, -0.12, -0.22, -0.55);
        pen.Oval(pen.Deep, -0.14, -0.42, 0.09, 0.08);
        pen.Oval(pen.Deep, 0.14, -0.42, 0.09, 0.08);
        pen.Eye(-0.14, -0.43, 0.04);
        pen.Eye(0.14, -0.43, 0.04);
        for (var i = 0; i < 8; i++) pen.Oval(pen.Pale, -0.55 + i * 0.16, -0.1 + i % 3 * 0.13, 0.045, 0.04);
        pen.Line(pen.Deep, 0.035, 0, -0.25, 0, 0.4);
    }

    private static void Whale(Pen pen)
    {
        var tail = pen.Roll(-0.55, -0.3);
        pen.Blob(pen.Main, 0.78, tail + 0.12, 0.5, tail - 0.12,
            0.8, tail - 0.1, 0.88, tail, 1.02, tail - 0.22, 1.1, tail);
        pen.Blob(pen.Main, -0.95, 0.1, -0.75, -0.3, -0.2, -0.38, 0.35, -0.1,
            0.75, tail, 0.95, tail + 0.05, 0.75, 0.3, 0.3, 0.55, -0.4, 0.6, -0.88, 0.45);
        pen.Blob(Paint.White, -0.92, 0.28, -0.5, 0.35, 0.1, 0.45, -0.1, 0.56, -0.5, 0.57, -0.86, 0.45);
        pen.Curve(pen.Deep, 0.04, -0.94, 0.22, -0.7, 0.28, -0.5, 0.2);
        pen.Blob(pen.Deep, -0.15, 0.3, 0.12, 0.4, 0.15, 0.72, -0.05, 0.58);
        pen.Eye(-0.58, 0.08, 0.05);
        if (pen.Odds(0.75))
        {
            pen.Curve(Paint.Sky, 0.06, -0.45, -0.38, -0.48, -0.7, -0.68, -0.8);
            pen.Curve(Paint.Sky, 0.06, -0.43, -0.38, -0.4, -0.72, -0.22, -0.82);
        }
    }

    private static void Crab(Pen pen)
    {
        var raise = pen.Roll(-0.7, -0.4);
        foreach (var side in (ReadOnlySpan<int>)[-1, 1])
        {
            for (var i = 0; i < 3; i++)
                pen.Line(pen.Deep, 0.08, side * 0.35, 0.2 + i * 0.1,
                    side * (0.85 - i * 0.08), 0.1 + i * 0.24, side * (0.92 - i * 0.15), 0.45 + i * 0.22);
            pen.Line(pen.Deep, 0.1, side * 0.4, 0.0, side * 0.75, -0.15, side * 0.72, raise + 0.15);
            pen.Oval(pen.Main, side * 0.7, raise, 0.24, 0.22);
            pen.Poly(Paint.White, side * 0.7, raise - 0.02, side * 0.58, raise - 0.3, side * 0.78, raise - 0.3);
            pen.Line(pen.Deep, 0.05, side * 0.16, -0.15, side * 0.18, -0.38);
            pen.Oval(Paint.White, side * 0.18, -0.42, 0.09, 0.09);
            pen.Eye(side * 0.18, -0.42);
        }
        pen.Blob(pen.Main, 0, -0.22, 0.45, -0.15, 0.6, 0.15, 0.4, 0.48, 0, 0.55, -0.4, 0.48, -0.6, 0.15, -0.45, -0.15);
        pen.Curve(Paint.Black, 0.035, -0.15, 0.28, 0, 0.34, 0.15, 0.28);
    }

    private static void Octopus(Pen pen)
    {
        for (var i = 0; i < 8; i++)
        {
            var x = (i - 3.5) / 3.5;
            pen.Curve(i % 2 == 0 ? pen.Deep : pen.Main, 0.13, x * 0.3, 0.1, x * 0.5, 0.45,
                x * 0.75 + pen.Roll(-0.1, 0.1), 0.65 + pen.Roll(-0.1, 0.1), x * 0.95, pen.Roll(0.6, 0.9));
        }
        pen.Blob(pen.Main, 0, -0.92, 0.42, -0.75, 0.5, -0.3, 0.4, 0.2, 0, 0.3, -0.4, 0.2, -0.5, -0.3, -0.42, -0.75);
        foreach (var side in (ReadOnlySpan<int>)[-1, 1])
        {
            pen.Oval(Paint.White, side * 0.18, -0.15, 0.12, 0.13);
            pen.Eye(side * 0.16, -0.13, 0.06);
        }
        pen.Curve(Paint.Black, 0.035, -0.1, 0.08, 0, 0.13, 0.1, 0.08);
        if (pen.Odds(0.5))
            for (var i = 0; i < 4; i++) pen.Oval(pen.Pale, -0.25 + i * 0.16, -0.65 + i % 2 * 0.16, 0.05, 0.05);
    }

    private static void Jellyfish(Pen pen)
    {
        for (var i = 0; i < 7; i++)
        {
            var x = -0.45 + i * 0.15;
            var sway = pen.Roll(0.05, 0.12);
            pen.Curve(i % 2 == 0 ? pen.Deep : pen.Pale, 0.05, x, -0.1,
                x + sway, 0.2, x - sway, 0.5, x + sway, pen.Roll(0.7, 0.98));
        }
        pen.Blob(pen.Main, -0.65, 0.0, -0.55, -0.55, 0, -0.85, 0.55, -0.55, 0.65, 0.0,
            0.45, -0.06, 0.3, 0.04, 0.1, -0.06, -0.1, 0.04, -0.3, -0.06, -0.45, 0.04);
        pen.Blob(pen.Pale, -0.4, -0.3, -0.25, -0.6, 0, -0.7, -0.1, -0.5);
    }

    private static void Turtle(Pen pen)
    {
        var skin = Paint.Leaf.Mix(Paint.Sand, 0.3);
        pen.Oval(skin, -0.75, pen.Roll(-0.1, 0.2), 0.24, 0.19);
        pen.Eye(-0.84, 0.02, 0.04);
        foreach (var x in (ReadOnlySpan<double>)[-0.45, 0.45]) pen.Oval(skin, x, 0.52, 0.15, 0.22, x * 0.1);
        pen.Poly(skin, 0.7, 0.35, 1, 0.5, 0.65, 0.48);
        pen.Blob(pen.Main, -0.7, 0.38, -0.55, -0.2, 0, -0.55, 0.55, -0.2, 0.78, 0.38, 0, 0.45);
        pen.Line(pen.Deep, 0.09, -0.7, 0.38, 0.05, 0.43, 0.78, 0.38);
        pen.Poly(pen.Deep, -0.15, -0.3, 0.18, -0.3, 0.3, -0.02, 0.02, 0.2, -0.28, -0.02);
        pen.Oval(pen.Deep, -0.45, 0.12, 0.12, 0.13);
        pen.Oval(pen.Deep, 0.5, 0.12, 0.12, 0.13);
    }

    private static void Shark(Pen pen)
    {
        var sweep = pen.Roll(-0.1, 0.1);
        pen.Poly(pen.Deep, 0.65, 0.02, 1.05, -0.55 + sweep, 0.92, 0.0, 1, 0.32 + sweep);
        pen.Poly(pen.Deep, -0.15, -0.25, 0.1, -0.75, 0.28, -0.2);
        pen.Blob(pen.Main, -1, 0.02, -0.6, -0.25, -0.1, -0.32, 0.4, -0.15, 0.78, 0, 0.4, 0.15, 0, 0.28, -0.55, 0.26);
        pen.Blob(Paint.White, -0.85, 0.14, -0.4, 0.14, 0.2, 0.14, 0.4, 0.15, 0, 0.26, -0.55, 0.25);
        pen.Poly(pen.Deep, -0.25, 0.15, 0.1, 0.6, 0.08, 0.18);
        pen.Poly(Paint.Black, -0.85, 0.1, -0.55, 0.08, -0.62, 0.2);
        pen.Poly(Paint.White, -0.8, 0.1, -0.74, 0.1, -0.77, 0.15);
        pen.Poly(Paint.White, -0.7, 0.1, -0.64, 0.09, -0.67, 0.15);
        foreach (var x in (ReadOnlySpan<double>)[-0.38, -0.3, -0.22]) pen.Line(pen.Deep, 0.03, x, -0.12, x - 0.03, 0.1);
        pen.Eye(-0.68, -0.08, 0.045);
    }

    private static void Goldfish(Pen pen)
    {
        var fan = pen.Roll(0.35, 0.6);
        pen.Blob(pen.Deep, 0.35, 0, 0.7, -fan, 1, -fan * 0.9, 0.8, -0.08, 1, fan, 0.7, fan * 0.9);
        pen.Blob(pen.Deep, -0.3, -0.35, -0.1, -0.72, 0.25, -0.55, 0.25, -0.25);
        pen.Oval(pen.Main, -0.2, 0, 0.62, 0.44);
        pen.Poly(pen.Deep, -0.15, 0.3, 0.0, 0.62, 0.15, 0.3);
        pen.Curve(pen.Deep, 0.04, -0.45, -0.34, -0.35, 0, -0.45, 0.34);
        for (var i = 0; i < 6; i++)
            pen.Curve(pen.Deep, 0.03, -0.2 + i % 3 * 0.2, -0.15 + i / 3 * 0.22,
                -0.12 + i % 3 * 0.2, -0.06 + i / 3 * 0.22, -0.2 + i % 3 * 0.2, 0.03 + i / 3 * 0.22);
        pen.Oval(Paint.White, -0.58, -0.1, 0.1, 0.1);
        pen.Eye(-0.6, -0.1, 0.05);
        pen.Line(pen.Deep, 0.04, -0.8, 0.06, -0.68, 0.08);
        if (pen.Odds(0.6))
            for (var i = 0; i < 3; i++) pen.Ring(Paint.Sky, 0.035, -0.9 + i * 0.06, -0.3 - i * 0.2, 0.06, 0.06);
    }

    private static void Starfish(Pen pen)
    {
        Span<double> rim = stackalloc double[20];
        var inner = pen.Roll(0.36, 0.46);
        for (var i = 0; i < 10; i++)
        {
            var r = i % 2 == 0 ? 0.95 : inner;
            (rim[2 * i], rim[2 * i + 1]) = (r * Sin(i / 10.0), -r * Cos(i / 10.0));
        }
        pen.Blob(pen.Main, rim);
        for (var i = 0; i < 5; i++)
            for (var r = 0.2; r < 0.8; r += 0.2) pen.Oval(pen.Pale, r * Sin(i / 5.0), -r * Cos(i / 5.0), 0.06, 0.06);
        pen.Oval(pen.Deep, 0, 0, 0.08, 0.08);
    }
}
