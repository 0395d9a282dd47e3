using System.Runtime.InteropServices;
using SkiaSharp;

namespace Ipo.Samples.Drawing;

/// <summary>A scene as planes of pixels, from which every style makes its picture: its colours, and a plan with the
/// outlines (red), the area of the thing (green) and the outlines of the clutter (blue), each 0 to 255.
/// </summary>
/// <remarks>Only opaque or covered plain colours in Skia's native pixel order are drawn, without matrix, shader or
/// blend mode: that is its integer path, whose bytes do not depend on the processor's vector instructions.
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
        private readonly int _size;
        private readonly byte[] _pixels;
        private readonly GCHandle _pinned;
        private readonly SKSurface _surface;
        private readonly SKPaint _paint = new()
        {
            IsAntialias = true,
            StrokeJoin = SKStrokeJoin.Round,
            StrokeCap = SKStrokeCap.Round,
        };


        public Easel(int size)
        {
            _size = size;
            _pixels = new byte[size * size * 4];
            _pinned = GCHandle.Alloc(_pixels, GCHandleType.Pinned);
            var info = new SKImageInfo(size, size, SKImageInfo.PlatformColorType, SKAlphaType.Premul);
            _surface = SKSurface.Create(info, _pinned.AddrOfPinnedObject())
                ?? throw new InvalidOperationException($"Skia gave no {size}×{size} surface.");
        }

        public void Clear() => _surface.Canvas.Clear(SKColors.Black);

        public void Draw(Shape shape, SKColor colour)
        {
            using var path = Scaled(shape);
            Put(path, colour, shape.Width * _size);
        }

        public void Outline(Shape shape, SKColor inside, SKColor line, double edge)
        {
            using var path = Scaled(shape);
            var pen = (float)(edge * _size);
            var width = shape.Width * _size;
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
            var raster = new Raster(_size);
            var (red, blue) = SKImageInfo.PlatformColorType == SKColorType.Bgra8888 ? (2, 0) : (0, 2);
            for (int from = 0, to = 0; from < _pixels.Length; from += 4, to += 3)
                (raster.Rgb[to], raster.Rgb[to + 1], raster.Rgb[to + 2]) = (_pixels[from + red], _pixels[from + 1], _pixels[from + blue]);
            return raster;
        }

        public void Dispose()
        {
            _paint.Dispose();
            _surface.Dispose();
            _pinned.Free();
        }

        private SKPath Scaled(Shape shape)
        {
            var path = new SKPath(shape.Path);
            path.Transform(SKMatrix.CreateScale(_size, _size));
            return path;
        }

        private void Put(SKPath path, SKColor colour, float width)
        {
            _paint.Style = width > 0 ? SKPaintStyle.Stroke : SKPaintStyle.Fill;
            _paint.StrokeWidth = Math.Max(width, 1);
            _paint.Color = colour;
            _surface.Canvas.DrawPath(path, _paint);
        }
    }
}
