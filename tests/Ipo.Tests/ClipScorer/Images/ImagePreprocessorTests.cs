using Ipo.ClipScorer.Families.Clip;
using Ipo.ClipScorer.Images;
using Ipo.ClipScorer.Settings;
using SkiaSharp;
using Xunit;

namespace Ipo.Tests.ClipScorer.Images;

public sealed class ImagePreprocessorTests
{
    private static readonly PixelSettings Plain = new(SquareResize.Crop(ResizeFilter.Bicubic, 4, 4), 1.0, [0, 0, 0], [1, 1, 1]);

    [Theory]
    [InlineData(SKEncodedImageFormat.Png)]
    [InlineData(SKEncodedImageFormat.Jpeg)]
    [InlineData(SKEncodedImageFormat.Webp)]
    public void Gives_channels_red_green_blue(SKEncodedImageFormat format)
    {
        var pixels = Preprocess(Encode(4, 4, (_, _) => new SKColor(250, 120, 10), format));
        Assert.All(pixels[..16], red => Assert.InRange(red, 246, 254));
        Assert.All(pixels[16..32], green => Assert.InRange(green, 116, 124));
        Assert.All(pixels[32..], blue => Assert.InRange(blue, 6, 14));
    }

    [Fact]
    public void Rows_run_from_the_top_and_columns_from_the_left()
    {
        var pixels = Preprocess(Encode(4, 4, (x, y) => new SKColor((byte)(x * 10), (byte)(y * 10), 0), SKEncodedImageFormat.Png));
        Assert.Equal(Enumerable.Range(0, 16).Select(at => at % 4 * 10f), pixels[..16]);
        Assert.Equal(Enumerable.Range(0, 16).Select(at => at / 4 * 10f), pixels[16..32]);
    }

    [Fact]
    public void Drops_alpha_without_blending()
    {
        var pixels = Preprocess(Encode(4, 4, (x, _) => new SKColor(200, 100, 50, (byte)(x == 0 ? 0 : 7)), SKEncodedImageFormat.Png));
        Assert.All(pixels[..16], red => Assert.Equal(200, red));
    }

    [Fact]
    public void Keeps_the_colour_at_a_gif_s_transparent_index() =>
        Assert.All(Preprocess(Gif(transparent: true))[..16], red => Assert.Equal(0x11, red));

    [Fact]
    public void Reads_a_gif_without_transparency() =>
        Assert.All(Preprocess(Gif(transparent: false))[..16], red => Assert.Equal(0x11, red));

    [Fact]
    public void Reads_a_bmp()
    {
        byte[] bmp = [(byte)'B', (byte)'M', 58, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 24, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 30, 20, 10, 0];
        Assert.Equal([10, 20, 30], Preprocess(bmp).Chunk(16).Select(channel => (int)channel[0]));
    }

    [Fact]
    public void Does_not_rotate_by_exif()
    {
        var jpeg = Encode(8, 4, (x, _) => x < 4 ? SKColors.White : SKColors.Black, SKEncodedImageFormat.Jpeg);
        // An APP1 segment with orientation 6 (rotate by 90 degrees) behind the start of the image.
        byte[] exif = [0xFF, 0xE1, 0, 34, .. "Exif\0\0"u8, .. "MM"u8, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0];
        var rotated = Preprocess([.. jpeg[..2], .. exif, .. jpeg[2..]]);
        Assert.Equal(Preprocess(jpeg), rotated);
        Assert.True(rotated[0] > 200 && rotated[3] < 55);
    }

    [Fact]
    public void Normalises_with_the_checkpoint_s_mean_and_deviation()
    {
        var settings = ClipPixels.Default(4);
        var pixels = Preprocess(Encode(4, 4, (_, _) => new SKColor(255, 128, 0), SKEncodedImageFormat.Png), settings);
        Assert.Equal((1f - 0.48145466f) / 0.26862954f, pixels[0]);
        Assert.Equal((128f / 255 - 0.4578275f) / 0.26130258f, pixels[16]);
        Assert.Equal(-0.40821073f / 0.27577711f, pixels[32]);
    }

    [Fact]
    public void Normalises_every_byte_of_every_channel_of_every_image()
    {
        var settings = ClipPixels.Default(16);
        var images = new byte[2 * 3 * 256]; // every byte in each channel, and backwards in the second image
        for (var at = 0; at < images.Length; at++) images[at] = (byte)(at < 3 * 256 ? at : ~at);
        var pixels = new float[images.Length];
        new ImagePreprocessor(settings, new()).Normalise(images, pixels);
        var values = settings.Normalised();
        Assert.Equal(values, pixels[..(3 * 256)]);
        Assert.Equal(values.Chunk(256).SelectMany(channel => channel.Reverse()), pixels[(3 * 256)..]);
    }

