using Ipo.Samples.Drawing;
using static Ipo.Samples.Drawing.DeterministicTrig;

namespace Ipo.Samples.Things;

/// <summary>Things to eat.</summary>
internal static class Foods
{
    private const string Kind = "food";

    public static IReadOnlyList<Thing> All { get; } =
    [
        new("kiwi", Kind, "green yellow", "a hairy green fruit", Kiwi),
        new("turkey", Kind, "brown orange beige", "a roast bird on a plate", Turkey),
        new("rocket", Kind, "green", "a salad of jagged leaves", Rocket),
        new("date", Kind, "brown black red", "a sweet dried fruit", Date),
        new("apple", Kind, "red green yellow", "a round fruit", Apple),
        new("lime", Kind, "green yellow", "a sour green fruit cut in half", Lime),
        new("banana", Kind, "yellow green", "a long yellow fruit", Banana),
        new("cherry", Kind, "red purple pink", "a small fruit on a stalk", Cherry),
        new("carrot", Kind, "orange yellow purple", "an orange root", Carrot),
        new("cake", Kind, "pink brown white yellow", "a sweet with candles", Cake),
        new("pizza", Kind, "yellow orange red", "a slice with cheese", Pizza),
        new("cheese", Kind, "yellow orange beige", "a wedge with holes", Cheese),
        new("ice cream", Kind, "pink white brown yellow green", "scoops in a cone", IceCream),
        new("bread", Kind, "brown beige orange", "a loaf", Bread),
    ];

    private static void Kiwi(Pen pen)
    {
        var fuzz = Paint.Wood.Mix(Paint.Leaf, 0.2);
        if (pen.Odds(0.6))
        {
            pen.Oval(fuzz.Shade(0.85), 0.42, -0.25, 0.52, 0.44, -0.05);
            for (var i = 0; i < 6; i++)
                pen.Line(fuzz.Shade(0.6), 0.025, 0.4 + i % 3 * 0.16, -0.5 + i / 3 * 0.15,
                    0.46 + i % 3 * 0.16, -0.46 + i / 3 * 0.15);
        }
        pen.Oval(fuzz, -0.15, 0.15, 0.72, 0.66);
        pen.Oval(pen.Main, -0.15, 0.15, 0.63, 0.57);
        pen.Oval(Paint.White.Mix(pen.Main, 0.2), -0.15, 0.15, 0.2, 0.16);
        var seeds = pen.Count(12, 18);
        for (var i = 0; i < seeds; i++)
            pen.Oval(Paint.Black, -0.15 + 0.33 * Cos(i / (double)seeds),
                0.15 + 0.29 * Sin(i / (double)seeds), 0.06, 0.03, i / (double)seeds);
    }

    private static void Turkey(Pen pen)
    {
        pen.Oval(Paint.White.Shade(0.85), 0, 0.55, 1, 0.3);
        pen.Oval(Paint.White, 0, 0.5, 0.86, 0.22);
        foreach (var side in (ReadOnlySpan<int>)[-1, 1])
        {
            pen.Line(Paint.White, 0.12, side * 0.6, 0.05, side * 0.88, -0.35);
            pen.Oval(Paint.White, side * 0.86, -0.42, 0.09, 0.08);
            pen.Oval(Paint.White, side * 0.94, -0.34, 0.08, 0.08);
        }
        pen.Blob(pen.Main, -0.7, 0.4, -0.6, -0.1, -0.2, -0.5, 0.2, -0.5, 0.6, -0.1, 0.7, 0.4, 0, 0.55);
        foreach (var side in (ReadOnlySpan<int>)[-1, 1])
            pen.Blob(pen.Deep, side * 0.3, 0.35, side * 0.35, 0.0,
                side * 0.6, -0.1, side * 0.74, 0.1, side * 0.6, 0.42);
        pen.Curve(pen.Pale, 0.05, -0.2, -0.3, 0, -0.38, 0.2, -0.3);
        for (var i = 0; i < pen.Count(2, 5); i++)
            pen.Oval(i % 2 == 0 ? Paint.Leaf : Paint.Red, -0.7 + i * 0.35, 0.58, 0.12, 0.08);
    }

