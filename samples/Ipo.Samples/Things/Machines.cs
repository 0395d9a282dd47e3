using Ipo.Samples.Drawing;
using static Ipo.Samples.Drawing.DeterministicTrig;

namespace Ipo.Samples.Things;

/// <summary>Machines and devices.</summary>
internal static class Machines
{
    private const string Kind = "machine";

    public static IReadOnlyList<Thing> All { get; } =
    [
        new("crane", Kind, "yellow orange red blue", "a machine that lifts loads", Crane),
        new("mouse", Kind, "black white grey silver blue", "a pointing device of a computer", Mouse),
        new("fan", Kind, "white blue silver green", "turning blades in a cage", Fan),
        new("keyboard", Kind, "black white grey silver", "keys for typing", Keyboard),
        new("iron", Kind, "blue red white purple", "a hot device that smooths cloth", Iron),
        new("pump", Kind, "green red blue black", "a hand device that moves water", Pump),
        new("excavator", Kind, "yellow orange red green", "a machine that digs", Excavator),
        new("computer", Kind, "black silver white grey", "a screen on a stand", Computer),
        new("telephone", Kind, "red black green beige", "a handset on a dial", Telephone),
        new("camera", Kind, "black silver brown red", "a device that takes pictures", Camera),
        new("robot", Kind, "silver blue red yellow", "a machine like a person", Robot),
        new("toaster", Kind, "silver red blue white", "a device that browns bread", Toaster),
        new("radio", Kind, "brown red blue black", "a device that plays broadcasts", Radio),
        new("clock", Kind, "red brown blue green", "hands on a dial", Clock),
    ];

    private static void Crane(Pen pen)
    {
        double jib = pen.Roll(-0.72, -0.55), hook = pen.Roll(-0.85, -0.4), drop = pen.Roll(-0.1, 0.35);
        pen.Line(pen.Main, 0.06, 0.2, 0.95, 0.2, jib);
        pen.Line(pen.Main, 0.06, 0.42, 0.95, 0.42, jib);
        for (var y = jib + 0.1; y < 0.85; y += 0.26) pen.Line(pen.Deep, 0.035, 0.2, y, 0.42, y + 0.13, 0.2, y + 0.26);
        pen.Line(pen.Main, 0.06, -1, jib, 1, jib);
        pen.Line(pen.Main, 0.05, -1, jib, 0.31, jib - 0.16, 0.31, jib - 0.34);
        for (var x = -0.9; x < 0.1; x += 0.24) pen.Line(pen.Deep, 0.03, x, jib, x + 0.12, jib - 0.1, x + 0.24, jib);
        pen.Line(pen.Deep, 0.03, 0.31, jib - 0.34, 0.95, jib);
        pen.Box(Paint.Steel.Shade(0.6), 0.72, jib, 1, jib + 0.24);
        pen.Box(pen.Deep, 0.12, jib + 0.02, 0.48, jib + 0.24);
        pen.Line(Paint.Black, 0.025, hook, jib, hook, drop);
        if (pen.Odds(0.5)) pen.Box(pen.Other(), hook - 0.16, drop, hook + 0.16, drop + 0.22);
        else pen.Curve(Paint.Black, 0.05, hook, drop,
            hook + 0.1, drop + 0.1, hook, drop + 0.2, hook - 0.1, drop + 0.12);
        pen.Box(Paint.Steel, 0.02, 0.88, 0.6, 0.98);
    }

    private static void Mouse(Pen pen)
    {
        pen.Curve(pen.Deep, 0.05, 0, -0.7, pen.Roll(-0.2, 0.2), -0.85, pen.Roll(-0.5, 0.5), -1.05);
        pen.Blob(pen.Main, 0, -0.75, 0.38, -0.65, 0.5, -0.1, 0.52, 0.45,
            0.3, 0.88, 0, 0.95, -0.3, 0.88, -0.52, 0.45, -0.5, -0.1, -0.38, -0.65);
        pen.Line(pen.Deep, 0.035, 0, -0.74, 0, -0.05);
        pen.Curve(pen.Deep, 0.035, -0.5, -0.08, 0, 0.02, 0.5, -0.08);
        pen.Oval(Paint.Black, 0, -0.42, 0.08, 0.17);
        pen.Oval(Paint.Steel, 0, -0.42, 0.045, 0.11);
        if (pen.Odds(0.5)) pen.Oval(pen.Deep, 0, 0.55, 0.12, 0.09);
    }

