using Ipo.Samples.Drawing;
using SkiaSharp;

namespace Ipo.Samples.Things;

/// <summary>Parts of bodies.</summary>
internal static class BodyParts
{
    private const string Kind = "body part";

    private const string Skins = "pink beige brown";

    public static IReadOnlyList<Thing> All { get; } =
    [
        new("nail", Kind, "pink red purple", "the hard end of a finger", Nail),
        new("palm", Kind, Skins, "the inside of an open hand", Palm),
        new("horn", Kind, "beige brown grey", "a curved point on a head", Horn),
        new("chest", Kind, Skins, "the upper front of a body", Chest),
        new("calf", Kind, Skins, "the back of the lower leg", Calf),
        new("fist", Kind, Skins, "a closed hand", Fist),
        new("foot", Kind, Skins, "five toes and a heel", Foot),
        new("eye", Kind, "blue green brown grey", "what sees", Eye),
        new("ear", Kind, Skins, "what hears", Ear),
        new("nose", Kind, Skins, "what smells", Nose),
        new("mouth", Kind, "red pink", "lips and teeth", Mouth),
        new("tooth", Kind, "white beige", "what bites", Tooth),
    ];

    private static SKColor Flesh(Pen pen) => Paint.Skin.Shade(pen.Roll(0.6, 1.05));

    private static void Nail(Pen pen)
    {
        var skin = Flesh(pen);
        pen.Blob(skin, -0.42, 0.98, -0.46, 0.2, -0.42, -0.5, 0, -0.85, 0.42, -0.5, 0.46, 0.2, 0.42, 0.98);
        pen.Blob(pen.Main, -0.28, 0.12, -0.3, -0.45, 0, pen.Roll(-1, -0.88), 0.3, -0.45, 0.28, 0.12, 0, 0.22);
        pen.Blob(pen.Pale, -0.2, 0.08, 0, -0.06, 0.2, 0.08, 0, 0.18);
        pen.Line(pen.Pale, 0.05, -0.12, -0.5, -0.14, -0.2);
        foreach (var y in (ReadOnlySpan<double>)[0.6, 0.72])
            pen.Curve(skin.Shade(0.75), 0.035, -0.3, y, 0, y + 0.04, 0.3, y);
    }

    private static void Palm(Pen pen)
    {
        var skin = pen.Main.Mix(Paint.Skin, 0.6);
        var spread = pen.Roll(0.6, 1.1);
        ReadOnlySpan<double> tips = [-0.85, -1, -0.95, -0.75];
        for (var i = 0; i < 4; i++)
        {
            var x = -0.33 + i * 0.22;
            pen.Line(skin, 0.19, x, 0, x * (1 + 0.45 * spread), tips[i] * 0.88);
        }
        pen.Line(skin, 0.21, 0.25, 0.5, 0.75, pen.Roll(-0.15, 0.15));
        pen.Blob(skin, -0.42, -0.08, 0, -0.14, 0.42, -0.05, 0.48, 0.4, 0.28, 0.85, -0.28, 0.85, -0.45, 0.4);
        pen.Box(skin, -0.25, 0.78, 0.25, 1);
        var crease = skin.Shade(0.65);
        pen.Curve(crease, 0.035, -0.38, 0.12, -0.05, 0.2, 0.3, 0.05);
        pen.Curve(crease, 0.035, -0.35, 0.35, 0.05, 0.3, 0.32, 0.15);
        pen.Curve(crease, 0.035, 0.3, 0.2, 0.1, 0.4, 0.1, 0.75);
    }

    private static void Horn(Pen pen)
    {
        var hide = Paint.Wood.Shade(pen.Roll(0.6, 1.2));
        var curl = pen.Roll(0, 0.25);
        foreach (var side in (ReadOnlySpan<int>)[-1, 1])
        {
            pen.Blob(hide, side * 0.3, 0.2, side * 0.75, 0.15, side * 0.8, 0.32, side * 0.4, 0.4);
            pen.Blob(pen.Main, side * 0.12, 0.05, side * 0.5, -0.15, side * 0.72, -0.5,
                side * (0.6 - curl), -1, side * 0.98, -0.55, side * 0.78, -0.02, side * 0.3, 0.28);
            for (var i = 0; i < 3; i++)
                pen.Line(pen.Deep, 0.035, side * (0.4 + i * 0.14), -0.08 - i * 0.12,
                    side * (0.52 + i * 0.15), 0.14 - i * 0.18);
        }
        pen.Blob(hide, -0.35, 0.1, 0, 0.02, 0.35, 0.1, 0.32, 0.55, 0.2, 0.95, -0.2, 0.95, -0.32, 0.55);
        pen.Eye(-0.2, 0.42, 0.05);
        pen.Eye(0.2, 0.42, 0.05);
        pen.Oval(hide.Shade(0.6), 0, 0.85, 0.2, 0.12);
    }

