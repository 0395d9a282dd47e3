using System.Runtime.InteropServices;
using Ipo.ClipScorer.Settings;
using Ipo.ServiceDefaults.Standards;
using SkiaSharp;

namespace Ipo.ClipScorer.Images;

/// <summary>
/// A decoded image in native memory: four bytes a pixel (red, green, blue, and one to ignore), rows from the top
/// without gaps, and <see cref="Slack"/> readable bytes behind the last row, so that vectors may load over its end.
/// </summary>
internal sealed unsafe class DecodedImage : IDisposable
{
    public const int Slack = 64;

    private byte* _pixels;

    public DecodedImage(int width, int height)
    {
        Width = width;
        Height = height;
        _pixels = (byte*)NativeMemory.Alloc((nuint)Length + Slack);
    }

    ~DecodedImage() => Release();

    public int Width { get; }

    public int Height { get; }

    /// <summary>All pixels and the slack behind them.</summary>
    public Span<byte> Pixels => new(_pixels, Length + Slack);

    public nint Address => (nint)_pixels;

    private int Length => checked(Width * Height * 4);

    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private void Release()
    {
        NativeMemory.Free(_pixels);
        _pixels = null;
    }
}

/// <summary>
/// Decodes an image in full, as Pillow's <c>Image.open(…).convert("RGB")</c> does: no EXIF rotation, no colour
/// management, the first frame of an animation, palettes expanded, alpha dropped without blending. One difference is
/// meant: of 16-bit greys the high byte is kept, where Pillow cuts everything above 255 to white.
/// </summary>
internal static class ImageDecoder
{
    private const string Limits = $"{ModelOptions.Section}:{nameof(ModelOptions.Images)}";

    /// <exception cref="ImageRejectedException">Over a limit, damaged, cut short, or not
    /// JPEG, PNG, WebP, GIF or BMP.</exception>
    public static unsafe DecodedImage Decode(ReadOnlySpan<byte> file, ImageLimits limits)
    {
        if (file.IsEmpty) throw new ImageRejectedException("The image is empty: it has no bytes.");
        if (file.Length > limits.MaxBytes)
            throw new ImageRejectedException(
                $"The image has {file.Length} bytes; at most {limits.MaxBytes} are taken ({Limits}:MaxBytes).");
        using var opaque = OpaqueGif.From(file);
        fixed (byte* start = opaque is null ? file : opaque.Bytes)
        {
            using var data = SKData.Create((nint)start, file.Length);
            using var codec = SKCodec.Create(data) ?? throw Unreadable();
            if (codec.EncodedFormat is not (SKEncodedImageFormat.Jpeg or SKEncodedImageFormat.Png or SKEncodedImageFormat.Webp
                or SKEncodedImageFormat.Gif or SKEncodedImageFormat.Bmp)) throw Unreadable();
            var (width, height) = (codec.Info.Width, codec.Info.Height);
            if (width > limits.MaxSide || height > limits.MaxSide)
                throw new ImageRejectedException(
                    $"The image is {width}×{height} pixels; at most {limits.MaxSide} are taken along a side "
                    + $"({Limits}:MaxSide).");
            if ((long)width * height > limits.MaxPixels)
                throw new ImageRejectedException(
                    $"The image is {width}×{height} pixels, {(long)width * height} in all; "
                    + $"at most {limits.MaxPixels} are taken ({Limits}:MaxPixels).");
            if (JpegScans.EndEarly(file)) throw CutShort(codec.EncodedFormat, width, height);
            return Pixels(codec, width, height);
        }
    }

    private static DecodedImage Pixels(SKCodec codec, int width, int height)
    {
        var image = new DecodedImage(width, height);
        try
        {
            // No colour space: Skia then leaves the values as they are encoded, as Pillow does.
            var result = codec.GetPixels(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul, null), image.Address);
            if (result == SKCodecResult.Success) return image;
            throw result is SKCodecResult.IncompleteInput or SKCodecResult.ErrorInInput
                ? CutShort(codec.EncodedFormat, width, height)
                : new ImageRejectedException(
                    $"The {codec.EncodedFormat} image of {width}×{height} pixels cannot be decoded ({result}). "
                    + "Save it as an ordinary JPEG or PNG.");
        }
        catch
        {
            image.Dispose();
            throw;
        }
    }

    private static ImageRejectedException CutShort(SKEncodedImageFormat format, int width, int height) =>
        new($"The {format} image of {width}×{height} pixels is damaged or cut short. Save or copy it again.");

    private static ImageRejectedException Unreadable() => new(
        "The bytes are not a JPEG, PNG, WebP, GIF or BMP image, or its header is damaged. "
        + "Save it in one of these formats.");
}