    private static void Fan(Pen pen)
    {
        pen.Line(Paint.Steel, 0.11, 0, 0.4, 0, 0.88);
        pen.Oval(pen.Deep, 0, 0.9, 0.42, 0.1);
        pen.Oval(Paint.White, 0, -0.22, 0.7, 0.7);
        double turn = pen.Roll(0, 0.3);
        var blades = pen.Count(3, 4);
        for (var i = 0; i < blades; i++)
        {
            var t = turn + i / (double)blades;
            pen.Blob(pen.Main, 0, -0.22, 0.3 * Cos(t - 0.09), -0.22 + 0.3 * Sin(t - 0.09),
                0.6 * Cos(t - 0.05), -0.22 + 0.6 * Sin(t - 0.05),
                0.6 * Cos(t + 0.07), -0.22 + 0.6 * Sin(t + 0.07), 0.2 * Cos(t + 0.06), -0.22 + 0.2 * Sin(t + 0.06));
        }
        pen.Oval(pen.Deep, 0, -0.22, 0.12, 0.12);
        pen.Ring(Paint.Steel.Shade(0.8), 0.05, 0, -0.22, 0.72, 0.72);
        for (var i = 0; i < 6; i++)
            pen.Line(Paint.Steel, 0.018, 0.7 * Cos(i / 12.0), -0.22 + 0.7 * Sin(i / 12.0),
                -0.7 * Cos(i / 12.0), -0.22 - 0.7 * Sin(i / 12.0));
    }

    private static void Keyboard(Pen pen)
    {
        pen.Poly(pen.Main, -1, -0.35, 1, -0.35, 1, 0.4, -1, 0.4);
        var keys = pen.Main.Light() < 110 ? pen.Pale : pen.Deep;
        for (var row = 0; row < 3; row++)
            for (var i = 0; i < 9; i++)
            {
                double x = -0.92 + i * 0.205 + row % 2 * 0.03, y = -0.27 + row * 0.16;
                pen.Box(keys, x, y, x + 0.15, y + 0.11);
            }
        pen.Box(keys, -0.5, 0.22, 0.45, 0.33);
        pen.Box(keys, -0.92, 0.22, -0.6, 0.33);
        pen.Box(keys, 0.55, 0.22, 0.9, 0.33);
        if (pen.Odds(0.5)) pen.Curve(Paint.Black, 0.035, 0.3, -0.35, 0.35, -0.6, 0.6, -0.7);
    }

    private static void Iron(Pen pen)
    {
        pen.Curve(Paint.Black, 0.04, 0.8, -0.15, 0.98, -0.4, 0.9, -0.75);
        pen.Curve(pen.Deep, 0.15, -0.35, 0.0, -0.2, -0.4, 0.5, -0.42, 0.75, -0.1);
        pen.Blob(pen.Main, -0.95, 0.4, -0.6, 0.1, -0.1, -0.05, 0.7, -0.1, 0.9, 0.1, 0.92, 0.42, 0, 0.45);
        pen.Poly(Paint.Steel, -1, 0.42, 0.92, 0.42, 0.92, 0.58, -0.95, 0.58);
        pen.Oval(Paint.White, 0.3, 0.15, 0.13, 0.12);
        if (pen.Odds(0.5))
            for (var i = 0; i < 3; i++)
                pen.Curve(Paint.White, 0.04, -0.9 + i * 0.25, 0.15 - i * 0.15,
                    -0.98 + i * 0.25, 0.02 - i * 0.15, -0.88 + i * 0.25, -0.12 - i * 0.15);
    }

    private static void Pump(Pen pen)
    {
        var up = pen.Roll(-0.95, -0.6);
        pen.Line(pen.Deep, 0.08, 0.05, -0.5, 0.55, up, 0.92, up + 0.35);
        pen.Box(pen.Deep, -0.45, 0.82, 0.45, 0.95);
        pen.Box(pen.Main, -0.18, -0.4, 0.2, 0.85);
        pen.Oval(pen.Main, 0.01, -0.45, 0.26, 0.16);
        pen.Line(pen.Deep, 0.07, 0.01, -0.6, 0.01, -0.82);
        pen.Curve(pen.Main, 0.17, -0.1, 0.0, -0.5, -0.05, -0.65, 0.2);
        pen.Box(pen.Deep, -0.24, 0.3, 0.26, 0.4);
        for (var i = 0; i < pen.Count(1, 3); i++) pen.Oval(Paint.Sea, -0.66, 0.4 + i * 0.2, 0.05, 0.08);
    }

