using Ipo.Samples.Drawing;
using static Ipo.Samples.Drawing.DeterministicTrig;

namespace Ipo.Samples.Things;

/// <summary>Plants and their parts.</summary>
internal static class Plants
{
    private const string Kind = "plant";

    public static IReadOnlyList<Thing> All { get; } =
    [
        new("palm", Kind, "green yellow", "a tree with a crown of long leaves", Palm),
        new("trunk", Kind, "brown grey beige", "the stem of a tree", Trunk),
        new("bulb", Kind, "brown purple white beige", "an onion-like root that sprouts", Bulb),
        new("rose", Kind, "red pink yellow white", "a flower with thorns", Rose),
        new("tulip", Kind, "red yellow pink purple orange", "a cup-shaped flower", Tulip),
        new("sunflower", Kind, "yellow orange", "a tall yellow flower", Sunflower),
        new("cactus", Kind, "green", "a desert plant with spines", Cactus),
        new("fir", Kind, "green blue", "a tree with needles", Fir),
        new("oak", Kind, "green orange yellow", "a broad tree", Oak),
        new("fern", Kind, "green", "a plant with feathered leaves", Fern),
        new("mushroom", Kind, "red brown beige white", "a cap on a stalk", Mushroom),
        new("clover", Kind, "green", "a plant of three or four leaves", Clover),
    ];

    private static void Palm(Pen pen)
    {
        var lean = pen.Roll(-0.3, 0.15);
        pen.Curve(Paint.Wood, 0.16, 0.15, 0.95, 0.1, 0.3, lean, -0.35);
        for (var i = 0; i < 4; i++)
            pen.Line(Paint.Wood.Shade(0.7), 0.03, 0.04 + lean * 0.1, 0.75 - i * 0.2, 0.2 + lean * 0.1, 0.72 - i * 0.2);
        foreach (var (dx, dy) in ((double, double)[])
        [
            (-0.8, 0.25), (0.8, 0.25), (-0.75, -0.12),
            (0.75, -0.12), (-0.4, -0.5), (0.4, -0.5),
        ])
            pen.Blob(dy > 0 ? pen.Deep : pen.Main, lean, -0.32, lean + dx * 0.5, -0.62 + dy * 0.6,
                lean + dx, -0.3 + dy, lean + dx * 0.55, -0.4 + dy * 0.6);
        pen.Oval(Paint.Wood.Shade(0.7), lean - 0.08, -0.26, 0.09, 0.09);
        pen.Oval(Paint.Wood.Shade(0.7), lean + 0.08, -0.24, 0.09, 0.09);
    }

    private static void Trunk(Pen pen)
    {
        pen.Poly(pen.Main, -0.34, -0.8, 0.34, -0.8, 0.38, 0.4, 0.75, 0.9,
            0.3, 0.78, 0.05, 0.95, -0.25, 0.78, -0.72, 0.92, -0.4, 0.4);
        if (pen.Odds(0.6)) pen.Poly(pen.Main, 0.3, -0.25, 0.72, -0.6, 0.8, -0.45, 0.34, 0.05);
        if (pen.Odds(0.5)) pen.Poly(pen.Main, -0.3, -0.3, -0.75, -0.55, -0.8, -0.4, -0.34, 0.0);
        pen.Oval(pen.Pale, 0, -0.8, 0.34, 0.14);
        pen.Ring(pen.Deep, 0.03, 0, -0.8, 0.2, 0.08);
        foreach (var x in (ReadOnlySpan<double>)[-0.2, -0.02, 0.18])
            pen.Curve(pen.Deep, 0.04, x, -0.6, x + 0.05, -0.1, x - 0.03, 0.6);
        pen.Oval(pen.Deep, pen.Roll(-0.12, 0.12), pen.Roll(-0.2, 0.2), 0.1, 0.13);
    }

    private static void Bulb(Pen pen)
    {
        for (var i = 0; i < 6; i++)
            pen.Curve(Paint.Sand, 0.03, -0.2 + i * 0.08, 0.65,
                -0.25 + i * 0.1, 0.8, -0.3 + i * 0.12, pen.Roll(0.85, 0.98));
        foreach (var x in (ReadOnlySpan<double>)[-0.22, 0, 0.22])
            pen.Blob(Paint.Leaf, -0.06 + x * 0.3, -0.15, x - 0.05, -0.6,
                x * 1.6, pen.Roll(-0.98, -0.75), x + 0.12, -0.5, 0.08 + x * 0.3, -0.15);
        pen.Blob(pen.Main, 0, -0.3, 0.25, -0.12, 0.58, 0.25, 0.42, 0.6, 0, 0.72, -0.42, 0.6, -0.58, 0.25, -0.25, -0.12);
        foreach (var x in (ReadOnlySpan<double>)[-0.34, -0.12, 0.12, 0.34])
            pen.Curve(pen.Deep, 0.035, x * 0.3, -0.2, x, 0.22, x * 0.4, 0.68);
    }

