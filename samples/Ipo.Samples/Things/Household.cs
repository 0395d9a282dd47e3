using Ipo.Samples.Drawing;
using static Ipo.Samples.Drawing.DeterministicTrig;

namespace Ipo.Samples.Things;

/// <summary>Things of the house: furniture, vessels, light.</summary>
internal static class Household
{
    private const string Kind = "household object";

    public static IReadOnlyList<Thing> All { get; } =
    [
        new("chest", Kind, "brown red green", "a wooden box with a round lid", Chest),
        new("trunk", Kind, "brown green blue red", "a large case for travel", Trunk),
        new("tank", Kind, "blue green", "a glass box with water and fish", Tank),
        new("drum", Kind, "blue red green orange", "a steel barrel for oil", Drum),
        new("bulb", Kind, "yellow white orange", "a glass that gives electric light", Bulb),
        new("pipe", Kind, "brown black red", "a bowl with a stem for tobacco", Pipe),
        new("glasses", Kind, "blue orange red yellow", "vessels to drink from", Glasses),
        new("suitcase", Kind, "brown red blue black", "a flat case with a handle", Suitcase),
        new("barrel", Kind, "brown beige", "a wooden vessel with hoops", Barrel),
        new("bucket", Kind, "red blue silver green", "an open vessel with a handle", Bucket),
        new("cup", Kind, "white red blue yellow", "a small vessel for tea", Cup),
        new("bottle", Kind, "green brown blue", "a vessel with a narrow neck", Bottle),
        new("lamp", Kind, "yellow red green blue", "a light under a shade", Lamp),
        new("chair", Kind, "brown red blue white", "a seat with a back", Chair),
        new("sofa", Kind, "red green blue grey brown", "a soft seat for several people", Sofa),
        new("umbrella", Kind, "red blue yellow purple black", "a roof on a stick", Umbrella),
    ];

    private static void Chest(Pen pen)
    {
        var open = pen.Odds(0.4);
        if (open)
        {
            pen.Blob(pen.Deep, -0.85, -0.05, -0.8, -0.55, -0.5, -0.85, 0.5, -0.85, 0.8, -0.55, 0.85, -0.05);
            for (var i = 0; i < 6; i++) pen.Oval(Paint.Gold, -0.6 + i * 0.24, -0.06 - i % 2 * 0.09, 0.15, 0.12);
        }
        else pen.Blob(pen.Main, -0.85, 0.02, -0.85, -0.3, -0.6, -0.6, 0, -0.68, 0.6, -0.6, 0.85, -0.3, 0.85, 0.02);
        pen.Box(pen.Main, -0.85, 0.0, 0.85, 0.75);
        foreach (var x in (ReadOnlySpan<double>)[-0.62, 0.5])
            pen.Box(Paint.Gold, x, open ? 0.0 : -0.55, x + 0.12, 0.75);
        pen.Line(pen.Deep, 0.05, -0.85, 0.02, 0.85, 0.02);
        pen.Line(pen.Deep, 0.03, -0.85, 0.4, 0.85, 0.4);
        pen.Box(Paint.Gold, -0.13, -0.08, 0.13, 0.25);
        pen.Oval(Paint.Black, 0, 0.08, 0.05, 0.06);
    }

    private static void Trunk(Pen pen)
    {
        pen.Box(pen.Main, -0.92, -0.45, 0.92, 0.65);
        pen.Box(pen.Deep, -0.92, -0.45, 0.92, -0.12);
        foreach (var x in (ReadOnlySpan<double>)[-0.55, 0.4]) pen.Box(Paint.Sand.Shade(0.8), x, -0.45, x + 0.16, 0.65);
        foreach (var x in (ReadOnlySpan<double>)[-0.92, 0.78])
        {
            pen.Box(Paint.Gold, x, -0.45, x + 0.14, -0.3);
            pen.Box(Paint.Gold, x, 0.5, x + 0.14, 0.65);
        }
        pen.Box(Paint.Gold, -0.12, -0.2, 0.12, 0.02);
        pen.Curve(Paint.Wood.Shade(0.6), 0.08, -0.22, -0.45, -0.15, -0.62, 0.15, -0.62, 0.22, -0.45);
        if (pen.Odds(0.6)) pen.Oval(pen.Other(), pen.Roll(-0.25, 0.25), 0.35, 0.14, 0.11);
    }