    private static void Chest(Pen pen)
    {
        var skin = pen.Main.Mix(Paint.Skin, 0.6);
        pen.Box(skin, -0.2, -0.95, 0.2, -0.5);
        pen.Blob(skin, -0.2, -0.65, 0.2, -0.65, 0.75, -0.5, 0.95, -0.1, 0.9, 0.6, 0.66, 0.6, 0.6, 0.1, 0.5, 0.5,
            0.45, 0.95, -0.45, 0.95, -0.5, 0.5, -0.6, 0.1, -0.66, 0.6, -0.9, 0.6, -0.95, -0.1, -0.75, -0.5);
        var line = skin.Shade(0.65);
        pen.Curve(line, 0.04, -0.5, 0.0, -0.3, 0.2, -0.04, 0.12);
        pen.Curve(line, 0.04, 0.5, 0.0, 0.3, 0.2, 0.04, 0.12);
        pen.Line(line, 0.035, 0, -0.25, 0, 0.7);
        pen.Oval(line, -0.3, 0.02, 0.05, 0.04);
        pen.Oval(line, 0.3, 0.02, 0.05, 0.04);
        pen.Oval(line, 0, 0.8, 0.04, 0.05);
        if (pen.Odds(0.5)) for (var i = 0; i < 2; i++) pen.Line(line, 0.03, -0.3, 0.4 + i * 0.18, 0.3, 0.4 + i * 0.18);
        if (pen.Odds(0.4)) pen.Curve(Paint.Wood.Shade(0.5), 0.03, -0.1, -0.1, 0.05, 0.0, -0.08, 0.1, 0.08, 0.16);
    }

    private static void Calf(Pen pen)
    {
        var skin = pen.Main.Mix(Paint.Skin, 0.6);
        pen.Blob(skin, -0.28, -0.95, 0.28, -0.95, 0.3, -0.6, 0.55, -0.2, 0.3, 0.3, 0.15, 0.65, 0.22, 0.9,
            -0.1, 0.95, -0.7, 0.95, -0.75, 0.82, -0.25, 0.68, -0.18, 0.3, -0.26, -0.2, -0.24, -0.6);
        var line = skin.Shade(0.65);
        pen.Curve(line, 0.04, -0.2, -0.66, 0, -0.6, 0.22, -0.66);
        pen.Curve(line, 0.04, 0.08, -0.4, 0.2, -0.1, 0.06, pen.Roll(0.1, 0.3));
        pen.Oval(line, 0.06, 0.72, 0.05, 0.05);
        if (pen.Odds(0.5)) pen.Poly(pen.Other(), -0.32, -0.98, 0.34, -0.98, 0.36, -0.76, -0.32, -0.78);
    }

    private static void Fist(Pen pen)
    {
        var skin = pen.Main.Mix(Paint.Skin, 0.6);
        pen.Box(skin, -0.32, 0.35, 0.32, 1);
        pen.Blob(skin, -0.6, -0.3, -0.45, -0.5, 0.5, -0.5, 0.62, -0.2, 0.55, 0.4, 0.2, 0.6, -0.4, 0.55, -0.6, 0.2);
        for (var i = 0; i < 4; i++)
            pen.Blob(skin, -0.58 + i * 0.29, -0.45, -0.44 + i * 0.29, pen.Roll(-0.7, -0.62),
                -0.3 + i * 0.29, -0.45, -0.3 + i * 0.29, 0.02, -0.44 + i * 0.29, 0.1, -0.58 + i * 0.29, 0.02);
        pen.Blob(skin.Shade(0.93), 0.66, 0.2, 0.4, 0.0, -0.25, 0.08, -0.3, 0.28, 0.2, 0.36, 0.5, 0.5);
        for (var i = 1; i < 4; i++) pen.Line(skin.Shade(0.65), 0.03, -0.58 + i * 0.29, -0.5, -0.58 + i * 0.29, 0.05);
    }

    private static void Foot(Pen pen)
    {
        var skin = pen.Main.Mix(Paint.Skin, 0.6);
        if (pen.Odds(0.5))
        {
            // The sole, from below.
            pen.Blob(skin, -0.45, -0.35, 0.1, -0.5, 0.45, -0.25, 0.35, 0.3,
                0.28, 0.8, 0, 0.95, -0.28, 0.8, -0.22, 0.3, -0.5, 0.0);
            for (var i = 0; i < 5; i++)
                pen.Oval(skin, -0.42 + i * 0.21, -0.68 + i * i * 0.022, 0.15 - i * 0.015, 0.18 - i * 0.018);
            pen.Curve(skin.Shade(0.7), 0.035, -0.3, 0.0, 0.0, 0.08, 0.3, -0.05);
            return;
        }
        pen.Blob(skin, 0.15, -0.95, 0.65, -0.95, 0.62, -0.2, 0.75, 0.3,
            0.6, 0.55, -0.2, 0.6, -0.85, 0.58, -0.9, 0.35, -0.5, 0.22, 0.1, -0.1);
        for (var i = 0; i < 4; i++) pen.Line(skin.Shade(0.65), 0.035, -0.85 + i * 0.13, 0.34, -0.82 + i * 0.13, 0.52);
        pen.Oval(skin.Shade(0.75), 0.42, 0.0, 0.09, 0.1);
        pen.Oval(Paint.Of("pink"), -0.88, 0.4, 0.05, 0.04);
    }

