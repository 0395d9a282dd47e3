using Ipo.Samples.Drawing;
using SkiaSharp;

namespace Ipo.Samples.Styles;

/// <summary>Styles of few inks.</summary>
internal static class Printed
{
    private static readonly SKColor[] Inks = [new(150, 36, 44), new(32, 58, 120), new(30, 92, 66), new(84, 44, 110), new(40, 38, 44)];

    private static readonly SKColor[] Skies =
        [new(250, 170, 80), new(240, 120, 110), new(150, 190, 240), new(250, 214, 130), new(190, 150, 220)];

    public static IReadOnlyList<Style> All { get; } =
    [
        new("ink stamp", "an ink stamp of a", ["a rubber stamp of a", "a stamped picture of a", "a one-colour print of a"],
            "rough paper", false, Stamp),
        new("newspaper", "a newspaper print of a",
            ["a halftone print of a", "a picture made of dots of a", "a grainy newspaper picture of a"],
            "newsprint", false, Newspaper),
        new("silhouette", "a silhouette of a", ["a black silhouette of a", "a shadow of a", "a dark outline of a"],
            "a bright sky", false, Silhouette),
    ];

    private static Raster Stamp(Scene scene, int size, SeededRandom random)
    {
        var grain = new Grain(random);
        var layers = Layers.Of(scene, size, random.Between(0.018, 0.028));
        var paper = new SKColor(240, 232, 214).Vary(random, 8);
        var ink = random.Of(Inks).Vary(random, 8);
        var reversed = random.Odds(0.4);
        // Parts too thin to hold a white line inside are printed whole.
        var soft = layers.Plan.Blur(size / 36);
        double outer = random.Between(0.46, 0.49) * size, inner = outer - size * 0.02;
        return layers.Tone.Map((x, y, tone) =>
        {
            var plan = layers.Plan[x, y];
            var pressed = plan.Green > 100
                ? reversed ? plan.Red < 128 || soft[x, y].Green < 150 : plan.Red > 100 || tone.Light() < 96
                : false;
            double dx = x - size / 2.0, dy = y - size / 2.0;
            var r = Math.Sqrt(dx * dx + dy * dy);
            if (r > inner && r < outer && plan.Green < 100) pressed = true;
            var worn = grain.Smooth(x, y, size / 10.0) * 0.55 + grain.At(x / 2, y / 2) * 0.45;
            return paper.Shade(0.95 + 0.07 * grain.Smooth(x, y, 3)).Mix(ink, pressed ? worn > 0.3 ? 0.92 : 0.25 : 0);
        });
    }

    private static Raster Newspaper(Scene scene, int size, SeededRandom random)
    {
        var grain = new Grain(random);
        var layers = Layers.Of(scene, size, 0.012);
        var soft = layers.Tone.Blur(1);
        var paper = new SKColor(222, 218, 206).Vary(random, 6);
        var cell = size / 34.0;
        return layers.Plan.Map((x, y, plan) =>
        {
            // The screen stands at 45 degrees, as printers set black.
            double u = (x + y) / cell * 0.7071, v = (x - y) / cell * 0.7071;
            double du = u - Math.Floor(u) - 0.5, dv = v - Math.Floor(v) - 0.5;
            var light = soft[x, y].Light() / 255.0;
            var dark = plan.Green > 100 ? 1.05 - light : (1 - light) * 0.55;
            var dot = du * du + dv * dv < dark * 0.42 ? 0.9 : 0;
            return paper.Shade(0.95 + 0.08 * grain.Smooth(x, y, 4)).Mix(Paint.Black, Math.Max(dot, plan.Red / 255.0 * 0.8));
        });
    }

    private static Raster Silhouette(Scene scene, int size, SeededRandom random)
    {
        var layers = Layers.Of(scene, size, 0.01);
        var high = random.Of(Skies).Vary(random);
        var low = high.Mix(SKColors.White, random.Between(0.4, 0.8));
        var black = new SKColor(16, 14, 20);
        return layers.Plan.Map((x, y, plan) =>
        {
            var sky = high.Mix(low, y / (double)size);
            // A hair of light along the inner outlines keeps the parts apart.
            var body = black.Mix(sky, plan.Green > 250 ? plan.Red / 255.0 * 0.22 : 0);
            return sky.Mix(black, plan.Blue / 255.0 * 0.5).Mix(body, plan.Green / 255.0);
        });
    }
}