    private static void Tank(Pen pen)
    {
        var water = pen.Main.Mix(Paint.Sky, 0.6);
        pen.Box(Paint.Glass, -0.95, -0.65, 0.95, 0.7);
        pen.Box(water, -0.9, -0.42, 0.9, 0.62);
        pen.Blob(Paint.Sand, -0.9, 0.45, -0.4, 0.38, 0.2, 0.48, 0.9, 0.4, 0.9, 0.62, -0.9, 0.62);
        foreach (var x in (ReadOnlySpan<double>)[-0.7, 0.68])
            pen.Curve(Paint.Leaf, 0.08, x, 0.5, x + 0.08, 0.2, x - 0.06, pen.Roll(-0.25, 0.0));
        for (var i = 0; i < pen.Count(1, 3); i++)
        {
            double x = -0.35 + i * 0.36, y = pen.Roll(-0.2, 0.22);
            var fish = pen.Other();
            pen.Poly(fish, x + 0.12, y, x + 0.28, y - 0.11, x + 0.28, y + 0.11);
            pen.Oval(fish, x, y, 0.18, 0.11);
            pen.Eye(x - 0.09, y - 0.02, 0.03);
        }
        pen.Line(Paint.Black, 0.08, -0.97, -0.68, 0.97, -0.68);
        pen.Line(Paint.Black, 0.08, -0.97, 0.7, 0.97, 0.7);
    }

    private static void Drum(Pen pen)
    {
        pen.Blob(pen.Main, -0.6, -0.78, 0, -0.65, 0.6, -0.78, 0.6, 0.8, 0, 0.95, -0.6, 0.8);
        pen.Box(pen.Main, -0.6, -0.75, 0.6, 0.8);
        pen.Oval(pen.Pale, 0, -0.78, 0.6, 0.17);
        pen.Ring(pen.Deep, 0.05, 0, -0.78, 0.6, 0.17);
        foreach (var y in (ReadOnlySpan<double>)[-0.25, 0.3, 0.8])
            pen.Curve(pen.Deep, 0.07, -0.62, y, -0.3, y + 0.11, 0, y + 0.14, 0.3, y + 0.11, 0.62, y);
        pen.Oval(pen.Deep, 0.25, -0.8, 0.1, 0.045);
        if (pen.Odds(0.6)) pen.Blob(Paint.Black, 0, -0.08, 0.12, 0.14, 0.1, 0.28, 0, 0.32, -0.1, 0.28, -0.12, 0.14);
    }

    private static void Bulb(Pen pen)
    {
        if (pen.Odds(0.6))
            for (var i = 0; i < 7; i++)
            {
                var t = -0.5 + i / 12.0;
                pen.Line(pen.Main, 0.05, 0.78 * Cos(t), -0.25 + 0.78 * Sin(t), 0.95 * Cos(t), -0.25 + 0.95 * Sin(t));
            }
        pen.Blob(pen.Main.Mix(Paint.White, 0.45), 0, -0.9, 0.45, -0.7, 0.6, -0.25,
            0.42, 0.15, 0.24, 0.45, -0.24, 0.45, -0.42, 0.15, -0.6, -0.25, -0.45, -0.7);
        pen.Line(Paint.Steel.Shade(0.6), 0.035, -0.12, 0.42, -0.2, -0.1,
            -0.07, -0.25, 0, -0.1, 0.07, -0.25, 0.2, -0.1, 0.12, 0.42);
        pen.Box(Paint.Steel, -0.24, 0.45, 0.24, 0.8);
        foreach (var y in (ReadOnlySpan<double>)[0.55, 0.68])
            pen.Line(Paint.Steel.Shade(0.6), 0.05, -0.26, y + 0.03, 0.26, y - 0.03);
        pen.Oval(Paint.Black, 0, 0.84, 0.13, 0.08);
    }

    private static void Pipe(Pen pen)
    {
        var drop = pen.Roll(0.2, 0.45);
        pen.Curve(Paint.Black, 0.1, 0.95, -0.3, 0.6, -0.22, 0.2, drop);
        pen.Curve(pen.Main, 0.17, 0.3, drop - 0.06, 0.0, drop + 0.15, -0.45, drop + 0.2);
        pen.Blob(pen.Main, -0.85, -0.3, -0.25, -0.3, -0.28, drop, -0.4, drop + 0.32, -0.7, drop + 0.25, -0.82, drop);
        pen.Oval(pen.Deep.Shade(0.6), -0.55, -0.3, 0.3, 0.09);
        for (var i = 0; i < pen.Count(1, 2); i++)
            pen.Curve(Paint.White.Shade(0.88), 0.06, -0.6 + i * 0.15, -0.4,
                -0.72 + i * 0.15, -0.6, -0.5 + i * 0.15, -0.75, -0.65 + i * 0.15, -0.98);
    }

