using Ipo.Samples.Drawing;
using SkiaSharp;

namespace Ipo.Samples.Datasets;

/// <summary>A picture as a PNG file, 8-bit RGB.</summary>
internal static class Png
{
    // Stored, not compressed: a folder without splits is split by the digests of its files, and what a compressor
    // writes may differ with its version and the processor. So a sample is split alike everywhere, at about twice the
    // size.
    private static readonly SKPngEncoderOptions Options = new(SKPngEncoderFilterFlags.NoFilters, zLibLevel: 0);

    public static byte[] Encode(Raster picture) => Encode(picture.Rgb, picture.Size, picture.Size);

    /// <param name="rgb">Rows of red, green and blue bytes.</param>
    public static byte[] Encode(ReadOnlySpan<byte> rgb, int width, int height)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgb888x, SKAlphaType.Opaque));
        var pixels = bitmap.GetPixelSpan();
        for (int from = 0, to = 0; from < rgb.Length; from += 3, to += 4) rgb.Slice(from, 3).CopyTo(pixels[to..]);
        using var view = bitmap.PeekPixels();
        using var file = view?.Encode(Options) ?? throw new InvalidOperationException($"Skia encoded no PNG of {width}×{height} pixels.");
        return file.ToArray();
    }
}
