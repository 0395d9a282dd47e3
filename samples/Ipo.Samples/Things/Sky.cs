using Ipo.Samples.Drawing;
using static Ipo.Samples.Drawing.DeterministicTrig;

namespace Ipo.Samples.Things;

/// <summary>What is seen in the sky.</summary>
internal static class Sky
{
    private const string Kind = "weather";

    public static IReadOnlyList<Thing> All { get; } =
    [
        new("bolt", Kind, "yellow white orange", "a flash of lightning", Bolt),
        new("sun", Kind, "yellow orange red", "the star of the day", Sun),
        new("moon", Kind, "yellow white silver", "a crescent at night", Moon),
        new("star", Kind, "yellow white orange", "a light of the night with points", Star),
        new("cloud", Kind, "white grey silver", "white vapour", Cloud),
        new("rain", Kind, "blue grey", "drops from a cloud", Rain),
        new("rainbow", Kind, "colourful", "a coloured arch", Rainbow),
        new("snowflake", Kind, "white blue silver", "a crystal of ice", Snowflake),
        new("tornado", Kind, "grey brown black", "a whirling funnel", Tornado),
        new("comet", Kind, "yellow orange white", "a star with a tail", Comet),
    ];

    private static void Puff(Pen pen, SkiaSharp.SKColor colour, double y)
    {
        pen.Blob(colour, -0.85, y + 0.22, -0.9, y - 0.05, -0.6, y - 0.2, -0.4, y - 0.45 + pen.Roll(-0.06, 0.06),
            0, y - 0.42, 0.25, y - 0.5, 0.55, y - 0.25, 0.88, y - 0.12, 0.92, y + 0.15, 0.6, y + 0.28, -0.5, y + 0.28);
        pen.Curve(colour.Shade(0.82), 0.05, -0.4, y, -0.2, y - 0.14, 0, y - 0.02);
        pen.Curve(colour.Shade(0.82), 0.05, 0.2, y + 0.02, 0.4, y - 0.12, 0.6, y + 0.02);
    }

    private static void Bolt(Pen pen)
    {
        if (pen.Odds(0.5)) Puff(pen, Paint.Steel.Shade(0.7), -0.55);
        var jag = pen.Roll(-0.1, 0.1);
        pen.Poly(pen.Main, 0.15, -0.6, -0.45, 0.12 + jag, -0.08, 0.1 + jag,
            -0.3, 0.98, 0.45, -0.02 + jag, 0.1, 0.0 + jag, 0.45, -0.6);
    }

    private static void Sun(Pen pen)
    {
        var rays = pen.Count(8, 14);
        var style = pen.Odds(0.5);
        for (var i = 0; i < rays; i++)
        {
            double t = i / (double)rays, a = 0.5 / rays * 0.7;
            if (style)
                pen.Poly(pen.Main, 0.55 * Cos(t - a), 0.55 * Sin(t - a),
                    0.95 * Cos(t), 0.95 * Sin(t), 0.55 * Cos(t + a), 0.55 * Sin(t + a));
            else pen.Line(pen.Main, 0.08, 0.65 * Cos(t), 0.65 * Sin(t), 0.95 * Cos(t), 0.95 * Sin(t));
        }
        pen.Oval(pen.Main, 0, 0, 0.52, 0.52);
        if (!pen.Odds(0.3)) return;
        pen.Eye(-0.18, -0.1, 0.06);
        pen.Eye(0.18, -0.1, 0.06);
        pen.Curve(Paint.Black, 0.05, -0.22, 0.15, 0, 0.28, 0.22, 0.15);
    }

    private static void Moon(Pen pen)
    {
        var thick = pen.Roll(-0.1, 0.25);
        pen.Blob(pen.Main, 0.35, -0.88, -0.2, -0.75, -0.62, -0.3, -0.62, 0.3,
            -0.2, 0.75, 0.35, 0.88, thick - 0.05, 0.5, thick - 0.22, 0, thick - 0.05, -0.5);
        for (var i = 0; i < pen.Count(0, 3); i++)
        {
            double x = 0.5 + i % 2 * 0.25, y = -0.45 + i * 0.4;
            pen.Poly(Paint.Yellow, x, y - 0.12, x + 0.04, y - 0.03, x + 0.12, y,
                x + 0.04, y + 0.03, x, y + 0.12, x - 0.04, y + 0.03, x - 0.12, y, x - 0.04, y - 0.03);
        }
        pen.Oval(pen.Deep, -0.42, 0.05, 0.08, 0.08);
        pen.Oval(pen.Deep, -0.3, -0.35, 0.06, 0.06);
    }