    private static void Glasses(Pen pen)
    {
        var count = pen.Count(2, 3);
        var wine = pen.Odds(0.4);
        for (var i = 0; i < count; i++)
        {
            double x = (i - (count - 1) / 2.0) * 0.68, level = pen.Roll(-0.35, 0.2);
            if (wine)
            {
                pen.Line(Paint.Glass, 0.07, x, 0.1, x, 0.8);
                pen.Oval(Paint.Glass, x, 0.84, 0.22, 0.06);
                pen.Blob(Paint.Glass, x - 0.24, -0.8, x + 0.24, -0.8, x + 0.28, -0.3, x, 0.15, x - 0.28, -0.3);
                pen.Blob(pen.Main, x - 0.24, -0.4, x + 0.24, -0.4, x + 0.2, -0.15, x, 0.1, x - 0.2, -0.15);
            }
            else
            {
                pen.Poly(Paint.Glass, x - 0.3, -0.7, x + 0.3, -0.7, x + 0.24, 0.85, x - 0.24, 0.85);
                pen.Poly(pen.Main, x - 0.26, level, x + 0.26, level, x + 0.2, 0.76, x - 0.2, 0.76);
                pen.Oval(Paint.White, x, -0.7, 0.3, 0.07);
                pen.Line(Paint.White, 0.04, x - 0.17, -0.5, x - 0.14, 0.4);
            }
        }
    }

    private static void Suitcase(Pen pen)
    {
        pen.Curve(pen.Deep, 0.1, -0.28, -0.35, -0.25, -0.68, 0.25, -0.68, 0.28, -0.35);
        pen.Blob(pen.Main, -0.9, -0.3, -0.85, -0.38, 0.85, -0.38,
            0.9, -0.3, 0.9, 0.6, 0.85, 0.68, -0.85, 0.68, -0.9, 0.6);
        pen.Line(pen.Deep, 0.05, -0.9, 0.12, 0.9, 0.12);
        foreach (var x in (ReadOnlySpan<double>)[-0.55, 0.42]) pen.Box(Paint.Steel, x, 0.03, x + 0.14, 0.22);
        foreach (var side in (ReadOnlySpan<int>)[-1, 1])
            pen.Poly(pen.Deep, side * 0.9, -0.38, side * 0.62, -0.38, side * 0.9, -0.1);
        if (pen.Odds(0.5)) pen.Box(pen.Other(), -0.2, 0.3, 0.15, 0.52);
    }

    private static void Barrel(Pen pen)
    {
        pen.Blob(pen.Main, -0.45, -0.85, 0.45, -0.85, 0.7, 0, 0.45, 0.85, -0.45, 0.85, -0.7, 0);
        foreach (var x in (ReadOnlySpan<double>)[-0.3, -0.1, 0.1, 0.3])
            pen.Curve(pen.Deep, 0.03, x, -0.85, x * 1.5, 0, x, 0.85);
        foreach (var (y, w) in ((double, double)[])[(-0.6, 0.6), (-0.25, 0.7), (0.28, 0.7), (0.62, 0.58)])
            pen.Curve(Paint.Steel.Shade(0.6), 0.08, -w, y, 0, y + 0.07, w, y);
        pen.Oval(pen.Pale, 0, -0.87, 0.46, 0.1);
        if (pen.Odds(0.4)) pen.Oval(Paint.Black, 0, 0.02, 0.07, 0.07);
    }

    private static void Bucket(Pen pen)
    {
        if (pen.Odds(0.5))
            pen.Curve(Paint.Steel.Shade(0.6), 0.05, -0.6, -0.3, -0.5, -0.8, 0, -0.95, 0.5, -0.8, 0.6, -0.3);
        else pen.Curve(Paint.Steel.Shade(0.6), 0.05, -0.6, -0.3, -0.4, 0.15, 0, 0.28, 0.4, 0.15, 0.6, -0.3);
        pen.Poly(pen.Main, -0.65, -0.35, 0.65, -0.35, 0.45, 0.88, -0.45, 0.88);
        pen.Oval(pen.Deep, 0, -0.35, 0.65, 0.16);
        if (pen.Odds(0.5)) pen.Oval(Paint.Sea, 0, -0.31, 0.54, 0.1);
        pen.Line(pen.Deep, 0.05, -0.56, 0.15, 0.56, 0.15);
    }

    private static void Cup(Pen pen)
    {
        pen.Ring(pen.Main, 0.13, 0.68, 0.1, 0.24, 0.28);
        pen.Blob(pen.Main, -0.65, -0.35, 0.65, -0.35, 0.6, 0.3, 0.3, 0.68, -0.3, 0.68, -0.6, 0.3);
        pen.Oval(pen.Pale, 0, -0.35, 0.65, 0.16);
        pen.Oval(Paint.Wood.Shade(0.6), 0, -0.33, 0.52, 0.1);
        pen.Oval(pen.Deep, 0, 0.78, 0.85, 0.1);
        if (pen.Odds(0.6))
            for (var i = 0; i < 2; i++)
                pen.Curve(Paint.White.Shade(0.9), 0.05, -0.15 + i * 0.3, -0.5,
                    -0.25 + i * 0.3, -0.65, -0.08 + i * 0.3, -0.78, -0.18 + i * 0.3, -0.95);
    }

