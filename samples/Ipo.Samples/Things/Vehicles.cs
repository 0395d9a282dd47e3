using Ipo.Samples.Drawing;
using static Ipo.Samples.Drawing.DeterministicTrig;

namespace Ipo.Samples.Things;

/// <summary>Things that carry people.</summary>
internal static class Vehicles
{
    private const string Kind = "vehicle";

    public static IReadOnlyList<Thing> All { get; } =
    [
        new("jaguar", Kind, "red green blue black silver", "a low sports car", Jaguar),
        new("beetle", Kind, "yellow blue red green orange", "a small round car", Beetle),
        new("rocket", Kind, "white red silver blue", "a spacecraft with fins", Rocket),
        new("tank", Kind, "green brown grey beige", "an armoured vehicle with a gun", Tank),
        new("plane", Kind, "white silver blue red", "an aircraft with two wings", Plane),
        new("van", Kind, "white blue red yellow", "a boxy car", Van),
        new("truck", Kind, "red blue white orange", "a vehicle for loads", Truck),
        new("bus", Kind, "yellow red blue green", "a long vehicle for many people", Bus),
        new("bicycle", Kind, "red blue black green", "two wheels and pedals", Bicycle),
        new("train", Kind, "red green black blue", "a steam engine on rails", Train),
        new("sailboat", Kind, "red white blue brown", "a boat with sails", Sailboat),
        new("helicopter", Kind, "red blue yellow green", "an aircraft with a rotor", Helicopter),
        new("tractor", Kind, "green red blue orange", "a farm vehicle with big wheels", Tractor),
    ];

    private static void Wheel(Pen pen, double x, double y, double r)
    {
        pen.Oval(Paint.Black, x, y, r, r);
        pen.Oval(Paint.Steel, x, y, r * 0.52, r * 0.52);
        pen.Oval(Paint.Black, x, y, r * 0.16, r * 0.16);
    }

    private static void Jaguar(Pen pen)
    {
        var roof = pen.Roll(-0.42, -0.3);
        pen.Blob(pen.Main, -1, 0.18, -0.8, -0.04, -0.3, -0.12, 0.3, -0.1,
            0.85, -0.1, 1, 0.1, 0.98, 0.3, 0.3, 0.34, -0.6, 0.34, -0.98, 0.3);
        pen.Poly(pen.Main, -0.28, -0.08, 0.08, roof, 0.48, roof, 0.85, -0.06);
        pen.Poly(Paint.Glass, -0.16, -0.1, 0.11, roof + 0.07, 0.26, roof + 0.07, 0.26, -0.08);
        pen.Poly(Paint.Glass, 0.32, -0.08, 0.32, roof + 0.07, 0.46, roof + 0.07, 0.68, -0.08);
        pen.Oval(Paint.Yellow, -0.9, 0.1, 0.09, 0.06);
        pen.Line(pen.Deep, 0.035, -0.85, 0.2, 0.95, 0.18);
        Wheel(pen, -0.58, 0.34, 0.22);
        Wheel(pen, 0.6, 0.34, 0.22);
        if (pen.Odds(0.5)) pen.Poly(pen.Deep, 0.8, -0.12, 1.02, -0.28, 1.05, -0.2, 0.95, -0.08);
    }

    private static void Beetle(Pen pen)
    {
        pen.Blob(pen.Main, -0.95, 0.3, -0.75, 0.02, -0.5, -0.08, -0.3, -0.5,
            0.1, -0.62, 0.5, -0.45, 0.8, -0.1, 0.95, 0.3, 0.5, 0.38, -0.5, 0.38);
        pen.Blob(Paint.Glass, -0.38, -0.12, -0.24, -0.4, 0.02, -0.5, 0.04, -0.12);
        pen.Blob(Paint.Glass, 0.14, -0.12, 0.14, -0.5, 0.4, -0.36, 0.54, -0.12);
        pen.Blob(pen.Deep, -0.92, 0.36, -0.88, 0.08, -0.58, 0.0, -0.3, 0.15, -0.25, 0.36);
        pen.Blob(pen.Deep, 0.28, 0.36, 0.35, 0.12, 0.62, 0.02, 0.9, 0.15, 0.95, 0.36);
        pen.Oval(Paint.Yellow, -0.84, 0.1, 0.09, 0.1);
        pen.Line(pen.Deep, 0.035, 0.08, -0.1, 0.08, 0.34);
        Wheel(pen, -0.58, 0.38, 0.24);
        Wheel(pen, 0.6, 0.38, 0.24);
    }