    private static void Excavator(Pen pen)
    {
        double knee = pen.Roll(-0.9, -0.7), reach = pen.Roll(-0.85, -0.65);
        pen.Line(pen.Main, 0.14, 0.1, 0.05, -0.3, knee, reach, -0.2);
        pen.Blob(Paint.Steel.Shade(0.7), reach + 0.1, -0.2, reach - 0.2, 0.0, reach - 0.15, 0.3, reach + 0.2, 0.25);
        pen.Poly(pen.Main, 0.0, 0.3, 0.0, -0.02, 0.4, -0.02, 0.9, -0.05, 0.95, 0.3);
        pen.Poly(pen.Main, 0.08, 0.0, 0.15, -0.5, 0.55, -0.5, 0.58, 0.0);
        pen.Box(Paint.Glass, 0.19, -0.42, 0.48, -0.1);
        pen.Blob(Paint.Black, -0.2, 0.55, 0.0, 0.38, 0.8, 0.38, 0.98, 0.55, 0.8, 0.75, 0.0, 0.75);
        foreach (var x in (ReadOnlySpan<double>)[0.05, 0.4, 0.74]) pen.Oval(Paint.Steel, x, 0.56, 0.11, 0.11);
    }

    private static void Computer(Pen pen)
    {
        pen.Box(pen.Main, -0.85, -0.75, 0.85, 0.4);
        pen.Box(Paint.Sky.Shade(pen.Roll(0.55, 1.05)), -0.74, -0.64, 0.74, 0.28);
        pen.Poly(pen.Deep, -0.14, 0.4, 0.14, 0.4, 0.2, 0.72, -0.2, 0.72);
        pen.Oval(pen.Main, 0, 0.75, 0.45, 0.1);
        switch (pen.Count(0, 2))
        {
            case 0:
                for (var i = 0; i < 4; i++)
                    pen.Line(Paint.White, 0.045, -0.6, -0.48 + i * 0.18, pen.Roll(-0.1, 0.55), -0.48 + i * 0.18);
                break;
            case 1: pen.Box(Paint.White, -0.5, -0.45, 0.1, 0.0); pen.Box(pen.Other(), -0.1, -0.25, 0.55, 0.15); break;
            default: pen.Line(Paint.White, 0.05, -0.6, 0.1, -0.25, -0.25, 0.1, -0.05, 0.6, -0.5); break;
        }
    }

    private static void Telephone(Pen pen)
    {
        pen.Blob(pen.Main, -0.5, -0.2, 0.5, -0.2, 0.85, 0.7, 0.6, 0.85, -0.6, 0.85, -0.85, 0.7);
        pen.Oval(Paint.White, 0, 0.32, 0.36, 0.34);
        for (var i = 0; i < 9; i++)
            pen.Oval(Paint.Black, 0.25 * Cos(i / 10.0), 0.32 + 0.24 * Sin(i / 10.0), 0.05, 0.05);
        pen.Oval(pen.Deep, 0, 0.32, 0.12, 0.11);
        var lift = pen.Roll(-0.25, 0);
        pen.Curve(pen.Deep, 0.2, -0.8, -0.3 + lift, -0.5, -0.62 + lift,
            0, -0.68 + lift, 0.5, -0.62 + lift, 0.8, -0.3 + lift);
        pen.Oval(pen.Deep, -0.8, -0.26 + lift, 0.21, 0.15);
        pen.Oval(pen.Deep, 0.8, -0.26 + lift, 0.21, 0.15);
    }

    private static void Camera(Pen pen)
    {
        pen.Poly(pen.Deep, -0.35, -0.45, -0.22, -0.68, 0.22, -0.68, 0.35, -0.45);
        pen.Box(Paint.Steel, -0.78, -0.58, -0.5, -0.45);
        pen.Box(pen.Main, -0.95, -0.48, 0.95, 0.6);
        pen.Box(pen.Deep, -0.95, -0.2, 0.95, 0.35);
        var lens = pen.Roll(0.38, 0.48);
        pen.Oval(Paint.Steel, 0, 0.08, lens, lens);
        pen.Oval(Paint.Black, 0, 0.08, lens * 0.78, lens * 0.78);
        pen.Oval(Paint.Sea, 0, 0.08, lens * 0.45, lens * 0.45);
        pen.Oval(Paint.White, -0.1, -0.04, 0.07, 0.06);
        pen.Box(Paint.Yellow, 0.58, -0.4, 0.82, -0.26);
    }

