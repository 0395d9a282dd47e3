using Ipo.Samples.Drawing;
using static Ipo.Samples.Drawing.DeterministicTrig;

namespace Ipo.Samples.Things;

/// <summary>Gear for sports and games.</summary>
internal static class SportsGear
{
    private const string Kind = "sports gear";

    public static IReadOnlyList<Thing> All { get; } =
    [
        new("bat", Kind, "brown beige red black", "a wooden club that hits a ball", Bat),
        new("skate", Kind, "white black red blue", "a boot with wheels or a blade", Skate),
        new("cricket", Kind, "brown beige white", "three stumps, a flat bat and a ball", Cricket),
        new("bow", Kind, "brown red black green", "a bent stick with a string that shoots arrows", Bow),
        new("ring", Kind, "blue white red", "a square stage with ropes for boxing", Ring),
        new("kite", Kind, "red blue yellow green purple", "a toy that flies on a string", Kite),
        new("iron", Kind, "silver grey", "a golf club with a metal head", Iron),
        new("racket", Kind, "red blue green yellow", "strings in an oval frame", Racket),
        new("hockey stick", Kind, "brown black red", "a long stick with a bent end", HockeyStick),
        new("football", Kind, "white beige yellow", "a round ball with patches", Football),
        new("dart", Kind, "red blue green", "a small arrow for a board", Dart),
        new("dumbbell", Kind, "grey black silver", "two weights on a short bar", Dumbbell),
        new("skateboard", Kind, "red blue green orange", "a board on four wheels", Skateboard),
        new("boxing glove", Kind, "red blue black", "a padded glove", BoxingGlove),
    ];

    private static void Bat(Pen pen)
    {
        pen.Blob(pen.Main, -0.06, 0.85, 0.06, 0.85, 0.08, 0.3, 0.21, -0.5,
            0.15, -0.93, 0, -0.98, -0.15, -0.93, -0.21, -0.5, -0.08, 0.3);
        pen.Line(pen.Deep, 0.15, 0, 0.45, 0, 0.82);
        pen.Oval(pen.Deep, 0, 0.92, 0.13, 0.07);
        pen.Line(pen.Pale, 0.04, -0.06, -0.8, -0.08, -0.3);
        if (!pen.Odds(0.5)) return;
        double x = pen.Odds(0.5) ? 0.55 : -0.55, y = pen.Roll(-0.6, 0.4);
        pen.Oval(Paint.White, x, y, 0.2, 0.2);
        pen.Curve(Paint.Red, 0.03, x - 0.12, y - 0.14, x - 0.04, y, x - 0.12, y + 0.14);
        pen.Curve(Paint.Red, 0.03, x + 0.12, y - 0.14, x + 0.04, y, x + 0.12, y + 0.14);
    }

    private static void Skate(Pen pen)
    {
        var ice = pen.Odds(0.5);
        if (ice)
        {
            foreach (var x in (ReadOnlySpan<double>)[-0.4, 0.4]) pen.Line(Paint.Steel, 0.1, x, 0.45, x, 0.75);
            pen.Curve(Paint.Steel, 0.09, -0.95, 0.62, -0.82, 0.8, 0.85, 0.8);
        }
        else
        {
            pen.Box(Paint.Steel, -0.8, 0.45, 0.7, 0.58);
            foreach (var x in (ReadOnlySpan<double>)[-0.6, -0.2, 0.2, 0.55])
                pen.Oval(x < 0 ? Paint.Black : Paint.Black.Mix(Paint.Steel, 0.2), x, 0.72, 0.18, 0.18);
            foreach (var x in (ReadOnlySpan<double>)[-0.6, -0.2, 0.2, 0.55])
                pen.Oval(Paint.Of("orange"), x, 0.72, 0.07, 0.07);
        }
        pen.Blob(pen.Main, -0.1, -0.9, 0.6, -0.9, 0.58, -0.2, 0.7, 0.45,
            -0.1, 0.48, -0.85, 0.46, -0.88, 0.15, -0.45, -0.05, -0.15, -0.3);
        pen.Line(pen.Deep, 0.09, -0.85, 0.42, 0.7, 0.42);
        pen.Line(pen.Deep, 0.09, -0.1, -0.85, 0.6, -0.85);
        for (var i = 0; i < 4; i++)
            pen.Line(Paint.Black, 0.035, -0.12 - i * 0.07, -0.5 + i * 0.14, 0.1 - i * 0.08, -0.42 + i * 0.14);
    }

