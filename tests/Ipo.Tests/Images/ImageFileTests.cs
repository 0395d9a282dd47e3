using System.Security.Cryptography;
using Ipo.Images;
using Ipo.Tests.Captioner;
using SkiaSharp;
using Xunit;

namespace Ipo.Tests.Images;

public sealed class ImageFileTests
{
    [Theory]
    [InlineData(SKEncodedImageFormat.Jpeg)]
    [InlineData(SKEncodedImageFormat.Png)]
    [InlineData(SKEncodedImageFormat.Webp)]
    public void Takes_pictures_and_knows_their_digest(SKEncodedImageFormat format)
    {
        var file = Pictures.Plain(format: format);

        Assert.Equal(SHA256.HashData(file), ImageFile.Check(file).Sha256);
    }

    public static TheoryData<string, byte[]> Bad => new()
    {
        { "is empty", [] },
        { "is not a JPEG", "hello"u8.ToArray() },
        { "is not a JPEG", Pictures.Plain()[..20] },
        { "20,971,521 bytes; it takes at most 20,971,520", new byte[20 * 1024 * 1024 + 1] },
        { "16,385 × 1 pixels; the limit is 16,384", Pictures.Claiming(16_385, 1) },
        { "1 × 16,385 pixels", Pictures.Claiming(1, 16_385) },
        { "64,000,000 in all", Pictures.Claiming(8_001, 8_000) },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void Refuses_what_it_cannot_use_before_decoding_it(string reason, byte[] file) =>
        Assert.Contains(reason, Assert.Throws<ImageRejectedException>(() => ImageFile.Check(file)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(1000, 400, 100, 40)]
    [InlineData(300, 900, 33, 100)]
    [InlineData(2000, 1, 100, 1)]
    [InlineData(60, 40, 60, 40)]
    public void Scales_down_to_the_longest_side_and_never_up(int width, int height, int sentWidth, int sentHeight)
    {
        using var sent = SKBitmap.Decode(ImageFile.Check(Pictures.Plain(width, height)).ToJpeg(100, 90));

        Assert.Equal((sentWidth, sentHeight), (sent.Width, sent.Height));
    }

    [Fact]
    public void Shows_transparent_parts_white()
    {
        using var sent = SKBitmap.Decode(ImageFile.Check(Pictures.Plain(colour: SKColors.Red.WithAlpha(0))).ToJpeg(100, 90));

        Assert.Equal(SKColors.White, sent.GetPixel(4, 4));
    }

    [Fact]
    public void Leaves_nothing_of_the_file_but_its_picture()
    {
        var plain = Pictures.Plain(format: SKEncodedImageFormat.Jpeg);
        byte[] comment = [0xFF, 0xFE, 0, 14, .. "Taken at home"u8[..12]];
        byte[] file = [.. plain[..2], .. comment, .. plain[2..]];

        Assert.Contains("Taken at hom", Latin(file), StringComparison.Ordinal);
        Assert.DoesNotContain("Taken", Latin(ImageFile.Check(file).ToJpeg(100, 90)), StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_a_picture_that_ends_early()
    {
        var file = Pictures.Plain(1500, 1500, format: SKEncodedImageFormat.Jpeg);

        var rejected = Assert.Throws<ImageRejectedException>(() => ImageFile.Check(file.AsMemory(0, file.Length / 2)).ToJpeg(100, 90));

        Assert.Contains("damaged or ends early", rejected.Message, StringComparison.Ordinal);
    }

    // The eight ways in which EXIF says that a camera was held (orientations 1 to 8): red stands at the top left of what a
    // person sees, blue at the top right, green at the bottom left.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Shows_a_picture_upright_however_the_camera_was_held(byte orientation)
    {
        var file = ImageFile.Check(Held(orientation));
        using var sent = SKBitmap.Decode(file.ToJpeg(60, 95));

        Assert.Equal(orientation != 1, file.IsTurned);
        Assert.Equal((60, 30), (sent.Width, sent.Height));
        Assert.Equal("red", Name(sent.GetPixel(5, 5)));
        Assert.Equal("blue", Name(sent.GetPixel(54, 5)));
        Assert.Equal("green", Name(sent.GetPixel(5, 24)));
        Assert.Equal("white", Name(sent.GetPixel(54, 24)));
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.6)]
    [InlineData(0.95)]
    public void Refuses_a_progressive_picture_that_ends_early(double kept)
    {
        using var goldens = System.Text.Json.JsonDocument.Parse(
            File.ReadAllText(Path.Combine(Shared.Repository, "tests/Ipo.Tests/ClipScorer/Images/pillow_decode.json")));
        var file = goldens.RootElement.GetProperty("cases").EnumerateArray()
            .Single(golden => golden.GetProperty("name").GetString() == "q75s0p.jpg").GetProperty("file").GetBytesFromBase64();
        Assert.NotEmpty(ImageFile.Check(file).ToJpeg(100, 90));

        var rejected = Assert.Throws<ImageRejectedException>(() => ImageFile.Check(file.AsMemory(0, (int)(file.Length * kept))).ToJpeg(100, 90));

        Assert.Contains("damaged or ends early", rejected.Message, StringComparison.Ordinal);
    }

    // Written with the turn undone that a viewer makes, and with the EXIF of that turn.
    private static byte[] Held(byte orientation)
    {
        var lies = orientation >= 5;
        using var bitmap = new SKBitmap(lies ? 60 : 120, lies ? 120 : 60);
        for (var y = 0; y < 60; y++)
            for (var x = 0; x < 120; x++)
            {
                var (right, bottom) = (x >= 60, y >= 30);
                var colour = bottom ? right ? SKColors.White : SKColors.Lime : right ? SKColors.Blue : SKColors.Red;
                // Where row 0 and column 0 of the file stand in what is seen (EXIF 2.3, 4.6.4).
                var (column, row) = orientation switch
                {
                    1 => (x, y),
                    2 => (119 - x, y),
                    3 => (119 - x, 59 - y),
                    4 => (x, 59 - y),
                    5 => (y, x),
                    6 => (y, 119 - x),
                    7 => (59 - y, 119 - x),
                    _ => (59 - y, x),
                };
                bitmap.SetPixel(column, row, colour);
            }
        using var data = bitmap.Encode(SKEncodedImageFormat.Jpeg, 95);
        var plain = data.ToArray();
        byte[] tiff = [.. "MM"u8, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0];
        byte[] exif = [0xFF, 0xE1, 0, (byte)(tiff.Length + 8), .. "Exif"u8, 0, 0, .. tiff];
        return [.. plain[..2], .. exif, .. plain[2..]];
    }

    private static string Name(SKColor colour) => (colour.Red > 128, colour.Green > 128, colour.Blue > 128) switch
    {
        (true, false, false) => "red",
        (false, true, false) => "green",
        (false, false, true) => "blue",
        (true, true, true) => "white",
        _ => colour.ToString(),
    };

    private static string Latin(byte[] bytes) => System.Text.Encoding.Latin1.GetString(bytes);
}