    private static void Star(Pen pen)
    {
        Span<double> rim = stackalloc double[20];
        var inner = pen.Roll(0.34, 0.44);
        for (var i = 0; i < 10; i++)
        {
            var r = i % 2 == 0 ? 0.95 : inner;
            (rim[2 * i], rim[2 * i + 1]) = (r * Sin(i / 10.0), -r * Cos(i / 10.0));
        }
        pen.Poly(pen.Main, rim);
        for (var i = 0; i < 5; i++) pen.Line(pen.Deep, 0.025, 0, 0, 0.8 * Sin(i / 5.0), -0.8 * Cos(i / 5.0));
    }

    private static void Cloud(Pen pen)
    {
        if (pen.Odds(0.4)) pen.Oval(Paint.Yellow, pen.Roll(-0.4, 0.5), -0.42, 0.36, 0.36);
        Puff(pen, pen.Main, 0.1);
    }

    private static void Rain(Pen pen)
    {
        for (var i = 0; i < 10; i++)
        {
            double x = -0.75 + i % 5 * 0.36 + i / 5 * 0.12, y = 0.05 + i / 5 * 0.4 + pen.Roll(0, 0.15);
            pen.Blob(pen.Main.Mix(Paint.Sea, 0.6), x, y, x + 0.07, y + 0.18, x, y + 0.26, x - 0.07, y + 0.18);
        }
        Puff(pen, Paint.Steel, -0.4);
    }

    private static void Rainbow(Pen pen)
    {
        string[] colours = ["red", "orange", "yellow", "green", "blue", "purple"];
        var high = pen.Roll(0.95, 1.25);
        for (var i = 0; i < 6; i++)
        {
            var r = 0.95 - i * 0.105;
            pen.Curve(Paint.Of(colours[i]), 0.115, -r, 0.6, -r * 0.86, 0.6 - high * r * 0.52,
                -r * 0.5, 0.6 - high * r * 0.86, 0, 0.6 - high * r,
                r * 0.5, 0.6 - high * r * 0.86, r * 0.86, 0.6 - high * r * 0.52, r, 0.6);
        }
        if (pen.Odds(0.6))
            foreach (var side in (ReadOnlySpan<int>)[-1, 1])
                pen.Blob(Paint.White, side * 1.02, 0.5, side * 0.85, 0.42,
                    side * 0.5, 0.48, side * 0.3, 0.65, side * 0.6, 0.75, side * 0.95, 0.75);
    }

    private static void Snowflake(Pen pen)
    {
        var ice = pen.Main.Mix(Paint.Sky, 0.25);
        double twig = pen.Roll(0.16, 0.3), at = pen.Roll(0.45, 0.6);
        for (var i = 0; i < 6; i++)
        {
            double t = i / 6.0, c = Cos(t), s = Sin(t);
            pen.Line(ice, 0.085, 0, 0, 0.92 * c, 0.92 * s);
            foreach (var r in (ReadOnlySpan<double>)[at, at + 0.25])
                pen.Line(ice, 0.06, r * c + twig * Cos(t + 0.13), r * s + twig * Sin(t + 0.13),
                    r * c, r * s, r * c + twig * Cos(t - 0.13), r * s + twig * Sin(t - 0.13));
        }
        pen.Oval(ice, 0, 0, 0.14, 0.14);
    }

    private static void Tornado(Pen pen)
    {
        var sway = pen.Roll(-0.3, 0.3);
        for (var i = 0; i < 8; i++)
        {
            double t = i / 7.0, x = sway * t * t + 0.1 * Sin(t * 1.3);
            pen.Oval(i % 2 == 0 ? pen.Main : pen.Deep, x, -0.8 + 1.65 * t, 0.85 * (1 - t) + 0.08, 0.16);
        }
        pen.Curve(pen.Pale, 0.05, -0.5, -0.8, 0, -0.72, 0.5, -0.8);
        for (var i = 0; i < 3; i++)
            pen.Box(Paint.Wood, sway + pen.Roll(-0.6, 0.6), 0.6, sway + pen.Roll(-0.5, 0.7), 0.7);
    }

    private static void Comet(Pen pen)
    {
        var spread = pen.Roll(0.15, 0.3);
        pen.Poly(pen.Pale, -0.75, 0.2, 0.95, -0.95, -0.2, 0.75);
        pen.Poly(pen.Main, -0.7, 0.3, 0.75 - spread, -0.85 + spread, -0.3, 0.7);
        pen.Line(Paint.White, 0.035, -0.35, 0.35, 0.4, -0.35);
        pen.Oval(pen.Deep, -0.5, 0.5, 0.34, 0.34);
        pen.Oval(pen.Main, -0.52, 0.48, 0.24, 0.24);
    }
}
