using System.Runtime.InteropServices;
using SkiaSharp;

namespace Ipo.Samples.Drawing;

/// <summary>
/// A scene as planes of pixels, from which every style makes its picture: its colours, and a plan with the outlines (red),
/// the area of the thing (green) and the outlines of the clutter (blue), each 0 to 255.
/// </summary>
/// <remarks>
/// Only opaque or covered plain colours in Skia's native pixel order are drawn, without matrix, shader or blend mode: that is its
/// integer path, whose bytes do not depend on the processor's vector instructions.
/// </remarks>
internal sealed record Layers(Raster Tone, Raster Plan)
{
    private static readonly SKColor Area = new(0, 255, 0), Outline = new(255, 255, 0), Around = new(0, 0, 255);

    /// <param name="edge">Width of the outlines, as a share of the picture's side.</param>
    public static Layers Of(Scene scene, int size, double edge)
    {
        using var easel = new Easel(size);
        foreach (var shape in scene.Backdrop) easel.Draw(shape, shape.Colour);
        foreach (var shape in scene.Clutter) easel.Draw(shape, shape.Colour);
        foreach (var shape in scene.Thing) easel.Draw(shape, shape.Colour);
        var tone = easel.Take();
        easel.Clear();
        foreach (var shape in scene.Clutter) easel.Outline(shape, SKColors.Black, Around, edge);
        foreach (var shape in scene.Thing) easel.Outline(shape, Area, Outline, edge);
        return new Layers(tone, easel.Take());
    }

    private sealed class Easel : IDisposable
    {
        private readonly int size;
        private readonly byte[] pixels;
        private readonly GCHandle pinned;
        private readonly SKSurface surface;
        private readonly SKPaint paint = new() { IsAntialias = true, StrokeJoin = SKStrokeJoin.Round, StrokeCap = SKStrokeCap.Round };

        public Easel(int size)
        {
            this.size = size;
            pixels = new byte[size * size * 4];
            pinned = GCHandle.Alloc(pixels, GCHandleType.Pinned);
            surface = SKSurface.Create(new SKImageInfo(size, size, SKImageInfo.PlatformColorType, SKAlphaType.Premul), pinned.AddrOfPinnedObject())
                ?? throw new InvalidOperationException($"Skia gave no {size}×{size} surface.");
        }

        public void Clear() => surface.Canvas.Clear(SKColors.Black);

        public void Draw(Shape shape, SKColor colour)
        {
            using var path = Scaled(shape);
            Put(path, colour, shape.Width * size);
        }

        public void Outline(Shape shape, SKColor inside, SKColor line, double edge)
        {
            using var path = Scaled(shape);
            var pen = (float)(edge * size);
            var width = shape.Width * size;
            if (width == 0)
            {
                Put(path, inside, 0);
                Put(path, line, pen);
            }
            else
            {
                Put(path, line, width + pen);
                if (width > pen * 1.5f) Put(path, inside, width - pen);
            }
        }

        public Raster Take()
        {
            var raster = new Raster(size);
            var (red, blue) = SKImageInfo.PlatformColorType == SKColorType.Bgra8888 ? (2, 0) : (0, 2);
            for (int from = 0, to = 0; from < pixels.Length; from += 4, to += 3)
                (raster.Rgb[to], raster.Rgb[to + 1], raster.Rgb[to + 2]) = (pixels[from + red], pixels[from + 1], pixels[from + blue]);
            return raster;
        }

        public void Dispose()
        {
            paint.Dispose();
            surface.Dispose();
            pinned.Free();
        }

        private SKPath Scaled(Shape shape)
        {
            var path = new SKPath(shape.Path);
            path.Transform(SKMatrix.CreateScale(size, size));
            return path;
        }

        private void Put(SKPath path, SKColor colour, float width)
        {
            paint.Style = width > 0 ? SKPaintStyle.Stroke : SKPaintStyle.Fill;
            paint.StrokeWidth = Math.Max(width, 1);
            paint.Color = colour;
            surface.Canvas.DrawPath(path, paint);
        }
    }
}