    private static void Rocket(Pen pen)
    {
        var fin = pen.Other();
        pen.Blob(Paint.Of("orange"), -0.2, 0.6, 0.2, 0.6, 0.14, 0.82, 0, pen.Roll(0.95, 1.1), -0.14, 0.82);
        foreach (var side in (ReadOnlySpan<int>)[-1, 1])
            pen.Poly(fin, side * 0.22, 0.15, side * 0.6, 0.5, side * 0.6, 0.78, side * 0.2, 0.58);
        pen.Blob(pen.Main, 0, -1, 0.22, -0.65, 0.3, -0.1, 0.22, 0.6, -0.22, 0.6, -0.3, -0.1, -0.22, -0.65);
        pen.Blob(fin, 0, -1, 0.13, -0.85, 0.21, -0.64, -0.21, -0.64, -0.13, -0.85);
        pen.Oval(Paint.Steel, 0, -0.3, 0.16, 0.16);
        pen.Oval(Paint.Glass, 0, -0.3, 0.11, 0.11);
        if (pen.Odds(0.5)) pen.Oval(Paint.Glass, 0, 0.08, 0.08, 0.08);
        pen.Line(fin, 0.07, 0, 0.35, 0, 0.72);
    }

    private static void Tank(Pen pen)
    {
        var up = pen.Roll(-0.35, -0.05);
        pen.Line(pen.Deep, 0.11, -0.1, -0.22, -1, up - 0.15);
        pen.Poly(pen.Main, -0.35, -0.05, -0.28, -0.4, 0.35, -0.42, 0.5, -0.05);
        pen.Oval(pen.Deep, 0.1, -0.43, 0.17, 0.06);
        pen.Poly(pen.Main, -0.9, 0.12, -0.7, -0.08, 0.8, -0.08, 0.95, 0.15, 0.9, 0.3, -0.9, 0.3);
        pen.Blob(Paint.Black, -0.95, 0.35, -0.75, 0.16, 0.75, 0.16, 0.95, 0.35, 0.7, 0.6, -0.7, 0.6);
        for (var i = 0; i < 5; i++) pen.Oval(pen.Main.Mix(Paint.Steel, 0.3), -0.64 + i * 0.32, 0.39, 0.13, 0.13);
        if (pen.Odds(0.5)) pen.Oval(Paint.White, 0.08, -0.2, 0.09, 0.09);
    }

    private static void Plane(Pen pen)
    {
        var sweep = pen.Roll(0.25, 0.5);
        pen.Poly(pen.Deep, 0.62, -0.08, 0.85, -0.55, 1, -0.55, 0.88, -0.02);
        pen.Poly(pen.Deep, -0.1, -0.12, 0.25, -0.58, 0.4, -0.56, 0.25, -0.1);
        pen.Blob(pen.Main, -1, 0.02, -0.8, -0.12, -0.3, -0.18, 0.5, -0.14, 1, -0.08, 0.6, 0.12, -0.2, 0.18, -0.8, 0.15);
        pen.Poly(pen.Main.Shade(0.85), -0.25, 0.06, 0.25, 0.04, sweep + 0.2, 0.68, sweep, 0.7);
        pen.Poly(pen.Deep, 0.62, 0.02, 0.82, 0.0, 0.98, 0.24, 0.88, 0.25);
        for (var i = 0; i < 6; i++) pen.Oval(Paint.Sea, -0.5 + i * 0.17, -0.06, 0.05, 0.05);
        pen.Poly(Paint.Sea, -0.88, -0.05, -0.74, -0.12, -0.7, -0.02);
    }

