using Ipo.Samples.Datasets;
using SkiaSharp;
using Xunit;

namespace Ipo.Tests.Samples.Datasets;

public class PngTests
{
    [Fact]
    public void A_decoder_sees_the_same_pixels()
    {
        const int width = 37, height = 21;
        var rgb = new byte[width * height * 3];
        for (var i = 0; i < rgb.Length; i++) rgb[i] = (byte)(i * 7 / 5 ^ i / 111);
        using var picture = SKBitmap.Decode(Png.Encode(rgb, width, height));
        Assert.Equal((width, height), (picture.Width, picture.Height));
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
            {
                var at = (y * width + x) * 3;
                Assert.Equal(new SKColor(rgb[at], rgb[at + 1], rgb[at + 2]), picture.GetPixel(x, y));
            }
    }
}