    [Fact]
    public void Refuses_room_of_the_wrong_size() => Assert.Contains("Expected room for 48 bytes, found 47",
        Assert.Throws<ArgumentException>(() => new ImagePreprocessor(Plain, new()).Crop([], new byte[47])).Message, StringComparison.Ordinal);

    [Fact]
    public void Every_byte_is_divided_as_torchvision_divides_it()
    {
        var plain = new PixelSettings(SquareResize.Squash(ResizeFilter.Bicubic, 1), 1.0 / 255, [0, 0, 0], [1, 1, 1]).Normalised();
        for (var value = 0; value < 256; value++) Assert.Equal(value / 255f, plain[value]);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("not an image at all, just text", "not a JPEG, PNG, WebP, GIF or BMP")]
    public void Refuses_what_is_no_image(string bytes, string reason) =>
        Assert.Contains(reason, Rejected(System.Text.Encoding.ASCII.GetBytes(bytes), new()), StringComparison.Ordinal);

    [Fact]
    public void Refuses_a_file_that_is_cut_short()
    {
        var png = Encode(200, 200, (x, y) => new SKColor((byte)(x * y), (byte)(x + y), (byte)(x ^ y)), SKEncodedImageFormat.Png);
        Assert.Contains("damaged or cut short", Rejected(png[..(png.Length / 2)], new()), StringComparison.Ordinal);
        var jpeg = Encode(200, 200, (x, y) => new SKColor((byte)(x * y), (byte)(x + y), (byte)(x ^ y)), SKEncodedImageFormat.Jpeg);
        Assert.Contains("damaged or cut short", Rejected(jpeg[..(jpeg.Length / 2)], new()), StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_too_many_bytes_before_it_looks_at_them() =>
        Assert.Contains("has 2000 bytes; at most 1999 are taken (Ipo:ClipScorer:Images:MaxBytes)", Rejected(new byte[2000], new() { MaxBytes = 1999 }), StringComparison.Ordinal);

    [Fact]
    public void Refuses_a_long_side_and_many_pixels_by_the_header_alone()
    {
        var png = Encode(60, 30, (_, _) => SKColors.Red, SKEncodedImageFormat.Png);
        Assert.Contains("60×30 pixels; at most 59", Rejected(png, new() { MaxSide = 59 }), StringComparison.Ordinal);
        Assert.Contains("1800 in all; at most 1799", Rejected(png, new() { MaxPixels = 1799 }), StringComparison.Ordinal);
        // Nothing but the header is there: had it been decoded, it would be refused as cut short.
        Assert.Contains("at most 59", Rejected(png[..60], new() { MaxSide = 59 }), StringComparison.Ordinal);
        _ = ImageDecoder.Decode(png, new() { MaxSide = 60, MaxPixels = 1800, MaxBytes = png.Length });
    }

    [Fact]
    public void Says_which_decoder_made_the_pixels() => Assert.Matches(@"^pixels-\d+-skia-\S+$", new ImagePreprocessor(Plain, new()).Version);

    private static string Rejected(byte[] file, ImageLimits limits) =>
        Assert.Throws<ImageRejectedException>(() => ImageDecoder.Decode(file, limits)).Message;

    private static float[] Preprocess(byte[] file) => Preprocess(file, Plain);

    private static float[] Preprocess(byte[] file, PixelSettings settings)
    {
        var preprocessor = new ImagePreprocessor(settings, new());
        var (image, pixels) = (new byte[48], new float[48]);
        preprocessor.Crop(file, image);
        preprocessor.Normalise(image, pixels);
        return pixels;
    }

    private static byte[] Encode(int width, int height, Func<int, int, SKColor> colour, SKEncodedImageFormat format)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++) bitmap.SetPixel(x, y, colour(x, y));
        using var data = bitmap.Encode(format, 100);
        return data.ToArray();
    }

    // One pixel of palette entry 0, (0x11, 0x22, 0x33), which may be the transparent one.
    private static byte[] Gif(bool transparent) =>
    [
        .. "GIF89a"u8, 1, 0, 1, 0, 0x80, 0, 0, 0x11, 0x22, 0x33, 0xFF, 0xFF, 0xFF,
        0x21, 0xF9, 4, (byte)(transparent ? 1 : 0), 0, 0, 0, 0,
        0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3B,
    ];
}
