using System.Globalization;
using System.Security.Cryptography;
using Ipo.ServiceDefaults.Standards;
using SkiaSharp;

namespace Ipo.Images;

/// <summary>An image cannot be used; the message says why and which limit or format would do.</summary>
public sealed class ImageRejectedException(string reason) : Exception(reason);

/// <summary>An image file whose size and header are within the limits. Its pixels are not decoded yet.</summary>
public sealed class ImageFile
{
    private const int MaxBytes = 20 * 1024 * 1024;

    // 16,384 pixels a side and 64 million in all, as the scorer: what one describes the other can embed.
    private const int MaxSide = 16_384;
    private const int MaxPixels = 64_000_000;

    private static readonly SKEncodedImageFormat[] Formats =
        [SKEncodedImageFormat.Jpeg, SKEncodedImageFormat.Png, SKEncodedImageFormat.Webp, SKEncodedImageFormat.Gif,
            SKEncodedImageFormat.Bmp];

    private ImageFile(ReadOnlyMemory<byte> content, bool isTurned)
    {
        Content = content;
        IsTurned = isTurned;
        Sha256 = SHA256.HashData(content.Span);
    }

    /// <summary>The file's bytes.</summary>
    public ReadOnlyMemory<byte> Content { get; }

    /// <summary>SHA-256 of the bytes.</summary>
    public byte[] Sha256 { get; }

    /// <summary>Whether the file holds its picture lying or mirrored, and says so.</summary>
    public bool IsTurned { get; }

    /// <summary>Checks a file by its length and its header.</summary>
    /// <exception cref="ImageRejectedException">Over a limit, or no JPEG, PNG, WebP, GIF or BMP.</exception>
    public static ImageFile Check(ReadOnlyMemory<byte> content)
    {
        if (content.IsEmpty) throw new ImageRejectedException("the file is empty; it takes a whole JPEG, PNG, WebP, GIF or BMP file.");
        if (content.Length > MaxBytes)
            throw new ImageRejectedException(
                string.Create(CultureInfo.InvariantCulture, $"the file has {content.Length:N0} bytes; it takes at most {MaxBytes:N0}."));

        using var data = SKData.CreateCopy(content.Span);
        using var codec = SKCodec.Create(data);
        if (codec is null || !Formats.Contains(codec.EncodedFormat))
            throw new ImageRejectedException("the file is not a JPEG, PNG, WebP, GIF or BMP, or its header is damaged.");
        if (IsTooLarge(codec.Info))
            throw new ImageRejectedException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the image has {codec.Info.Width:N0} × {codec.Info.Height:N0} pixels; the limit is {MaxSide:N0} per side and "
                        + $"{MaxPixels:N0} in all."));
        return new ImageFile(content, codec.EncodedOrigin != SKEncodedOrigin.TopLeft);
    }

    /// <summary>Why a file's picture is too large to be decoded, by its header, as what follows its name; null where it is not,
    /// or where the header tells nothing.</summary>
    public static string? TooLarge(ReadOnlySpan<byte> content)
    {
        using var data = SKData.CreateCopy(content);
        using var codec = SKCodec.Create(data);
        return codec is null || !IsTooLarge(codec.Info) ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"has {codec.Info.Width:N0} × {codec.Info.Height:N0} pixels (more than {MaxSide:N0} a side or {MaxPixels:N0} in all)");
    }

    private static bool IsTooLarge(SKImageInfo info) =>
        info.Width > MaxSide || info.Height > MaxSide || (long)info.Width * info.Height > MaxPixels;

    /// <summary>The picture as a JPEG whose longer side is at most so many pixels; smaller pictures keep their size.
    /// It stands upright, as its EXIF orientation says. What was transparent is white. Nothing else of the file
    /// remains, so a photograph's place and time do not travel.</summary>
    /// <param name="longestSide">In pixels.</param>
    /// <param name="quality">JPEG quality, 1 to 100.</param>
    /// <exception cref="ImageRejectedException">The pixels are damaged.</exception>
    public byte[] ToJpeg(int longestSide, int quality)
    {
        using var data = SKData.CreateCopy(Content.Span);
        using var codec = SKCodec.Create(data);
        if (JpegScans.EndEarly(Content.Span)) throw new ImageRejectedException("the image's data is damaged or ends early.");
        using var picture = new SKBitmap(new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Premul));
        if (codec.GetPixels(picture.Info, picture.GetPixels()) is not SKCodecResult.Success and var result)
            throw new ImageRejectedException($"the image's data is damaged or ends early ({result}).");

        // A camera held upright writes its picture lying and says so (EXIF); described is what a person sees.
        var upright = Upright(codec.EncodedOrigin, picture.Width, picture.Height);
        var (width, height) = TurnsSideways(codec.EncodedOrigin) ? (picture.Height, picture.Width) : (picture.Width, picture.Height);
        var scale = Math.Min(1, longestSide / (double)Math.Max(width, height));
        var size = new SKImageInfo(
            Math.Max(1, (int)Math.Round(width * scale)), Math.Max(1, (int)Math.Round(height * scale)),
            SKColorType.Rgba8888, SKAlphaType.Opaque);
        using var surface = SKSurface.Create(size);
        surface.Canvas.Clear(SKColors.White);
        surface.Canvas.Scale(size.Width / (float)width, size.Height / (float)height);
        surface.Canvas.Concat(upright);
        using var image = SKImage.FromBitmap(picture);
        surface.Canvas.DrawImage(image, 0, 0, new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
        using var snapshot = surface.Snapshot();
        using var jpeg = snapshot.Encode(SKEncodedImageFormat.Jpeg, quality);
        return jpeg.ToArray();
    }

    private static bool TurnsSideways(SKEncodedOrigin origin) =>
        origin is SKEncodedOrigin.LeftTop or SKEncodedOrigin.RightTop or SKEncodedOrigin.RightBottom or SKEncodedOrigin.LeftBottom;

    // Where a pixel of the file at (x, y) stands in the upright picture: scale x, skew x, move x; skew y, scale y, move y.
    private static SKMatrix Upright(SKEncodedOrigin origin, int width, int height) => origin switch
    {
        SKEncodedOrigin.TopRight => new(-1, 0, width, 0, 1, 0, 0, 0, 1),
        SKEncodedOrigin.BottomRight => new(-1, 0, width, 0, -1, height, 0, 0, 1),
        SKEncodedOrigin.BottomLeft => new(1, 0, 0, 0, -1, height, 0, 0, 1),
        SKEncodedOrigin.LeftTop => new(0, 1, 0, 1, 0, 0, 0, 0, 1),
        SKEncodedOrigin.RightTop => new(0, -1, height, 1, 0, 0, 0, 0, 1),
        SKEncodedOrigin.RightBottom => new(0, -1, height, -1, 0, width, 0, 0, 1),
        SKEncodedOrigin.LeftBottom => new(0, 1, 0, -1, 0, width, 0, 0, 1),
        _ => SKMatrix.Identity,
    };
}