    private static void Van(Pen pen)
    {
        pen.Poly(pen.Main, -0.95, 0.35, -0.95, 0.02, -0.65, -0.42, -0.5, -0.5, 0.9, -0.5, 0.95, 0.35);
        pen.Poly(Paint.Glass, -0.78, -0.05, -0.58, -0.38, -0.3, -0.38, -0.3, -0.05);
        pen.Box(Paint.Glass, -0.2, -0.38, 0.2, -0.05);
        if (pen.Odds(0.5)) pen.Box(Paint.Glass, 0.3, -0.38, 0.8, -0.05);
        pen.Line(pen.Deep, 0.05, -0.95, 0.08, 0.95, 0.08);
        pen.Line(pen.Deep, 0.03, 0.25, -0.48, 0.25, 0.34);
        pen.Oval(Paint.Yellow, -0.9, 0.16, 0.06, 0.08);
        Wheel(pen, -0.52, 0.38, 0.22);
        Wheel(pen, 0.55, 0.38, 0.22);
    }

    private static void Truck(Pen pen)
    {
        pen.Box(pen.Other(), -0.3, -0.58, 0.98, 0.25);
        for (var x = -0.12; x < 0.95; x += 0.25) pen.Line(pen.Deep, 0.025, x, -0.52, x, 0.2);
        pen.Poly(pen.Main, -0.98, 0.3, -0.98, -0.05, -0.8, -0.4, -0.36, -0.4, -0.36, 0.3);
        pen.Poly(Paint.Glass, -0.86, -0.05, -0.74, -0.3, -0.48, -0.3, -0.48, -0.05);
        pen.Box(Paint.Black, -0.98, 0.22, 0.98, 0.34);
        pen.Oval(Paint.Yellow, -0.94, 0.12, 0.06, 0.07);
        foreach (var x in (ReadOnlySpan<double>)[-0.65, 0.4, 0.76]) Wheel(pen, x, 0.4, 0.19);
    }

    private static void Bus(Pen pen)
    {
        pen.Poly(pen.Main, -1, 0.35, -1, -0.4, -0.92, -0.5, 0.95, -0.5, 1, -0.42, 1, 0.35);
        var windows = pen.Count(5, 6);
        for (var i = 0; i < windows; i++)
        {
            var x = -0.92 + i * 1.86 / windows;
            pen.Box(Paint.Glass, x, -0.36, x + 1.5 / windows, -0.02);
        }
        pen.Box(Paint.White, -1, 0.06, 1, 0.13);
        pen.Box(Paint.Glass, -0.42, -0.36, -0.18, 0.33);
        Wheel(pen, -0.66, 0.38, 0.19);
        Wheel(pen, 0.6, 0.38, 0.19);
    }

    private static void Bicycle(Pen pen)
    {
        foreach (var x in (ReadOnlySpan<double>)[-0.58, 0.58])
        {
            pen.Ring(Paint.Black, 0.06, x, 0.3, 0.38, 0.38);
            for (var i = 0; i < 3; i++)
                pen.Line(Paint.Steel, 0.018, x + 0.36 * Cos(i / 6.0), 0.3 + 0.36 * Sin(i / 6.0),
                    x - 0.36 * Cos(i / 6.0), 0.3 - 0.36 * Sin(i / 6.0));
        }
        pen.Line(pen.Main, 0.065, -0.58, 0.3, -0.38, -0.3, 0.22, -0.28, 0.0, 0.32, -0.36, -0.22);
        pen.Line(pen.Main, 0.065, 0.0, 0.32, 0.58, 0.3, 0.22, -0.28);
        pen.Line(Paint.Black, 0.06, -0.38, -0.3, -0.42, -0.52, -0.62, pen.Roll(-0.62, -0.46));
        pen.Line(pen.Main, 0.05, 0.22, -0.28, 0.25, -0.42);
        pen.Line(Paint.Black, 0.11, 0.12, -0.44, 0.42, -0.46);
        pen.Oval(Paint.Steel, 0, 0.32, 0.1, 0.1);
        pen.Line(Paint.Black, 0.05, -0.08, 0.48, 0.08, 0.16);
    }