    private static void Cricket(Pen pen)
    {
        foreach (var x in (ReadOnlySpan<double>)[0.15, 0.42, 0.69]) pen.Line(pen.Main, 0.09, x, -0.55, x, 0.95);
        pen.Line(pen.Deep, 0.07, 0.1, -0.64, 0.42, -0.64);
        pen.Line(pen.Deep, 0.07, 0.44, -0.64, 0.76, -0.64);
        var lean = pen.Roll(-0.25, 0.05);
        pen.Line(Paint.Red, 0.11, -0.4 + lean, -0.95, -0.42 + lean * 0.7, -0.4);
        pen.Poly(pen.Pale, -0.52 + lean * 0.7, -0.42, -0.3 + lean * 0.7, -0.42, -0.22, 0.85, -0.5, 0.88);
        pen.Line(pen.Deep, 0.03, -0.4 + lean * 0.6, -0.35, -0.36, 0.8);
        pen.Oval(Paint.Red, pen.Roll(-0.9, -0.7), 0.8, 0.15, 0.15);
    }

    private static void Bow(Pen pen)
    {
        var pull = pen.Odds(0.5) ? pen.Roll(0.3, 0.55) : 0;
        pen.Line(Paint.Sand, 0.025, 0.2, -0.95, 0.2 + pull, 0, 0.2, 0.95);
        pen.Curve(pen.Main, 0.11, 0.28, -0.98, 0.1, -0.85, -0.3, -0.45, -0.38, 0, -0.3, 0.45, 0.1, 0.85, 0.28, 0.98);
        pen.Line(pen.Deep, 0.14, -0.38, -0.15, -0.38, 0.15);
        if (pull == 0 && pen.Odds(0.4)) return;
        pen.Line(Paint.Wood, 0.045, 0.2 + pull, 0, -0.85, 0);
        pen.Poly(Paint.Steel, -1, 0, -0.8, -0.1, -0.8, 0.1);
        pen.Poly(Paint.Red, 0.05 + pull, 0, 0.28 + pull, -0.1, 0.35 + pull, 0, 0.28 + pull, 0.1);
    }

    private static void Ring(Pen pen)
    {
        pen.Poly(pen.Main.Mix(Paint.White, 0.5), -0.65, -0.1, 0.65, -0.1, 0.95, 0.5, -0.95, 0.5);
        pen.Poly(pen.Main, -0.95, 0.5, 0.95, 0.5, 0.95, 0.8, -0.95, 0.8);
        for (var i = 0; i < 3; i++)
        {
            pen.Line(Paint.Red, 0.03, -0.65, -0.18 - i * 0.16, 0.65, -0.18 - i * 0.16);
            foreach (var side in (ReadOnlySpan<int>)[-1, 1])
                pen.Line(Paint.White, 0.035, side * 0.65, -0.18 - i * 0.16, side * 0.92, 0.34 - i * 0.24);
        }
        foreach (var side in (ReadOnlySpan<int>)[-1, 1])
            pen.Line(Paint.Steel, 0.08, side * 0.65, -0.1, side * 0.65, -0.65);
        for (var i = 0; i < 3; i++)
            pen.Line(i % 2 == 0 ? Paint.Red : Paint.Black, 0.045, -0.92, 0.34 - i * 0.24, 0.92, 0.34 - i * 0.24);
        foreach (var side in (ReadOnlySpan<int>)[-1, 1])
        {
            pen.Line(side < 0 ? Paint.Red : Paint.Sea, 0.13, side * 0.92, 0.5, side * 0.92, -0.3);
            if (pen.Odds(0.6)) pen.Oval(Paint.Skin, side * 0.25, pen.Roll(-0.1, 0.1), 0.09, 0.1);
        }
    }

