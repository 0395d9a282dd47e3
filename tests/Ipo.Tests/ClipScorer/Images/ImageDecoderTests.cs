using System.Security.Cryptography;
using System.Text.Json;
using Ipo.ClipScorer.Images;
using Xunit;

namespace Ipo.Tests.ClipScorer.Images;

public sealed class ImageDecoderTests
{
    private static readonly string Goldens = Path.Combine(Shared.Repository, "tests", "Ipo.Tests", "ClipScorer", "Images", "pillow_decode.json");

    // Small pictures of every format, colour type and subsampling; written, and decoded to RGB, by Pillow.
    [Fact]
    public void Gives_every_byte_that_pillow_gives_for_every_kind_of_file()
    {
        using var goldens = JsonDocument.Parse(File.ReadAllText(Goldens));
        var cases = goldens.RootElement.GetProperty("cases").EnumerateArray().ToList();
        foreach (var golden in cases)
            Assert.True(golden.GetProperty("rgb_sha256").GetString() == Digest(golden.GetProperty("file").GetBytesFromBase64()), golden.GetProperty("name").GetString());
        TestContext.Current.TestOutputHelper?.WriteLine($"{cases.Count} files equal.");
        Assert.True(cases.Count > 40);
    }

    [Fact]
    public void Gives_every_byte_that_pillow_gives_for_photographs()
    {
        using var goldens = JsonDocument.Parse(File.ReadAllText(Goldens));
        var photographs = goldens.RootElement.GetProperty("photographs").EnumerateArray().ToList();
        foreach (var photograph in photographs)
            Assert.True(photograph.GetProperty("rgb_sha256").GetString() == Digest(File.ReadAllBytes(Shared.Path(photograph.GetProperty("path").GetString()!))), photograph.GetRawText());
        TestContext.Current.TestOutputHelper?.WriteLine($"{photographs.Count} photographs equal.");
        Assert.NotEmpty(photographs);
    }

    // Of every kind of file that Pillow wrote, so of progressive and interlaced ones too: what lacks a part of its picture is
    // refused, whatever a decoder makes of the rest.
    [Theory]
    [InlineData(".jpg", 0.3)]
    [InlineData(".jpg", 0.6)]
    [InlineData(".jpg", 0.9)]
    [InlineData(".png", 0.3)]
    [InlineData(".png", 0.6)]
    [InlineData(".webp", 0.3)]
    [InlineData(".webp", 0.6)]
    [InlineData(".webp", 0.9)]
    [InlineData(".bmp", 0.6)]
    [InlineData(".bmp", 0.9)]
    [InlineData("nointer.gif", 0.9)]
    [InlineData("p.gif", 0.9)]
    public void Refuses_every_kind_of_file_that_is_cut_short(string ending, double kept)
    {
        using var goldens = JsonDocument.Parse(File.ReadAllText(Goldens));
        var refused = 0;
        foreach (var golden in goldens.RootElement.GetProperty("cases").EnumerateArray())
        {
            if (!golden.GetProperty("name").GetString()!.EndsWith(ending, StringComparison.Ordinal)) continue;
            var file = golden.GetProperty("file").GetBytesFromBase64();
            var rejected = Record.Exception(() => Digest(file[..(int)(file.Length * kept)]));
            Assert.True(rejected is ImageRejectedException, $"{golden.GetProperty("name").GetString()} passes with {kept:P0}.");
            refused++;
        }
        Assert.True(refused > 0);
    }

    // Every length that a larger progressive file can be cut to.
    [Theory]
    [InlineData("q30s0p.jpg")]
    [InlineData("q75s2p.jpg")]
    [InlineData("q95s1p.jpg")]
    public void Refuses_a_progressive_jpeg_wherever_it_ends(string name)
    {
        var file = Golden(name);
        var whole = Digest(file);
        for (var length = 1; length < file.Length; length++)
            Assert.True(Record.Exception(() => Digest(file[..length])) is ImageRejectedException, $"{length} of {file.Length} bytes pass");
        Assert.Equal(whole, Digest([.. file, .. new byte[100]]));
        Assert.Equal(whole, Digest([.. file, .. file[..^40]])); // a second picture behind the first
    }

    private static byte[] Golden(string name)
    {
        using var goldens = JsonDocument.Parse(File.ReadAllText(Goldens));
        return goldens.RootElement.GetProperty("cases").EnumerateArray()
            .Single(golden => golden.GetProperty("name").GetString() == name).GetProperty("file").GetBytesFromBase64();
    }

    private static string Digest(byte[] file)
    {
        using var image = ImageDecoder.Decode(file, new());
        return Convert.ToHexStringLower(SHA256.HashData(FormulaPicture.Rgb(image.Pixels, image.Width, image.Height, image.Width * 4)));
    }
}
