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

    private static string Digest(byte[] file)
    {
        using var image = ImageDecoder.Decode(file, new());
        return Convert.ToHexStringLower(SHA256.HashData(FormulaPicture.Rgb(image.Pixels, image.Width, image.Height, image.Width * 4)));
    }
}