    private static void Kite(Pen pen)
    {
        var other = pen.Other();
        Span<double> tail = [0.1, 0.35, 0.3, 0.55, 0.1, 0.75, 0.35, 0.98];
        for (var i = 2; i < 8; i += 2) tail[i] += pen.Roll(-0.15, 0.15);
        pen.Curve(Paint.Black, 0.03, tail);
        for (var i = 2; i < 8; i += 2)
        {
            pen.Poly(other, tail[i], tail[i + 1],
                tail[i] - 0.14, tail[i + 1] - 0.08, tail[i] - 0.14, tail[i + 1] + 0.08);
            pen.Poly(other, tail[i], tail[i + 1],
                tail[i] + 0.14, tail[i + 1] - 0.08, tail[i] + 0.14, tail[i + 1] + 0.08);
        }
        pen.Poly(pen.Main, 0, -0.98, 0.55, -0.4, 0.1, 0.4, -0.55, -0.4);
        pen.Poly(other, 0, -0.98, 0.55, -0.4, 0.02, -0.38);
        pen.Poly(other, 0.02, -0.38, -0.55, -0.4, 0.1, 0.4);
        pen.Line(Paint.Wood, 0.03, 0, -0.98, 0.1, 0.4);
        pen.Line(Paint.Wood, 0.03, -0.55, -0.4, 0.55, -0.4);
    }

    private static void Iron(Pen pen)
    {
        pen.Line(pen.Main, 0.055, 0.55, -0.4, -0.2, 0.68);
        pen.Line(Paint.Black, 0.1, 0.85, -0.85, 0.53, -0.38);
        pen.Blob(pen.Main, -0.1, 0.55, -0.4, 0.58, -0.8, 0.48, -0.85, 0.75, -0.7, 0.92, -0.18, 0.85);
        for (var i = 0; i < 3; i++) pen.Line(pen.Deep, 0.03, -0.72, 0.6 + i * 0.1, -0.36, 0.66 + i * 0.07);
        if (pen.Odds(0.75)) pen.Oval(Paint.White, pen.Roll(0.15, 0.5), 0.84, 0.12, 0.12);
    }

    private static void Racket(Pen pen)
    {
        pen.Oval(Paint.White, 0, -0.42, 0.42, 0.54);
        for (var i = 1; i < 6; i++)
        {
            double t = -0.42 + i * 0.14, w = Math.Sqrt(1 - t * t / 0.1764);
            pen.Line(Paint.Steel, 0.02, t, -0.42 - 0.54 * w, t, -0.42 + 0.54 * w);
            double v = -0.54 + i * 0.18, h = Math.Sqrt(1 - v * v / 0.2916);
            pen.Line(Paint.Steel, 0.02, -0.42 * h, -0.42 + v, 0.42 * h, -0.42 + v);
        }
        pen.Ring(pen.Main, 0.09, 0, -0.42, 0.44, 0.55);
        pen.Line(pen.Main, 0.07, -0.2, 0.08, 0, 0.4, 0.2, 0.08);
        pen.Line(Paint.Black, 0.12, 0, 0.4, 0, 0.95);
        if (pen.Odds(0.5)) pen.Oval(Paint.Yellow, 0.6, pen.Roll(0.2, 0.7), 0.18, 0.18);
    }

    private static void HockeyStick(Pen pen)
    {
        pen.Curve(pen.Main, 0.11, 0.65, -0.95, 0.3, -0.2, -0.05, 0.55,
            -0.2, 0.78, -0.4, 0.86, -0.8, pen.Roll(0.78, 0.88));
        pen.Line(Paint.White, 0.13, 0.62, -0.88, 0.48, -0.58);
        pen.Line(Paint.Black, 0.13, -0.5, 0.86, -0.78, 0.83);
        if (pen.Odds(0.7)) pen.Oval(Paint.Black, pen.Roll(0.2, 0.6), 0.85, 0.19, 0.09);
    }