    private static void Robot(Pen pen)
    {
        var arm = pen.Roll(-0.3, 0.5);
        pen.Line(Paint.Steel, 0.05, 0, -0.75, 0, -0.95);
        pen.Oval(Paint.Red, 0, -0.95, 0.07, 0.07);
        pen.Box(pen.Main, -0.38, -0.78, 0.38, -0.25);
        pen.Oval(Paint.Yellow, -0.17, -0.56, 0.1, 0.1);
        pen.Oval(Paint.Yellow, 0.17, -0.56, 0.1, 0.1);
        pen.Eye(-0.17, -0.56, 0.045);
        pen.Eye(0.17, -0.56, 0.045);
        pen.Line(Paint.Black, 0.05, -0.2, -0.37, 0.2, -0.37);
        foreach (var side in (ReadOnlySpan<int>)[-1, 1])
        {
            pen.Line(Paint.Steel, 0.12, side * 0.48, -0.08, side * 0.78, side < 0 ? arm : 0.3);
            pen.Oval(pen.Deep, side * 0.8, side < 0 ? arm : 0.32, 0.11, 0.11);
            pen.Box(Paint.Steel, side * 0.22 - 0.1, 0.45, side * 0.22 + 0.1, 0.85);
            pen.Box(pen.Deep, side * 0.24 - 0.17, 0.82, side * 0.24 + 0.17, 0.96);
        }
        pen.Box(pen.Main, -0.48, -0.2, 0.48, 0.5);
        pen.Box(pen.Deep, -0.28, -0.05, 0.28, 0.25);
        foreach (var x in (ReadOnlySpan<double>)[-0.15, 0, 0.15]) pen.Oval(pen.Other(), x, 0.1, 0.06, 0.06);
    }

    private static void Toaster(Pen pen)
    {
        for (var i = 0; i < 2; i++)
        {
            double x = -0.5 + i * 0.42, y = pen.Roll(-0.8, -0.6);
            pen.Blob(Paint.Sand.Shade(0.85), x, -0.1, x, y + 0.1, x + 0.02, y,
                x + 0.25, y - 0.05, x + 0.48, y, x + 0.5, y + 0.1, x + 0.5, -0.1);
        }
        pen.Blob(pen.Main, -0.85, 0.65, -0.85, -0.1, -0.65, -0.32, 0.65, -0.32, 0.85, -0.1, 0.85, 0.65, 0, 0.7);
        pen.Line(Paint.Black, 0.06, -0.58, -0.28, 0.55, -0.28);
        pen.Line(Paint.Black, 0.04, 0.68, -0.1, 0.68, 0.35);
        pen.Box(Paint.Black, 0.6, 0.0, 0.95, 0.1);
        pen.Oval(pen.Deep, -0.35, 0.25, 0.16, 0.16);
        pen.Box(Paint.Black, -0.7, 0.64, -0.45, 0.76);
        pen.Box(Paint.Black, 0.45, 0.64, 0.7, 0.76);
    }

    private static void Radio(Pen pen)
    {
        pen.Line(Paint.Steel, 0.04, 0.55, -0.4, pen.Roll(0.7, 0.98), -0.98);
        pen.Curve(pen.Deep, 0.08, -0.6, -0.38, -0.55, -0.6, 0.2, -0.6, 0.25, -0.38);
        pen.Box(pen.Main, -0.95, -0.4, 0.95, 0.65);
        pen.Oval(pen.Deep, -0.45, 0.14, 0.38, 0.38);
        pen.Oval(Paint.Steel, -0.45, 0.14, 0.28, 0.28);
        for (var i = 0; i < 5; i++)
            pen.Oval(Paint.Black, -0.45 + 0.16 * Cos(i / 5.0), 0.14 + 0.16 * Sin(i / 5.0), 0.04, 0.04);
        pen.Box(Paint.Sand, 0.1, -0.25, 0.82, 0.05);
        pen.Line(Paint.Red, 0.03, pen.Roll(0.2, 0.7), -0.22, 0.45, 0.02);
        pen.Oval(Paint.Black, 0.28, 0.38, 0.13, 0.13);
        pen.Oval(Paint.Black, 0.66, 0.38, 0.13, 0.13);
    }

    private static void Clock(Pen pen)
    {
        foreach (var side in (ReadOnlySpan<int>)[-1, 1])
        {
            pen.Line(pen.Deep, 0.1, side * 0.4, 0.6, side * 0.58, 0.92);
            pen.Oval(pen.Deep, side * 0.45, -0.66, 0.26, 0.2, side * 0.1);
        }
        pen.Line(pen.Deep, 0.06, 0, -0.65, 0, -0.9);
        pen.Oval(pen.Main, 0, 0.05, 0.75, 0.75);
        pen.Oval(Paint.White, 0, 0.05, 0.6, 0.6);
        for (var i = 0; i < 12; i++)
            pen.Line(Paint.Black, 0.03, 0.48 * Cos(i / 12.0), 0.05 + 0.48 * Sin(i / 12.0),
                0.56 * Cos(i / 12.0), 0.05 + 0.56 * Sin(i / 12.0));
        double hour = pen.Roll(0, 1), minute = pen.Roll(0, 1);
        pen.Line(Paint.Black, 0.07, 0, 0.05, 0.28 * Cos(hour), 0.05 + 0.28 * Sin(hour));
        pen.Line(Paint.Black, 0.05, 0, 0.05, 0.44 * Cos(minute), 0.05 + 0.44 * Sin(minute));
        pen.Oval(Paint.Red, 0, 0.05, 0.06, 0.06);
    }
}
