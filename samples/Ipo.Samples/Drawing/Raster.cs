using SkiaSharp;

namespace Ipo.Samples.Drawing;

/// <summary>A square picture in memory: red, green and blue bytes, row by row. All arithmetic on it is exact or on
/// doubles in a fixed order.</summary>
internal sealed class Raster(int size)
{
    public int Size { get; } = size;

    public byte[] Rgb { get; } = new byte[size * size * 3];

    public SKColor this[int x, int y]
    {
        get
        {
            var at = (Math.Clamp(y, 0, Size - 1) * Size + Math.Clamp(x, 0, Size - 1)) * 3;
            return new SKColor(Rgb[at], Rgb[at + 1], Rgb[at + 2]);
        }
        set
        {
            var at = (y * Size + x) * 3;
            (Rgb[at], Rgb[at + 1], Rgb[at + 2]) = (value.Red, value.Green, value.Blue);
        }
    }

    /// <summary>A new picture, each pixel made from its place and its colour here.</summary>
    public Raster Map(Func<int, int, SKColor, SKColor> pixel)
    {
        var result = new Raster(Size);
        for (var y = 0; y < Size; y++)
            for (var x = 0; x < Size; x++)
                result[x, y] = pixel(x, y, this[x, y]);
        return result;
    }

    /// <summary>A box blur that reaches <paramref name="radius"/> pixels; twice of it looks like a Gaussian.</summary>
    public Raster Blur(int radius) => radius < 1 ? this : Swept(radius, 3, Size * 3).Swept(radius, Size * 3, 3);

    /// <summary>The mean over squares of <paramref name="factor"/> pixels.</summary>
    public Raster Shrink(int factor)
    {
        var result = new Raster(Size / factor);
        var area = factor * factor;
        for (var y = 0; y < result.Size; y++)
            for (var x = 0; x < result.Size; x++)
            {
                int r = area / 2, g = area / 2, b = area / 2;
                for (var v = 0; v < factor; v++)
                {
                    var at = ((y * factor + v) * Size + x * factor) * 3;
                    for (var u = 0; u < factor; u++, at += 3) (r, g, b) = (r + Rgb[at], g + Rgb[at + 1], b + Rgb[at + 2]);
                }
                result[x, y] = new SKColor((byte)(r / area), (byte)(g / area), (byte)(b / area));
            }
        return result;
    }

    /// <summary>Every pixel fetched from up to <paramref name="reach"/> pixels away, as a shaking hand or wet paper
    /// would move it.</summary>
    public Raster Warp(Grain grain, double cell, double reach) => Map((x, y, _) => this[
        x + (int)Math.Round((grain.Smooth(x, y, cell) - 0.5) * 2 * reach),
        y + (int)Math.Round((grain.Smooth(x + 911, y + 577, cell) - 0.5) * 2 * reach)]);

    // One direction of the box blur as a running sum: step walks along a line, stride from line to line.
    private Raster Swept(int radius, int step, int stride)
    {
        var result = new Raster(Size);
        var span = 2 * radius + 1;
        for (var line = 0; line < Size; line++)
            for (var channel = 0; channel < 3; channel++)
            {
                var start = line * stride + channel;
                var sum = 0;
                for (var i = -radius; i <= radius; i++) sum += Rgb[start + Math.Clamp(i, 0, Size - 1) * step];
                for (var i = 0; i < Size; i++)
                {
                    result.Rgb[start + i * step] = (byte)((sum + span / 2) / span);
                    sum += Rgb[start + Math.Min(i + radius + 1, Size - 1) * step] - Rgb[start + Math.Max(i - radius, 0) * step];
                }
            }
        return result;
    }
}