    private static void Football(Pen pen)
    {
        pen.Oval(pen.Main, 0, 0, 0.85, 0.85);
        var turn = pen.Roll(0, 0.2);
        Span<double> patch = stackalloc double[10];
        for (var i = 0; i < 5; i++)
            (patch[2 * i], patch[2 * i + 1]) = (0.28 * Cos(turn + i / 5.0), 0.28 * Sin(turn + i / 5.0));
        for (var i = 0; i < 5; i++)
        {
            double t = turn + i / 5.0, c = Cos(t), s = Sin(t);
            pen.Line(Paint.Black, 0.035, 0.28 * c, 0.28 * s, 0.55 * c, 0.55 * s);
            pen.Poly(Paint.Black, 0.55 * c, 0.55 * s, 0.72 * Cos(t - 0.045), 0.72 * Sin(t - 0.045),
                0.82 * Cos(t - 0.03), 0.82 * Sin(t - 0.03), 0.82 * Cos(t + 0.03), 0.82 * Sin(t + 0.03),
                0.72 * Cos(t + 0.045), 0.72 * Sin(t + 0.045));
            pen.Line(Paint.Black, 0.03, 0.72 * Cos(t + 0.045), 0.72 * Sin(t + 0.045),
                0.62 * Cos(t + 0.1), 0.62 * Sin(t + 0.1), 0.72 * Cos(t + 0.155), 0.72 * Sin(t + 0.155));
        }
        pen.Poly(Paint.Black, patch);
    }

    private static void Dart(Pen pen)
    {
        pen.Line(Paint.Steel, 0.035, -0.98, 0.0, -0.5, 0.0);
        pen.Blob(Paint.Gold, -0.58, 0, -0.4, -0.08, 0.05, -0.08, 0.15, 0, 0.05, 0.08, -0.4, 0.08);
        for (var i = 0; i < 4; i++) pen.Line(Paint.Black, 0.03, -0.35 + i * 0.1, -0.08, -0.35 + i * 0.1, 0.08);
        pen.Line(Paint.Black, 0.05, 0.12, 0, 0.95, 0);
        var wide = pen.Roll(0.26, 0.4);
        pen.Poly(pen.Main, 0.42, 0, 0.62, -wide, 0.95, -wide, 0.92, 0);
        pen.Poly(pen.Deep, 0.42, 0, 0.62, wide, 0.95, wide, 0.92, 0);
    }

    private static void Dumbbell(Pen pen)
    {
        pen.Line(Paint.Steel, 0.13, -0.5, 0, 0.5, 0);
        var high = pen.Roll(0.36, 0.5);
        foreach (var side in (ReadOnlySpan<int>)[-1, 1])
        {
            pen.Box(pen.Main, side * 0.42 - 0.11, -high, side * 0.42 + 0.11, high);
            pen.Box(pen.Deep, side * 0.66 - 0.11, -high * 0.72, side * 0.66 + 0.11, high * 0.72);
            pen.Box(Paint.Steel, side * 0.84 - 0.07, -0.1, side * 0.84 + 0.07, 0.1);
        }
    }

    private static void Skateboard(Pen pen)
    {
        pen.Curve(pen.Main, 0.13, -0.95, pen.Roll(-0.3, -0.12),
            -0.68, 0.02, 0, 0.05, 0.68, 0.02, 0.95, pen.Roll(-0.3, -0.12));
        pen.Line(Paint.Black, 0.03, -0.65, -0.05, 0.65, -0.05);
        foreach (var side in (ReadOnlySpan<int>)[-1, 1])
        {
            pen.Poly(Paint.Steel, side * 0.5 - 0.1, 0.1, side * 0.5 + 0.1, 0.1,
                side * 0.5 + 0.04, 0.26, side * 0.5 - 0.04, 0.26);
            pen.Oval(pen.Other(), side * 0.5 - 0.15, 0.3, 0.14, 0.14);
            pen.Oval(Paint.Black, side * 0.5 + 0.15, 0.3, 0.14, 0.14);
        }
    }

    private static void BoxingGlove(Pen pen)
    {
        pen.Poly(Paint.White, -0.42, 0.5, 0.42, 0.5, 0.48, 0.95, -0.48, 0.95);
        pen.Blob(pen.Main, -0.45, 0.5, -0.55, -0.1, -0.5, -0.7, 0, -0.95, 0.45, -0.8, 0.58, -0.3, 0.42, 0.5);
        pen.Blob(pen.Deep, -0.5, 0.3, -0.95, -0.05, -0.9, -0.45, -0.65, -0.5, -0.4, -0.15, -0.15, 0.05, -0.25, 0.25);
        pen.Curve(pen.Deep, 0.05, -0.15, -0.35, 0.15, -0.25, 0.5, -0.35);
        pen.Line(Paint.Red, 0.07, -0.45, 0.72, 0.45, 0.72);
    }
}
