using System.Buffers;
using SkiaSharp;

namespace Ipo.ClipScorer.Images;

/// <summary>From an encoded image to the pixels a vision tower takes. Thread-safe.</summary>
internal sealed class ImagePreprocessor
{
    private readonly PixelSettings _settings;
    private readonly ImageLimits _limits;
    private readonly float[] _normalised;

    public ImagePreprocessor(PixelSettings settings, ImageLimits limits)
    {
        _settings = settings;
        _limits = limits;
        _normalised = settings.Normalised();
    }

    /// <summary>
    /// Names the way pixels are made; changes whenever pixels could: with our own arithmetic (the number) and with the decoder.
    /// The checkpoint's settings are in its digest. Part of an embedding's cache key.
    /// </summary>
    public string Version { get; } = $"pixels-1-skia-{SkiaSharpVersion.Native}";

    /// <summary>Pixels along each side of the square the vision tower takes.</summary>
    public int Size => _settings.Crop;

    /// <summary>Decodes, resizes, crops and normalises one JPEG, PNG, WebP, GIF or BMP.</summary>
    /// <param name="file">The encoded image.</param>
    /// <param name="pixels">Receives [3, Size, Size]: channels red, green, blue; rows from the top.</param>
    /// <exception cref="ImageRejectedException">The image is over a limit, damaged, or of another format.</exception>
    public void Preprocess(ReadOnlySpan<byte> file, Span<float> pixels)
    {
        if (pixels.Length != 3 * Size * Size) throw new ArgumentException($"Expected room for {3 * Size * Size} values, found {pixels.Length}.", nameof(pixels));
        using var image = ImageDecoder.Decode(file, _limits);
        var resize = BicubicResize.CentreSquare(image.Width, image.Height, _settings.ShortSide, Size);
        var square = ArrayPool<byte>.Shared.Rent(Size * resize.Stride);
        try
        {
            resize.Run(image, square, ResizeKernel.Fastest);
            Normalise(square, resize.Stride, pixels);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(square);
        }
    }

    /// <summary>From bytes, four a pixel, to [3, Size, Size].</summary>
    /// <param name="square">Size rows of <paramref name="stride"/> bytes.</param>
    /// <param name="stride">Bytes from one row to the next.</param>
    /// <param name="pixels">Receives the normalised channels.</param>
    public void Normalise(ReadOnlySpan<byte> square, int stride, Span<float> pixels)
    {
        for (var channel = 0; channel < 3; channel++)
        {
            var values = _normalised.AsSpan(channel * 256, 256);
            for (var y = 0; y < Size; y++)
            {
                var row = square.Slice(y * stride, Size * 4);
                var output = pixels.Slice((channel * Size + y) * Size, Size);
                for (var x = 0; x < output.Length; x++) output[x] = values[row[x * 4 + channel]];
            }
        }
    }
}