    private static void Bottle(Pen pen)
    {
        pen.Blob(pen.Main, -0.12, -0.85, 0.12, -0.85, 0.13, -0.4, 0.36, -0.1,
            0.36, 0.8, 0.25, 0.92, -0.25, 0.92, -0.36, 0.8, -0.36, -0.1, -0.13, -0.4);
        pen.Box(pen.Odds(0.5) ? Paint.Gold : Paint.Wood, -0.14, -1, 0.14, -0.82);
        pen.Box(Paint.Sand, -0.35, 0.1, 0.35, 0.6);
        pen.Line(Paint.Red, 0.07, -0.2, 0.28, 0.2, 0.28);
        pen.Line(Paint.Black, 0.03, -0.2, 0.44, 0.2, 0.44);
        pen.Line(pen.Pale, 0.05, -0.22, -0.05, -0.22, 0.05);
    }

    private static void Lamp(Pen pen)
    {
        pen.Line(Paint.Wood, 0.09, 0, -0.1, 0, 0.8);
        pen.Oval(Paint.Wood.Shade(0.8), 0, 0.86, 0.42, 0.1);
        if (pen.Odds(0.5)) pen.Oval(Paint.Wood, 0, 0.45, 0.2, 0.3);
        var top = pen.Roll(0.25, 0.42);
        pen.Poly(pen.Main, -top, -0.9, top, -0.9, 0.72, -0.05, -0.72, -0.05);
        pen.Line(pen.Deep, 0.06, -0.72, -0.05, 0.72, -0.05);
        pen.Line(Paint.Gold, 0.03, 0.3, -0.02, 0.3, 0.25);
    }

    private static void Chair(Pen pen)
    {
        foreach (var (x, y) in ((double, double)[])[(-0.5, 0.95), (0.3, 0.95), (-0.25, 0.75), (0.52, 0.75)])
            pen.Line(pen.Deep, 0.1, x * 0.95, 0.15, x, y);
        pen.Line(pen.Main, 0.1, -0.22, 0.1, -0.26, -0.95);
        pen.Line(pen.Main, 0.1, 0.5, 0.1, 0.5, -0.95);
        if (pen.Odds(0.5))
            foreach (var y in (ReadOnlySpan<double>)[-0.8, -0.5, -0.2]) pen.Line(pen.Main, 0.1, -0.26, y, 0.5, y);
        else pen.Box(pen.Main, -0.2, -0.85, 0.46, -0.15);
        pen.Poly(pen.Main, -0.6, 0.22, -0.28, 0.02, 0.6, 0.02, 0.42, 0.22);
    }

    private static void Sofa(Pen pen)
    {
        foreach (var x in (ReadOnlySpan<double>)[-0.75, 0.75]) pen.Line(Paint.Wood, 0.1, x, 0.5, x, 0.72);
        pen.Blob(pen.Main, -0.8, 0.1, -0.78, -0.5, -0.5, -0.58, 0.5, -0.58, 0.78, -0.5, 0.8, 0.1);
        pen.Line(pen.Deep, 0.03, 0, -0.55, 0, 0.05);
        pen.Box(pen.Pale, -0.75, 0.02, 0.75, 0.3);
        pen.Line(pen.Deep, 0.03, 0, 0.04, 0, 0.28);
        pen.Box(pen.Main, -0.85, 0.28, 0.85, 0.55);
        foreach (var side in (ReadOnlySpan<int>)[-1, 1])
            pen.Blob(pen.Deep, side * 0.72, -0.1, side * 0.98, -0.12, side, 0.52, side * 0.72, 0.55);
        if (pen.Odds(0.5)) pen.Poly(pen.Other(), -0.6, -0.28, -0.28, -0.22, -0.34, 0.06, -0.66, 0.0);
    }

    private static void Umbrella(Pen pen)
    {
        pen.Curve(Paint.Wood, 0.07, 0, -0.5, 0, 0.4, 0.02, 0.78, 0.15, 0.9, 0.28, 0.75);
        var other = pen.Odds(0.5) ? pen.Other() : pen.Deep;
        pen.Blob(pen.Main, -0.95, 0.05, -0.75, -0.5, 0, -0.85, 0.75, -0.5,
            0.95, 0.05, 0.6, -0.08, 0.32, 0.06, 0, -0.08, -0.32, 0.06, -0.6, -0.08);
        pen.Blob(other, -0.32, 0.04, -0.25, -0.45, 0, -0.84, 0.25, -0.45, 0.32, 0.04, 0, -0.07);
        pen.Line(Paint.Steel, 0.05, 0, -0.85, 0, -0.98);
    }
}
