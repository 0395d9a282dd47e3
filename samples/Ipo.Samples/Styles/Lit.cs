using Ipo.Samples.Drawing;
using SkiaSharp;

namespace Ipo.Samples.Styles;

/// <summary>Styles of light: what a camera or the night does to a thing.</summary>
internal static class Lit
{
    // From cold to hot, as thermal cameras colour it.
    private static readonly SKColor[] Heat =
        [new(14, 10, 60), new(70, 20, 130), new(170, 30, 120), new(230, 80, 50), new(250, 170, 40), new(255, 245, 170)];

    private static readonly SKColor[] Tubes =
        [new(255, 70, 150), new(70, 230, 255), new(120, 255, 110), new(255, 190, 60), new(190, 110, 255), new(255, 80, 70)];

    public static IReadOnlyList<Style> All { get; } =
    [
        new("neon", "a neon sign of a", ["a glowing neon picture of a", "neon lights of a", "a neon light at night of a"],
            "a dark wall", false, Neon),
        new("negative", "a negative of a",
            ["a photographic negative of a", "an inverted picture of a", "a picture with inverted colours of a"],
            null, false, Negative),
        new("foggy", "a foggy picture of a", ["a picture in thick fog of a", "a misty picture of a", "a pale hazy picture of a"],
            "fog", false, Foggy),
        new("thermal", "a thermal image of a", ["a heat camera picture of a", "an infrared image of a", "a false-colour heat picture of a"],
            "a cold ground", false, Thermal),
    ];

    private static Raster Neon(Scene scene, int size, SeededRandom random)
    {
        var grain = new Grain(random);
        var layers = Layers.Of(scene, size, random.Between(0.014, 0.022));
        var wall = new SKColor(22, 16, 34).Vary(random, 8);
        SKColor first = random.Of(Tubes), other = random.Of(Tubes);
        var brick = size / 8;
        var tubes = layers.Plan.Map((x, y, plan) =>
        {
            var tube = layers.Tone[x, y].Light() % 64 < 40 ? first : other;
            return SKColors.Black.Mix(tube, Math.Max(plan.Red, plan.Blue * 0.25) / 255.0);
        });
        var glow = tubes.Blur(size / 28).Blur(size / 28);
        return tubes.Map((x, y, tube) =>
        {
            var mortar = y % brick < 2 || (x + y / brick % 2 * brick) % (brick * 2) < 2 ? 0.7 : 1;
            var back = wall.Shade((0.8 + 0.5 * grain.Smooth(x, y, size / 3.0)) * mortar);
            var halo = glow[x, y];
            byte Add(int a, int b, int c) => (byte)Math.Min(255, a + b * 2 + c);
            var lit = new SKColor(
                Add(back.Red, halo.Red, tube.Red), Add(back.Green, halo.Green, tube.Green), Add(back.Blue, halo.Blue, tube.Blue));
            return lit.Mix(SKColors.White, layers.Plan[x, y].Red > 240 ? 0.35 : 0);
        });
    }

    private static Raster Negative(Scene scene, int size, SeededRandom random)
    {
        var grain = new Grain(random);
        var layers = Layers.Of(scene, size, 0.012);
        return layers.Tone.Map((x, y, tone) =>
        {
            var seen = tone.Mix(Paint.Black, layers.Plan[x, y].Red / 255.0 * 0.7);
            var c = new SKColor((byte)(255 - seen.Red), (byte)(255 - seen.Green), (byte)(255 - seen.Blue));
            return c.Mix(new SKColor(190, 110, 60), 0.12).Shade(0.92 + 0.12 * grain.At(x / 2, y / 2));
        });
    }

    private static Raster Foggy(Scene scene, int size, SeededRandom random)
    {
        var grain = new Grain(random);
        var layers = Layers.Of(scene, size, 0.01);
        var fog = new SKColor(206, 210, 214).Vary(random, 8);
        double thick = random.Between(0.42, 0.66), rising = random.Between(-0.15, 0.15);
        var seen = layers.Tone.Map((x, y, tone) => tone.Mix(Paint.Black, layers.Plan[x, y].Red / 255.0 * 0.6)).Blur(size / 80);
        return seen.Map((x, y, c) =>
        {
            var grey = c.Mix(new SKColor((byte)c.Light(), (byte)c.Light(), (byte)c.Light()), 0.5);
            var depth = layers.Plan[x, y].Green > 100 ? thick : thick + 0.24;
            var veil = depth + rising * (y / (double)size * 2 - 1) + 0.3 * (grain.Smooth(x, y * 2, size / 2.5) - 0.5);
            return grey.Mix(fog, Math.Clamp(veil, 0, 0.93));
        });
    }

    private static Raster Thermal(Scene scene, int size, SeededRandom random)
    {
        var grain = new Grain(random);
        var layers = Layers.Of(scene, size, 0.014);
        var area = layers.Plan.Blur(size / 20);
        var hot = layers.Tone.Map((x, y, tone) =>
        {
            var plan = layers.Plan[x, y];
            // Thick parts are warmer than thin ones; the rest of the scene is cold.
            var heat = plan.Green > 100
                ? 0.42 + 0.42 * area[x, y].Green / 255.0 + 0.22 * (tone.Light() / 255.0 - 0.4) - 0.3 * plan.Red / 255.0
                : 0.06 + 0.1 * tone.Light() / 255.0 + 0.3 * area[x, y].Green / 255.0;
            return Warmth(Math.Clamp(heat + 0.1 * (grain.Smooth(x, y, size / 6.0) - 0.5), 0, 1));
        });
        return hot.Blur(size / 128);
    }

    private static SKColor Warmth(double heat)
    {
        var at = heat * (Heat.Length - 1);
        var low = Math.Min((int)at, Heat.Length - 2);
        return Heat[low].Mix(Heat[low + 1], at - low);
    }
}