    private static void Rocket(Pen pen)
    {
        var leaves = pen.Count(3, 5);
        Span<double> rim = stackalloc double[36];
        for (var i = 0; i < leaves; i++)
        {
            var lean = leaves == 1 ? 0 : (i / (leaves - 1.0) - 0.5) * 1.5;
            double far = pen.Roll(0.8, 1), tone = 0.75 + i % 2 * 0.3;
            // One leaf along a line from the bottom; its lobes stand to both sides.
            ReadOnlySpan<double> along =
                [0.3, 0.42, 0.4, 0.55, 0.68, 0.62, 0.76, 0.9, 1, 0.9, 0.76, 0.62, 0.68, 0.55, 0.4, 0.42, 0.3, 0.28];
            ReadOnlySpan<double> aside =
                [0.02, 0.16, 0.05, 0.06, 0.24, 0.08, 0.2, 0.19, 0, -0.19, -0.2, -0.08, -0.24, -0.06, -0.05, -0.16, -0.02, 0];
            for (var p = 0; p < 18; p++)
            {
                double up = along[p] * far * 1.8, x = lean * along[p] * 0.9;
                (rim[2 * p], rim[2 * p + 1]) = (x + aside[p] * 1.1, 0.9 - up + Math.Abs(lean) * along[p] * 0.5);
            }
            pen.Blob(pen.Main.Shade(tone), rim);
            pen.Line(pen.Pale, 0.05, 0, 0.95, lean * 0.9 * 0.85, 0.9 - far * 1.8 * 0.85 + Math.Abs(lean) * 0.42);
        }
    }

    private static void Date(Pen pen)
    {
        var count = pen.Count(2, 4);
        for (var i = 0; i < count; i++)
        {
            double x = (i - (count - 1) / 2.0) * 0.44, y = i % 2 * 0.28 - 0.05, turn = pen.Roll(0.2, 0.3);
            pen.Oval(pen.Main.Shade(0.85 + i % 2 * 0.25), x, y, 0.5, 0.24, turn);
            pen.Line(pen.Pale, 0.03, x - 0.08, y - 0.3, x - 0.05, y + 0.25);
            pen.Line(pen.Deep, 0.03, x + 0.06, y - 0.32, x + 0.07, y + 0.28);
            pen.Oval(Paint.Sand, x, y - 0.48, 0.09, 0.06);
        }
    }

    private static void Apple(Pen pen)
    {
        pen.Curve(Paint.Wood.Shade(0.7), 0.07, 0, -0.45, 0.02, -0.7, pen.Roll(0.05, 0.2), -0.9);
        pen.Blob(pen.Main, 0, -0.45, 0.4, -0.6, 0.78, -0.2, 0.65, 0.4,
            0.3, 0.82, 0, 0.74, -0.3, 0.82, -0.65, 0.4, -0.78, -0.2, -0.4, -0.6);
        if (pen.Odds(0.75)) pen.Blob(Paint.Leaf, 0.06, -0.68, 0.3, -0.92, 0.6, -0.82, 0.35, -0.64);
        pen.Oval(pen.Pale, -0.42, -0.15, 0.09, 0.2, 0.05);
    }

    private static void Lime(Pen pen)
    {
        if (pen.Odds(0.6))
        {
            pen.Blob(pen.Deep, -0.2, -0.3, 0.2, -0.75, 0.7, -0.75, 0.98, -0.55, 0.85, -0.2, 0.4, 0.1);
            pen.Oval(pen.Deep, 0.95, -0.55, 0.09, 0.09);
        }
        pen.Oval(pen.Deep, -0.12, 0.15, 0.7, 0.7);
        pen.Oval(Paint.White, -0.12, 0.15, 0.62, 0.62);
        for (var i = 0; i < 8; i++)
        {
            double a = i / 8.0 + 0.012, b = (i + 1) / 8.0 - 0.012;
            pen.Poly(pen.Main, -0.12 + 0.08 * Cos((a + b) / 2), 0.15 + 0.08 * Sin((a + b) / 2),
                -0.12 + 0.55 * Cos(a), 0.15 + 0.55 * Sin(a),
                -0.12 + 0.57 * Cos((a + b) / 2), 0.15 + 0.57 * Sin((a + b) / 2),
                -0.12 + 0.55 * Cos(b), 0.15 + 0.55 * Sin(b));
        }
    }

