using System.Buffers;
using Ipo.ClipScorer.Settings;
using SkiaSharp;

namespace Ipo.ClipScorer.Images;

/// <summary>From an encoded image to the square of bytes that is kept of it, and from there to the numbers a
/// vision tower takes. Thread-safe.</summary>
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
    /// Names the way pixels are made; changes whenever pixels could: with our own arithmetic (the number) and with the
    /// decoder. The checkpoint's settings are in its digest. Part of an embedding's cache key.
    /// </summary>
    public string Version { get; } = $"pixels-1-skia-{SkiaSharpVersion.Native}";

    /// <summary>Pixels along each side of the square the vision tower takes.</summary>
    public int Size => _settings.Size;

    /// <summary>Numbers of one image: three channels of Size × Size.</summary>
    public int ValuesPerImage => 3 * Size * Size;

    /// <summary>Decodes, resizes and crops one JPEG, PNG, WebP, GIF or BMP.</summary>
    /// <param name="file">The encoded image.</param>
    /// <param name="image">Receives [3, Size, Size]: channels red, green, blue; rows from the top.</param>
    /// <exception cref="ImageRejectedException">The image is over a limit, damaged, or of another format.</exception>
    public void Crop(ReadOnlySpan<byte> file, Span<byte> image)
    {
        if (image.Length != ValuesPerImage)
            throw new ArgumentException($"Expected room for {ValuesPerImage} bytes, found {image.Length}.", nameof(image));
        using var decoded = ImageDecoder.Decode(file, _limits);
        var resize = _settings.Resize.Of(decoded.Width, decoded.Height);
        var square = ArrayPool<byte>.Shared.Rent(Size * resize.Stride);
        try
        {
            resize.Run(decoded, square, ResizeKernel.Fastest);
            ToChannels(square, resize.Stride, image);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(square);
        }
    }

    /// <summary>From bytes to the numbers a vision tower is trained on: rescaled,
    /// without the mean, over the deviation.</summary>
    /// <param name="images">[images, 3, Size, Size] as <see cref="Crop"/> writes them.</param>
    /// <param name="pixels">Receives as many numbers.</param>
    public void Normalise(ReadOnlySpan<byte> images, Span<float> pixels)
    {
        var channel = Size * Size;
        for (var first = 0; first < images.Length; first += channel)
        {
            var values = _normalised.AsSpan(first / channel % 3 * 256, 256);
            var bytes = images.Slice(first, channel);
            var output = pixels.Slice(first, channel);
            for (var at = 0; at < output.Length; at++) output[at] = values[bytes[at]];
        }
    }

    // From rows of four bytes a pixel.
    private void ToChannels(ReadOnlySpan<byte> square, int stride, Span<byte> image)
    {
        for (var channel = 0; channel < 3; channel++)
        {
            for (var y = 0; y < Size; y++)
            {
                var row = square.Slice(y * stride, Size * 4);
                var output = image.Slice((channel * Size + y) * Size, Size);
                for (var x = 0; x < output.Length; x++) output[x] = row[x * 4 + channel];
            }
        }
    }
}