    private static void Train(Pen pen)
    {
        pen.Line(Paint.Steel, 0.05, -1, 0.72, 1, 0.72);
        pen.Box(pen.Main, 0.35, -0.5, 0.85, 0.35);
        pen.Box(Paint.Glass, 0.46, -0.35, 0.74, -0.05);
        pen.Box(Paint.Black, 0.28, -0.6, 0.92, -0.48);
        pen.Box(pen.Main, -0.75, -0.18, 0.38, 0.35);
        pen.Oval(pen.Deep, -0.75, 0.08, 0.1, 0.27);
        pen.Poly(Paint.Black, -0.62, -0.18, -0.68, -0.55, -0.38, -0.55, -0.44, -0.18);
        pen.Oval(Paint.Gold, -0.05, -0.2, 0.13, 0.12);
        pen.Poly(Paint.Black, -0.85, 0.35, -1, 0.68, -0.7, 0.68);
        foreach (var (x, r) in ((double, double)[])[(-0.5, 0.18), (-0.1, 0.18), (0.55, 0.27)])
            Wheel(pen, x, 0.68 - r, r);
        pen.Line(Paint.Gold, 0.05, -0.5, 0.5, 0.55, 0.45);
        for (var i = 0; i < pen.Count(1, 3); i++)
            pen.Oval(Paint.White.Shade(0.9), -0.5 + i * 0.25, -0.68 - i * 0.12, 0.13 + i * 0.03, 0.1 + i * 0.02);
    }

    private static void Sailboat(Pen pen)
    {
        var sail = pen.Other().Mix(Paint.White, 0.5);
        pen.Line(Paint.Wood, 0.06, 0, 0.45, 0, -0.95);
        pen.Poly(sail, 0.06, -0.88, 0.06, 0.3, pen.Roll(0.55, 0.8), 0.3);
        pen.Poly(Paint.White, -0.06, -0.75, -0.06, 0.3, -0.55, 0.3);
        pen.Poly(Paint.Red, 0, -0.95, 0.22, -0.9, 0, -0.84);
        pen.Blob(pen.Main, -0.85, 0.42, 0.9, 0.42, 0.65, 0.75, 0, 0.82, -0.6, 0.75);
        for (var i = 0; i < 2; i++)
            pen.Curve(Paint.Sea, 0.06, -1, 0.85 + i * 0.12, -0.6, 0.78 + i * 0.12,
                -0.2, 0.86 + i * 0.12, 0.2, 0.78 + i * 0.12, 0.6, 0.86 + i * 0.12, 1, 0.8 + i * 0.12);
    }

    private static void Helicopter(Pen pen)
    {
        pen.Poly(pen.Main, 0.2, -0.18, 0.95, -0.2, 0.95, -0.06, 0.2, 0.15);
        pen.Oval(pen.Deep, 0.95, -0.15, 0.05, 0.26);
        pen.Blob(pen.Main, -0.75, 0.1, -0.55, -0.22, -0.1, -0.32, 0.3, -0.22, 0.4, 0.05, 0.15, 0.35, -0.45, 0.38);
        pen.Blob(Paint.Glass, -0.7, 0.06, -0.52, -0.16, -0.25, -0.2, -0.28, 0.08);
        pen.Line(Paint.Black, 0.06, -0.08, -0.3, -0.08, -0.5);
        var tilt = pen.Roll(-0.08, 0.08);
        pen.Line(Paint.Black, 0.06, -0.9, -0.5 + tilt, 0.75, -0.5 - tilt);
        pen.Line(Paint.Black, 0.05, -0.35, 0.36, -0.4, 0.58);
        pen.Line(Paint.Black, 0.05, 0.1, 0.36, 0.12, 0.58);
        pen.Line(Paint.Black, 0.06, -0.7, 0.56, -0.6, 0.6, 0.4, 0.6);
    }

    private static void Tractor(Pen pen)
    {
        pen.Line(Paint.Black, 0.08, -0.6, -0.05, -0.6, -0.5);
        pen.Poly(pen.Main, -0.9, 0.3, -0.9, -0.02, 0.05, -0.12, 0.1, 0.35);
        pen.Poly(pen.Main, 0.05, -0.55, 0.65, -0.55, 0.8, 0.2, 0.0, 0.3);
        pen.Box(Paint.Glass, 0.14, -0.44, 0.56, -0.1);
        pen.Box(pen.Deep, -0.05, -0.66, 0.75, -0.55);
        for (var i = 0; i < 3; i++) pen.Line(pen.Deep, 0.03, -0.8 + i * 0.18, 0.02, -0.8 + i * 0.18, 0.2);
        Wheel(pen, 0.45, 0.32, 0.46);
        Wheel(pen, -0.65, 0.5, 0.27);
    }
}