    private static void Banana(Pen pen)
    {
        for (var i = pen.Count(0, 2); i >= 0; i--)
        {
            var y = -i * 0.2;
            pen.Blob(i == 0 ? pen.Main : pen.Main.Shade(0.85), -0.85, -0.35 + y, -0.72, -0.42 + y, -0.35, 0.1 + y,
                0.2, 0.2 + y, 0.8, -0.1 + y, 0.9, 0.0 + y, 0.5, 0.45 + y, -0.1, 0.6 + y, -0.65, 0.25 + y);
            pen.Line(pen.Deep, 0.035, -0.68, -0.05 + y, -0.3, 0.32 + y, 0.25, 0.38 + y, 0.75, 0.08 + y);
            pen.Oval(Paint.Black, 0.86, -0.05 + y, 0.06, 0.06);
        }
        pen.Line(Paint.Wood.Shade(0.7), 0.12, -0.78, -0.38, -0.86, -0.62);
    }

    private static void Cherry(Pen pen)
    {
        var apart = pen.Roll(0.36, 0.5);
        pen.Curve(Paint.Leaf, 0.05, -apart, 0.3, -0.25, -0.3, 0.15, -0.85);
        pen.Curve(Paint.Leaf, 0.05, apart, 0.4, 0.35, -0.2, 0.15, -0.85);
        pen.Blob(Paint.Leaf, 0.15, -0.85, 0.45, -0.98, 0.85, -0.75, 0.5, -0.62);
        foreach (var (x, y) in ((double, double)[])[(-apart, 0.42), (apart, 0.5)])
        {
            pen.Oval(pen.Main, x, y, 0.38, 0.37);
            pen.Oval(pen.Pale, x - 0.12, y - 0.12, 0.07, 0.09);
        }
    }

    private static void Carrot(Pen pen)
    {
        foreach (var x in (ReadOnlySpan<double>)[-0.3, -0.1, 0.12, 0.32])
            pen.Curve(Paint.Leaf, 0.1, 0, -0.4, x * 0.6, -0.65, x + pen.Roll(-0.08, 0.08), -0.98);
        var wide = pen.Roll(0.22, 0.34);
        pen.Blob(pen.Main, -wide, -0.4, 0, -0.5, wide, -0.4, wide * 0.7, 0.2, 0.02, 0.98, -wide * 0.7, 0.2);
        foreach (var y in (ReadOnlySpan<double>)[-0.2, 0.05, 0.32])
            pen.Line(pen.Deep, 0.035, -wide * 0.7, y, -0.02, y + 0.04);
        pen.Line(pen.Deep, 0.035, 0.02, 0.2, wide * 0.55, 0.16);
    }

    private static void Cake(Pen pen)
    {
        pen.Oval(Paint.White.Shade(0.85), 0, 0.75, 0.95, 0.18);
        var tiers = pen.Count(1, 2);
        pen.Box(Paint.Sand, -0.75, 0.05, 0.75, 0.75);
        pen.Blob(pen.Main, -0.78, 0.0, 0, -0.1, 0.78, 0.0, 0.76, 0.28,
            0.5, 0.2, 0.3, 0.36, 0, 0.22, -0.25, 0.38, -0.5, 0.2, -0.76, 0.3);
        var top = 0.0;
        if (tiers == 2)
        {
            pen.Box(pen.Pale, -0.48, -0.4, 0.48, 0.02);
            pen.Blob(pen.Deep, -0.5, -0.42, 0, -0.5, 0.5, -0.42,
                0.48, -0.24, 0.2, -0.3, 0, -0.2, -0.25, -0.3, -0.48, -0.22);
            top = -0.42;
        }
        for (var i = 0; i < pen.Count(2, 4); i++)
        {
            var x = -0.3 + i * 0.2;
            pen.Line(Paint.White, 0.07, x, top - 0.02, x, top - 0.32);
            pen.Oval(Paint.Gold, x, top - 0.42, 0.05, 0.09);
        }
    }

