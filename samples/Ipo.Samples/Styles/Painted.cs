using Ipo.Samples.Drawing;
using SkiaSharp;

namespace Ipo.Samples.Styles;

/// <summary>Styles that keep the colours of the scene as a brush would put them.</summary>
internal static class Painted
{
    public static IReadOnlyList<Style> All { get; } =
    [
        new("render", "a plain render of a", ["a 3d render of a", "a rendering of a", "a clean picture of a"],
            null, true, Render),
        new("cartoon", "a cartoon of a", ["a comic drawing of a", "a cartoon picture of a", "an animated drawing of a"],
            null, true, Cartoon),
        new("watercolour", "a watercolour of a", ["a watercolour painting of a", "a watercolor of a", "a painting of a"],
            "wet white paper", true, Watercolour),
        new("crayon", "a crayon drawing of a", ["a child's drawing of a", "a wax crayon picture of a", "a pastel drawing of a"],
            "cream paper", true, Crayon),
    ];

    private static Raster Render(Scene scene, int size, SeededRandom random)
    {
        var layers = Layers.Of(scene, size, 0.02);
        // A soft relief: the light comes from the upper left, so the area's blurred edge is bright there and dark at
        // the lower right.
        var soft = layers.Plan.Blur(size / 40);
        var offset = size / 48;
        return layers.Tone.Map((x, y, tone) =>
        {
            var slope = (soft[x + offset, y + offset].Green - soft[x - offset, y - offset].Green) / 255.0;
            if (layers.Plan[x, y].Green < 128)
                return tone.Shade(1 - 0.35 * soft[x - 2 * offset, y - 2 * offset].Green / 255.0);
            return slope > 0 ? tone.Mix(Paint.White, slope * 0.45) : tone.Shade(1 + slope * 0.5);
        });
    }

    private static Raster Cartoon(Scene scene, int size, SeededRandom random)
    {
        var layers = Layers.Of(scene, size, random.Between(0.011, 0.019));
        return layers.Tone.Map((x, y, tone) =>
        {
            var plan = layers.Plan[x, y];
            return tone.Mix(Paint.Black, Math.Max(plan.Red, plan.Blue * 0.5) / 255.0);
        });
    }

    private static Raster Watercolour(Scene scene, int size, SeededRandom random)
    {
        var grain = new Grain(random);
        var layers = Layers.Of(scene, size, 0.012);
        var paper = new SKColor(250, 248, 240).Vary(random, 4);
        var wash = layers.Tone.Blur(size / 90);
        var area = layers.Plan.Blur(size / 24);
        var dry = layers.Tone.Map((x, y, _) =>
        {
            var plan = layers.Plan[x, y];
            var pooled = 0.55 + 0.6 * grain.Smooth(x, y, size / 9.0);
            if (plan.Green < 100)
                return paper.Mix(wash[x, y], Math.Max(0.0, 0.42 * grain.Smooth(x, y, size / 4.0) * (1 - area[x, y].Green / 200.0)));
            // Pigment gathers where a wash ends.
            return paper.Mix(wash[x, y], Math.Min(1, pooled)).Shade(1 - 0.45 * plan.Red / 255.0);
        });
        return dry.Warp(grain, size / 14.0, size / 60.0).Map((x, y, c) => c.Shade(0.95 + 0.08 * grain.Smooth(x, y, 2)));
    }

    private static Raster Crayon(Scene scene, int size, SeededRandom random)
    {
        var grain = new Grain(random);
        var layers = Layers.Of(scene, size, 0.03);
        var paper = new SKColor(246, 238, 220).Vary(random, 5);
        var slant = random.Odds(0.5) ? 1 : -1;
        return layers.Tone.Map((x, y, tone) =>
        {
            var plan = layers.Plan[x, y];
            var wax = grain.Smooth((x + slant * y) / 5.0, (x - slant * y) * 1.0, size / 50.0) * 0.6 + grain.At(x / 2, y / 2) * 0.4;
            var line = plan.Red / 255.0 * (grain.At(x / 2, y / 2) > 0.2 ? 1 : 0.3);
            var fill = plan.Green < 100 ? 0 : wax > 0.42 ? 0.9 : 0.18;
            return paper.Mix(tone, fill).Mix(tone.Shade(0.5), line).Mix(Paint.Sky, plan.Blue / 255.0 * wax);
        }).Warp(grain, size / 12.0, size / 70.0);
    }
}