    private static void Stem(Pen pen, double top)
    {
        pen.Curve(Paint.Leaf, 0.07, 0, top, pen.Roll(-0.08, 0.08), 0.5, 0, 0.98);
        pen.Blob(Paint.Leaf, 0, 0.6, 0.25, 0.35, 0.5, 0.3, 0.3, 0.58);
        if (pen.Odds(0.6)) pen.Blob(Paint.Leaf, 0, 0.75, -0.25, 0.48, -0.48, 0.42, -0.3, 0.7);
    }

    private static void Rose(Pen pen)
    {
        Stem(pen, 0);
        pen.Poly(Paint.Leaf, 0, 0.3, 0.12, 0.24, 0, 0.2);
        pen.Blob(pen.Deep, -0.5, -0.6, 0, -0.95, 0.5, -0.6, 0.45, -0.1, 0, 0.12, -0.45, -0.1);
        pen.Blob(pen.Main, -0.52, -0.45, -0.25, -0.55, 0.02, -0.25, 0, 0.1, -0.4, -0.05);
        pen.Blob(pen.Main, 0.52, -0.45, 0.25, -0.55, -0.02, -0.2, 0.05, 0.1, 0.4, -0.05);
        pen.Oval(pen.Main, 0, -0.58, 0.27, 0.22);
        pen.Curve(pen.Deep.Shade(0.7), 0.04, -0.18, -0.55, 0, -0.72, 0.16, -0.58, 0.02, -0.48, -0.06, -0.58);
    }

    private static void Tulip(Pen pen)
    {
        pen.Curve(Paint.Leaf, 0.07, 0, 0, 0.02, 0.5, 0, 0.98);
        foreach (var side in (ReadOnlySpan<int>)[-1, 1])
            pen.Blob(Paint.Leaf, 0, 0.95, side * 0.3, 0.5,
                side * pen.Roll(0.4, 0.55), pen.Roll(-0.1, 0.2), side * 0.15, 0.5);
        pen.Blob(pen.Deep, -0.2, -0.1, -0.15, -0.7, 0, -0.92, 0.15, -0.7, 0.2, -0.1);
        pen.Blob(pen.Main, -0.42, -0.85, -0.15, -0.55, 0.04, -0.15, 0, 0.08, -0.32, 0.0, -0.45, -0.4);
        pen.Blob(pen.Main, 0.42, -0.85, 0.15, -0.55, -0.04, -0.15, 0, 0.08, 0.32, 0.0, 0.45, -0.4);
    }

    private static void Sunflower(Pen pen)
    {
        Stem(pen, -0.2);
        var petals = pen.Count(12, 16);
        for (var i = 0; i < petals; i++)
        {
            var t = i / (double)petals;
            pen.Oval(i % 2 == 0 ? pen.Main : pen.Deep.Mix(pen.Main, 0.6),
                0.46 * Cos(t), -0.4 + 0.46 * Sin(t), 0.2, 0.09, t);
        }
        pen.Oval(Paint.Wood.Shade(0.6), 0, -0.4, 0.33, 0.33);
        for (var i = 0; i < 8; i++) pen.Oval(Paint.Wood, 0.18 * Cos(i / 8.0), -0.4 + 0.18 * Sin(i / 8.0), 0.04, 0.04);
    }

    private static void Cactus(Pen pen)
    {
        double left = pen.Roll(-0.4, 0.1), right = pen.Roll(-0.5, 0.0);
        pen.Curve(pen.Main, 0.24, 0, 0.3, -0.4, 0.28, -0.55, 0.1, -0.55, left);
        if (pen.Odds(0.8)) pen.Curve(pen.Main, 0.24, 0, 0.1, 0.4, 0.08, 0.55, -0.1, 0.55, right - 0.1);
        pen.Line(pen.Main, 0.4, 0, 0.75, 0, -0.7);
        foreach (var x in (ReadOnlySpan<double>)[-0.1, 0.1]) pen.Line(pen.Deep, 0.03, x, -0.7, x, 0.7);
        for (var i = 0; i < 6; i++) pen.Line(Paint.White, 0.025, -0.02, -0.6 + i * 0.2, 0.04, -0.55 + i * 0.2);
        if (pen.Odds(0.5)) pen.Oval(Paint.Of("pink"), 0, -0.93, 0.13, 0.09);
        pen.Poly(Paint.Of("orange").Shade(0.8), -0.45, 0.6, 0.45, 0.6, 0.34, 0.98, -0.34, 0.98);
    }

