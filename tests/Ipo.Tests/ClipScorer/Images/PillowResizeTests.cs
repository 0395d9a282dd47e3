using System.Security.Cryptography;
using System.Text.Json;
using CsCheck;
using Ipo.ClipScorer.Images;
using Xunit;

namespace Ipo.Tests.ClipScorer.Images;

public sealed class PillowResizeTests
{
    private const ResizeFilter Bicubic = ResizeFilter.Bicubic;

    [Fact]
    public void Gives_every_byte_that_pillow_gives()
    {
        using var goldens = JsonDocument.Parse(File.ReadAllText(Shared.Path("data/goldens/pillow_resize.json")));
        var cases = 0;
        foreach (var golden in goldens.RootElement.GetProperty("cases").EnumerateArray())
        {
            var (width, height, size) = (golden.GetProperty("width").GetInt32(), golden.GetProperty("height").GetInt32(), golden.GetProperty("size").GetInt32());
            using var picture = FormulaPicture.Make(width, height, golden.GetProperty("seed").GetUInt64());
            Assert.Equal(golden.GetProperty("input_sha256").GetString(), Digest(FormulaPicture.Rgb(picture.Pixels, width, height, width * 4)));

            var (toWidth, toHeight) = PillowResize.ShortSideTo(width, height, size);
            Assert.Equal(golden.GetProperty("resized").EnumerateArray().Select(side => side.GetInt32()), [toWidth, toHeight]);
            foreach (var kernel in ResizeKernel.Supported())
            {
                var label = $"{width}×{height} to {size} by {kernel.GetType().Name}";
                Assert.True(golden.GetProperty("resized_sha256").GetString() == Digest(Resize(PillowResize.Whole(Bicubic, width, height, toWidth, toHeight), picture, toWidth, toHeight, kernel)), $"resized {label}");
                Assert.True(golden.GetProperty("crop_sha256").GetString() == Digest(Resize(PillowResize.CentreSquare(Bicubic, width, height, size, size), picture, size, size, kernel)), $"cropped {label}");
            }
            cases++;
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{cases} pictures, kernels {string.Join(", ", ResizeKernel.Supported().Select(kernel => kernel.GetType().Name))}: all digests equal.");
        Assert.Equal(18, cases);
    }

    [Theory]
    [InlineData("siglip-random", 3, 32)]
    [InlineData("siglip2-random", 2, 48)]
    [InlineData("openclip-random/gelu-squash-fp16-safetensors", 3, 40)]
    public void Squashes_to_every_byte_that_pillow_gives(string folder, int filter, int size)
    {
        using var goldens = JsonDocument.Parse(File.ReadAllText(Shared.Path($"data/goldens2/{folder}/expected.json")));
        var pictures = goldens.RootElement.GetProperty("pictures").EnumerateArray().ToList();
        foreach (var golden in pictures)
        {
            var (width, height) = (golden.GetProperty("width").GetInt32(), golden.GetProperty("height").GetInt32());
            using var picture = FormulaPicture.Make(width, height, golden.GetProperty("seed").GetUInt64());
            Assert.Equal(golden.GetProperty("input_sha256").GetString(), Digest(FormulaPicture.Rgb(picture.Pixels, width, height, width * 4)));
            foreach (var kernel in ResizeKernel.Supported())
                Assert.True(golden.GetProperty("resized_sha256").GetString() == Digest(Resize(SquareResize.Squash((ResizeFilter)filter, size).Of(width, height), picture, size, size, kernel)),
                    $"{width}×{height} by {kernel.GetType().Name}");
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{pictures.Count} pictures: all digests equal.");
        Assert.NotEmpty(pictures);
    }

    [Fact]
    public void Every_kernel_gives_the_scalar_kernel_s_bytes() =>
        Gen.Select(Gen.Int[1, 90], Gen.Int[1, 90], Gen.Int[1, 70], Gen.ULong[1, 1000], Gen.Enum<ResizeFilter>()).Sample((width, height, size, seed, filter) =>
        {
            using var picture = FormulaPicture.Make(width, height, seed);
            var resize = PillowResize.CentreSquare(filter, width, height, size, Math.Max(1, size - 3));
            var square = Math.Max(1, size - 3);
            var reference = Resize(resize, picture, square, square, new ScalarResizeKernel());
            return ResizeKernel.Supported().All(kernel => reference.AsSpan().SequenceEqual(Resize(resize, picture, square, square, kernel)));
        }, iter: 300);

    [Fact]
    public void Clips_where_the_filter_overshoots()
    {
        using var picture = new DecodedImage(8, 8);
        for (var at = 0; at < 8 * 8 * 4; at++) picture.Pixels[at] = at / 4 % 8 < 4 ? (byte)0 : (byte)255;
        foreach (var kernel in ResizeKernel.Supported())
        {
            var rgb = Resize(PillowResize.Whole(Bicubic, 8, 8, 32, 32), picture, 32, 32, kernel);
            Assert.Equal(0, rgb.Min());
            Assert.Equal(255, rgb.Max());
            // Without clipping, the undershoot in front of the edge would wrap to something bright.
            Assert.All(Enumerable.Range(0, 14), x => Assert.True(rgb[x * 3] < 64));
        }
    }

    [Fact]
    public void A_picture_of_the_wanted_size_is_left_as_it_is()
    {
        using var picture = FormulaPicture.Make(37, 37, 5);
        var resized = Resize(PillowResize.CentreSquare(Bicubic, 37, 37, 37, 37), picture, 37, 37, ResizeKernel.Fastest);
        Assert.Equal(FormulaPicture.Rgb(picture.Pixels, 37, 37, 37 * 4), resized);
    }

    private static byte[] Resize(PillowResize resize, DecodedImage picture, int width, int height, ResizeKernel kernel)
    {
        var output = new byte[height * resize.Stride];
        resize.Run(picture, output, kernel);
        return FormulaPicture.Rgb(output, width, height, resize.Stride);
    }

    private static string Digest(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