    private static void Pizza(Pen pen)
    {
        pen.Blob(Paint.Wood.Mix(Paint.Sand, 0.4), -0.85, -0.45, -0.4, -0.75,
            0.4, -0.75, 0.85, -0.45, 0.75, -0.3, 0, -0.48, -0.75, -0.3);
        pen.Poly(pen.Main, -0.72, -0.38, -0.3, -0.5, 0.3, -0.5, 0.72, -0.38, pen.Roll(-0.05, 0.05), 0.95);
        foreach (var (x, y) in ((double, double)[])[(-0.32, -0.2), (0.25, -0.15), (-0.05, 0.25)])
            pen.Oval(Paint.Red.Shade(0.9), x + pen.Roll(-0.06, 0.06), y, 0.15, 0.14);
        for (var i = 0; i < 4; i++)
            pen.Oval(i % 2 == 0 ? Paint.Leaf : Paint.Black, -0.3 + i * 0.2, -0.32 + i % 3 * 0.24, 0.06, 0.04, i * 0.1);
    }

    private static void Cheese(Pen pen)
    {
        var high = pen.Roll(-0.25, -0.05);
        pen.Poly(pen.Pale, -0.95, high + 0.1, 0.25, -0.55, 0.95, high);
        pen.Poly(pen.Main, -0.95, high + 0.1, 0.95, high, 0.95, 0.6, -0.95, 0.65);
        foreach (var (x, y, r) in ((double, double, double)[])
        [
            (-0.6, 0.42, 0.13), (-0.15, 0.2, 0.16), (0.3, 0.42, 0.12),
            (0.68, 0.2, 0.15), (0.75, 0.5, 0.06),
        ])
            pen.Oval(pen.Deep, x + pen.Roll(-0.06, 0.06), y, r, r * 0.85);
    }

    private static void IceCream(Pen pen)
    {
        var other = pen.Other().Mix(Paint.White, 0.3);
        pen.Poly(Paint.Sand.Shade(0.85), -0.42, 0.05, 0.42, 0.05, 0, 0.98);
        foreach (var d in (ReadOnlySpan<double>)[-0.2, 0.05, 0.3])
            pen.Line(Paint.Wood, 0.03, d - 0.12, 0.1, d * 0.3 + 0.12, 0.62);
        var second = pen.Odds(0.6);
        if (second) pen.Oval(other, 0, -0.55, 0.36, 0.34);
        pen.Blob(pen.Main, -0.5, 0.1, -0.45, -0.2, 0, -0.42, 0.45, -0.2, 0.5, 0.1, 0.25, 0.2, 0.05, 0.1, -0.2, 0.22);
        if (pen.Odds(0.5)) pen.Oval(Paint.Red, 0.05, second ? -0.9 : -0.42, 0.1, 0.1);
    }

    private static void Bread(Pen pen)
    {
        pen.Blob(pen.Main, -0.9, 0.2, -0.8, -0.25, -0.3, -0.45,
            0.35, -0.45, 0.82, -0.22, 0.92, 0.2, 0.7, 0.45, 0, 0.5, -0.7, 0.45);
        for (var x = -0.55; x < 0.7; x += pen.Roll(0.32, 0.4))
            pen.Blob(pen.Pale, x - 0.1, 0.05, x + 0.02, -0.38, x + 0.16, -0.36, x + 0.04, 0.1);
        pen.Curve(pen.Deep, 0.04, -0.8, 0.32, 0, 0.42, 0.8, 0.32);
    }
}