    private static void Fir(Pen pen)
    {
        pen.Box(Paint.Wood, -0.1, 0.6, 0.1, 0.95);
        var wide = pen.Roll(0.55, 0.75);
        for (var i = 0; i < 3; i++)
        {
            double w = wide * (1 - i * 0.24), y = 0.7 - i * 0.45;
            pen.Poly(i % 2 == 0 ? pen.Main : pen.Deep, -w, y, -w * 0.4, y - 0.32,
                0, y - 0.8, w * 0.4, y - 0.32, w, y, w * 0.3, y - 0.06, -w * 0.3, y - 0.06);
        }
    }

    private static void Oak(Pen pen)
    {
        pen.Poly(Paint.Wood, -0.14, 0.1, 0.14, 0.1, 0.22, 0.95, -0.22, 0.95);
        pen.Line(Paint.Wood, 0.08, 0, 0.35, 0.35, 0.05);
        foreach (var (x, y, r) in ((double, double, double)[])
        [
            (-0.5, -0.1, 0.38), (0.5, -0.1, 0.38), (-0.28, -0.5, 0.38),
            (0.3, -0.5, 0.38), (0, -0.2, 0.45),
        ])
            pen.Oval(x < 0.2 ? pen.Main : pen.Main.Shade(0.9), x + pen.Roll(-0.06, 0.06), y, r, r * 0.9);
        for (var i = 0; i < 5; i++)
            pen.Curve(pen.Deep, 0.04, -0.5 + i * 0.22, -0.3 + i % 2 * 0.25,
                -0.42 + i * 0.22, -0.22 + i % 2 * 0.25, -0.34 + i * 0.22, -0.3 + i % 2 * 0.25);
    }

    private static void Fern(Pen pen)
    {
        var lean = pen.Roll(-0.25, 0.25);
        for (var i = 0; i < 9; i++)
        {
            double t = i / 9.0, x = lean * t * t, y = 0.8 - 1.6 * t, w = 0.62 * (1.05 - t);
            foreach (var side in (ReadOnlySpan<int>)[-1, 1])
                pen.Blob(i % 2 == 0 ? pen.Main : pen.Deep, x, y, x + side * w * 0.5, y - 0.16,
                    x + side * w, y - 0.14, x + side * w * 0.5, y - 0.02);
        }
        pen.Curve(pen.Deep, 0.05, 0, 0.98, lean * 0.25, 0.1, lean, -0.9);
    }

    private static void Mushroom(Pen pen)
    {
        var stalk = pen.Roll(0.16, 0.28);
        pen.Blob(Paint.White.Mix(Paint.Sand, 0.3), -stalk, -0.1, stalk, -0.1,
            stalk * 1.1, 0.6, stalk * 1.4, 0.88, -stalk * 1.4, 0.88, -stalk * 1.1, 0.6);
        pen.Blob(pen.Main, -0.85, 0.05, -0.6, -0.55, 0, -0.85, 0.6, -0.55, 0.85, 0.05, 0.4, 0.14, -0.4, 0.14);
        foreach (var (x, y, r) in ((double, double, double)[])
        [
            (-0.4, -0.3, 0.13), (0.05, -0.55, 0.14),
            (0.45, -0.25, 0.12), (0, -0.12, 0.1),
        ])
            pen.Oval(Paint.White, x, y, r, r * 0.85);
    }

    private static void Clover(Pen pen)
    {
        var leaves = pen.Count(3, 4);
        pen.Curve(pen.Deep, 0.07, 0, 0, 0.05, 0.5, pen.Roll(-0.2, 0.3), 0.98);
        for (var i = 0; i < leaves; i++)
        {
            double t = (leaves == 3 ? -0.25 : -0.125) + i / (double)leaves, c = Cos(t), s = Sin(t);
            foreach (var side in (ReadOnlySpan<double>)[-0.055, 0.055])
                pen.Oval(pen.Main, 0.46 * Cos(t + side), -0.2 + 0.46 * Sin(t + side), 0.34, 0.2, t + side * 0.6);
            pen.Line(pen.Pale, 0.03, 0, -0.2, 0.5 * c, -0.2 + 0.5 * s);
        }
    }
}