    private static void Eye(Pen pen)
    {
        var open = pen.Roll(0.38, 0.55);
        pen.Blob(Paint.White, -0.95, 0.1, -0.5, -open * 0.7, 0, -open,
            0.5, -open * 0.7, 0.95, 0.1, 0.5, open * 0.75, 0, open, -0.5, open * 0.75);
        pen.Oval(pen.Main, 0, 0, open * 0.85, open * 0.85);
        pen.Oval(Paint.Black, 0, 0, open * 0.4, open * 0.4);
        pen.Oval(Paint.White, -0.12, -0.14, 0.08, 0.08);
        pen.Curve(Paint.Black, 0.07, -0.98, 0.12, -0.5, -open * 0.72, 0, -open, 0.5, -open * 0.72, 0.98, 0.12);
        for (var i = 0; i < 5; i++)
            pen.Line(Paint.Black, 0.04, (i - 2) * 0.33, -open + Math.Abs(i - 2) * 0.09,
                (i - 2) * 0.42, -open - 0.26 + Math.Abs(i - 2) * 0.07);
        if (pen.Odds(0.6)) pen.Curve(Paint.Wood.Shade(0.5), 0.12, -0.8, -0.75, 0, -0.95, 0.8, -0.72);
    }

    private static void Ear(Pen pen)
    {
        var skin = pen.Main.Mix(Paint.Skin, 0.6);
        var line = skin.Shade(0.65);
        pen.Blob(skin, -0.2, -0.85, 0.3, -0.92, 0.62, -0.5, 0.5, 0.1,
            0.2, 0.5, 0.1, 0.85, -0.2, 0.92, -0.4, 0.6, -0.45, -0.3);
        pen.Curve(line, 0.08, -0.25, -0.55, 0.15, -0.7, 0.4, -0.4, 0.28, 0.05, 0.05, 0.3);
        pen.Blob(line, -0.2, -0.15, 0.1, -0.3, 0.15, 0.05, -0.1, 0.25);
        pen.Curve(line, 0.05, -0.35, 0.2, -0.15, 0.25, -0.25, 0.4);
        if (pen.Odds(0.4)) pen.Oval(Paint.Gold, -0.12, 0.75, 0.08, 0.08);
    }

    private static void Nose(Pen pen)
    {
        var skin = pen.Main.Mix(Paint.Skin, 0.6);
        var line = skin.Shade(0.6);
        var wide = pen.Roll(0.4, 0.6);
        pen.Blob(skin, -0.15, -0.9, 0.15, -0.9, 0.2, -0.2, wide, 0.3, wide, 0.65,
            0.25, 0.75, 0, 0.85, -0.25, 0.75, -wide, 0.65, -wide, 0.3, -0.2, -0.2);
        pen.Oval(line, -wide * 0.5, 0.66, 0.13, 0.08, -0.05);
        pen.Oval(line, wide * 0.5, 0.66, 0.13, 0.08, 0.05);
        pen.Curve(line, 0.05, -wide + 0.03, 0.7, -wide - 0.02, 0.45, -wide * 0.7, 0.3);
        pen.Curve(line, 0.05, wide - 0.03, 0.7, wide + 0.02, 0.45, wide * 0.7, 0.3);
        pen.Curve(skin.Shade(1.15), 0.07, -0.02, -0.7, 0.0, 0.0, 0.0, 0.4);
    }

    private static void Mouth(Pen pen)
    {
        var open = pen.Roll(0.1, 0.5);
        pen.Blob(pen.Main, -0.95, 0, -0.35, -0.38, 0, -0.28, 0.35, -0.38, 0.95, 0,
            0.5, 0.4 + open * 0.4, 0, 0.5 + open * 0.5, -0.5, 0.4 + open * 0.4);
        pen.Blob(Paint.Black, -0.75, 0.0, 0, -0.1, 0.75, 0.0, 0.3, open, 0, open + 0.08, -0.3, open);
        pen.Blob(Paint.White, -0.55, -0.02, 0, -0.1, 0.55, -0.02, 0.4, 0.1, 0, 0.12, -0.4, 0.1);
        for (var i = 0; i < 5; i++) pen.Line(Paint.Steel, 0.02, -0.3 + i * 0.15, -0.05, -0.3 + i * 0.15, 0.1);
        if (open > 0.25) pen.Oval(Paint.Of("pink"), 0, open - 0.04, 0.28, 0.12);
    }

    private static void Tooth(Pen pen)
    {
        var root = pen.Roll(0.75, 0.95);
        pen.Blob(pen.Main, -0.6, -0.5, -0.3, -0.78, 0, -0.62, 0.3, -0.78, 0.6, -0.5, 0.52, 0.0,
            0.4, root, 0.2, root, 0.1, 0.25, -0.1, 0.25, -0.2, root, -0.4, root, -0.52, 0.0);
        pen.Oval(Paint.White, -0.35, -0.4, 0.08, 0.16, 0.05);
        pen.Curve(pen.Deep, 0.04, -0.25, -0.3, 0, -0.2, 0.25, -0.3);
    }
}
