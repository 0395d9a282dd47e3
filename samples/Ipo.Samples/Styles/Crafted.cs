using Ipo.Samples.Drawing;
using SkiaSharp;

namespace Ipo.Samples.Styles;

/// <summary>Styles put together from pieces: stones, panes, threads, squares.</summary>
internal static class Crafted
{
    public static IReadOnlyList<Style> All { get; } =
    [
        new("pixel art", "pixel art of a", ["a pixel art picture of a", "an 8-bit sprite of a", "a blocky computer game picture of a"],
            null, true, Pixels),
        new("mosaic", "a mosaic of a", ["a tile mosaic of a", "a picture in small stones of a", "a roman mosaic of a"],
            null, true, Mosaic),
        new("stained glass", "a stained glass window of a", ["stained glass of a", "a church window of a", "a leaded glass picture of a"],
            "coloured glass", true, Glass),
        new("embroidery", "an embroidery of a", ["an embroidered patch of a", "a stitched picture of a", "needlework of a"],
            "woven cloth", true, Embroidery),
    ];

    private static Raster Pixels(Scene scene, int size, SeededRandom random)
    {
        var layers = Layers.Of(scene, size, 0.02);
        var cells = random.Whole(20, 28);
        var cell = size / (double)cells;
        var toned = layers.Tone.Map((x, y, tone) => tone.Mix(Paint.Black, layers.Plan[x, y].Red / 255.0 * 0.7));
        return toned.Map((x, y, _) =>
        {
            int u = (int)((Math.Floor(x / cell) + 0.5) * cell), v = (int)((Math.Floor(y / cell) + 0.5) * cell);
            var c = toned[u, v];
            // Five steps a channel, as an old palette has.
            return new SKColor(Step(c.Red), Step(c.Green), Step(c.Blue));
        });
    }

    private static byte Step(byte channel) => (byte)((channel * 4 + 127) / 255 * 255 / 4);

    private static Raster Mosaic(Scene scene, int size, SeededRandom random)
    {
        var grain = new Grain(random);
        var layers = Layers.Of(scene, size, 0.016);
        var cell = size / random.Between(20, 27);
        var grout = new SKColor(206, 200, 188).Vary(random, 10);
        return layers.Tone.Map((x, y, _) =>
        {
            var stone = Nearest(grain, x, y, cell);
            if (stone.Edge < cell * 0.11) return grout;
            var tone = layers.Tone[stone.X, stone.Y];
            if (layers.Plan[stone.X, stone.Y].Red > 150) tone = tone.Shade(0.55);
            return tone.Shade(0.86 + 0.26 * grain.At(stone.X, stone.Y));
        });
    }

    private static Raster Glass(Scene scene, int size, SeededRandom random)
    {
        var grain = new Grain(random);
        var layers = Layers.Of(scene, size, 0.03);
        var cell = size / random.Between(4.5, 6.5);
        var hues = new[] { random.Of(Paint.Names), random.Of(Paint.Names), random.Of(Paint.Names) };
        return layers.Tone.Map((x, y, tone) =>
        {
            var plan = layers.Plan[x, y];
            var light = 0.75 + 0.5 * grain.Smooth(x, y, size / 8.0);
            var lead = new SKColor(22, 20, 24);
            if (plan.Green > 100) return Vivid(tone).Shade(light).Mix(lead, plan.Red / 255.0);
            var pane = Nearest(grain, x, y, cell);
            var glass = Paint.Of(hues[(int)(grain.At(pane.X, pane.Y) * 3)]).Mix(SKColors.White, 0.25);
            return glass.Shade(light).Mix(lead, pane.Edge < size * 0.012 ? 1 : plan.Blue / 255.0 * 0.6);
        });
    }

    // Away from grey: coloured glass is purer than paint.
    private static SKColor Vivid(SKColor c)
    {
        var light = c.Light();
        byte Away(byte channel) => (byte)Math.Clamp(light + (channel - light) * 3 / 2 + 10, 0, 255);
        return new SKColor(Away(c.Red), Away(c.Green), Away(c.Blue));
    }

    private static Raster Embroidery(Scene scene, int size, SeededRandom random)
    {
        var grain = new Grain(random);
        var layers = Layers.Of(scene, size, 0.022);
        var cloth = Paint.Of(random.Of(Paint.Names)).Mix(new SKColor(226, 214, 190), 0.65).Vary(random);
        var thread = Math.Max(4, size / 48);
        return layers.Tone.Map((x, y, tone) =>
        {
            var plan = layers.Plan[x, y];
            if (plan.Green < 110)
            {
                var weave = (x / (thread / 2) + y / (thread / 2)) % 2 == 0 ? 1.04 : 0.88;
                return cloth.Shade(weave).Mix(tone, plan.Blue / 255.0 * 0.7);
            }
            // Stitches run along one of two slants, chosen by the colour they fill, and shine in their middle.
            var slant = tone.Light() / 24 % 2 == 0 ? x + y * 2 : x * 2 - y;
            var across = ((slant % thread) + thread) % thread / (double)thread;
            var length = grain.At(slant / thread, (x + y) / (thread * 3));
            var shine = 0.68 + 0.5 * (1 - Math.Abs(across * 2 - 1)) + 0.14 * (length - 0.5);
            return tone.Shade(shine).Mix(tone.Shade(0.4), plan.Red / 255.0 * 0.75);
        });
    }

    // The nearest and the second nearest of points strewn one to a cell (Worley, 1996); Edge is the way to the border
    // between them.
    private static (int X, int Y, double Edge) Nearest(Grain grain, int x, int y, double cell)
    {
        int i = (int)Math.Floor(x / cell), j = (int)Math.Floor(y / cell);
        double best = double.MaxValue, second = double.MaxValue, px = 0, py = 0;
        for (var v = j - 1; v <= j + 1; v++)
            for (var u = i - 1; u <= i + 1; u++)
            {
                double cx = (u + 0.15 + 0.7 * grain.At(u, v)) * cell, cy = (v + 0.15 + 0.7 * grain.At(u + 4096, v)) * cell;
                var d = (cx - x) * (cx - x) + (cy - y) * (cy - y);
                if (d < best) (second, best, px, py) = (best, d, cx, cy);
                else if (d < second) second = d;
            }
        return ((int)px, (int)py, (Math.Sqrt(second) - Math.Sqrt(best)) / 2);
    }
}
