using System.Security.Cryptography;
using Ipo.Captioner;
using SkiaSharp;
using Xunit;

namespace Ipo.Tests.Captioner;

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
        { "is no JPEG", "hello"u8.ToArray() },
        { "is no JPEG", Pictures.Plain()[..20] },
        { "20,971,521 bytes; it takes at most 20,971,520", new byte[20 * 1024 * 1024 + 1] },
        { "16,385 × 1 pixels; at most 16,384 a side", Pictures.Claiming(16_385, 1) },
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

    private static string Latin(byte[] bytes) => System.Text.Encoding.Latin1.GetString(bytes);
}
