using Ipo.Samples.Drawing;
using SkiaSharp;

namespace Ipo.Samples.Styles;

/// <summary>Styles made of lines on a ground.</summary>
internal static class ByHand
{
    public static IReadOnlyList<Style> All { get; } =
    [
        new("chalk", "a chalk drawing of a", ["a drawing in chalk of a", "a blackboard drawing of a", "a chalk sketch of a"],
            "a blackboard", true, Chalk),
        new("pencil", "a pencil sketch of a", ["a pencil drawing of a", "a graphite sketch of a", "a sketch of a"],
            "white paper", false, Pencil),
        new("blueprint", "a blueprint of a", ["a technical drawing of a", "a construction plan of a", "an architect's drawing of a"],
            "blue paper", false, Blueprint),
        new("engraving", "an engraving of a", ["an old engraving of a", "a woodcut of a", "an etching of a"],
            "old paper", false, Engraving),
    ];

    private static Raster Chalk(Scene scene, int size, SeededRandom random)
    {
        var grain = new Grain(random);
        var layers = Layers.Of(scene, size, random.Between(0.022, 0.034));
        var board = random.Of<SKColor>([new(34, 54, 46), new(40, 44, 46), new(30, 48, 52)]).Vary(random, 6);
        var coloured = random.Between(0.2, 0.75);
        var filled = random.Between(0.1, 0.5);
        return layers.Tone.Map((x, y, tone) =>
        {
            var plan = layers.Plan[x, y];
            var stick = Paint.White.Mix(tone.Mix(Paint.White, 0.35), coloured);
            var dust = grain.At(x, y) * 0.5 + grain.Smooth(x, y, 3) * 0.5;
            var rubbed = plan.Green > 100 && grain.Smooth((x + y) / 6.0, x - y, size / 60.0) > 0.45 ? filled : 0;
            var line = Math.Max(plan.Red, plan.Blue * 0.6) / 255.0;
            var ground = board.Mix(Paint.White, 0.14 * grain.Smooth(x, y, size / 3.0));
            return ground.Mix(stick, Math.Max(rubbed, line) * (dust > 0.36 ? 0.95 : 0.35));
        });
    }

    private static Raster Pencil(Scene scene, int size, SeededRandom random)
    {
        var grain = new Grain(random);
        var layers = Layers.Of(scene, size, random.Between(0.009, 0.016));
        var paper = new SKColor(244, 242, 236).Vary(random, 5);
        var lead = new SKColor(66, 66, 72).Vary(random, 8);
        var step = Math.Max(4, size / 36);
        var hand = layers.Plan.Warp(grain, size / 10.0, size / 110.0);
        var second = layers.Plan.Warp(new Grain(random), size / 7.0, size / 70.0);
        return layers.Tone.Map((x, y, tone) =>
        {
            var dark = 1 - tone.Light() / 255.0;
            var wave = (x + y + (int)(grain.Smooth(x, y, size / 8.0) * step)) % step / (double)step;
            var hatch = layers.Plan[x, y].Green > 100 && wave < dark * 1.1 - 0.12 ? 0.5 : 0;
            var line = Math.Max(hand[x, y].Red, Math.Max(second[x, y].Red * 0.6, hand[x, y].Blue * 0.4)) / 255.0;
            return paper.Mix(lead, Math.Max(hatch, line) * (0.6 + 0.4 * grain.At(x, y)));
        });
    }

    private static Raster Blueprint(Scene scene, int size, SeededRandom random)
    {
        var grain = new Grain(random);
        var layers = Layers.Of(scene, size, random.Between(0.01, 0.017));
        var paper = new SKColor(28, 74, 152).Vary(random, 10);
        var square = Math.Max(8, (int)(size * random.Between(0.06, 0.1)));
        return layers.Plan.Map((x, y, plan) =>
        {
            var lattice = x % square < 2 || y % square < 2 ? 0.2 : x % (square * 4) < 2 || y % (square * 4) < 2 ? 0.4 : 0;
            var ground = paper.Shade(0.92 + 0.16 * grain.Smooth(x, y, size / 3.0))
                .Mix(SKColors.White, lattice * (plan.Green > 100 ? 0.4 : 1));
            return ground.Mix(new SKColor(226, 238, 255), Math.Max(plan.Red, plan.Blue * 0.5) / 255.0);
        });
    }

    private static Raster Engraving(Scene scene, int size, SeededRandom random)
    {
        var grain = new Grain(random);
        var layers = Layers.Of(scene, size, 0.013);
        var paper = new SKColor(232, 216, 180).Vary(random, 8);
        var ink = new SKColor(44, 34, 28);
        var step = Math.Max(5, size / 30);
        return layers.Tone.Map((x, y, tone) =>
        {
            var plan = layers.Plan[x, y];
            var dark = plan.Green > 100 ? 1 - tone.Light() / 255.0 * 0.95 : 0.26 - tone.Light() / 255.0 * 0.2;
            // Lines that swell with darkness; inside the thing they rise and fall, outside they lie flat.
            var lift = plan.Green > 100 ? (grain.Smooth(x, y, size / 5.0) * 3 + x / (double)size) * step * 2 : 0;
            var wave = Math.Abs((y + lift) % step / step * 2 - 1);
            var line = wave < dark ? 1.0 : 0.0;
            return paper.Shade(0.94 + 0.1 * grain.Smooth(x, y, size / 4.0))
                .Mix(ink, Math.Max(line * 0.85, Math.Max(plan.Red, plan.Blue) / 255.0));
        });
    }
}
