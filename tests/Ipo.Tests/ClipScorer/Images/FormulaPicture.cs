using Ipo.ClipScorer.Images;

namespace Ipo.Tests.ClipScorer.Images;

/// <summary>The input pictures of pillow_resize.json (the formula is in the goldens' README).</summary>
internal static class FormulaPicture
{
    public static DecodedImage Make(int width, int height, ulong seed)
    {
        var image = new DecodedImage(width, height);
        var pixels = image.Pixels;
        for (ulong y = 0; y < (ulong)height; y++)
            for (ulong x = 0; x < (ulong)width; x++)
            {
                var pixel = pixels[(int)((y * (ulong)width + x) * 4)..];
                if (seed % 3 == 0)
                {
                    pixel[0] = (byte)(x * 255 / (ulong)Math.Max(width - 1, 1));
                    pixel[1] = (byte)(y * 255 / (ulong)Math.Max(height - 1, 1));
                    pixel[2] = (byte)((x + y) * 255 / (ulong)Math.Max(width + height - 2, 1));
                }
                else
                {
                    var v = x * 2_654_435_761 + y * 40_503 + seed * 97;
                    pixel[0] = (byte)((v >> 7) ^ (x * x + y));
                    pixel[1] = (byte)((v >> 13) ^ (y * y + seed * x));
                    pixel[2] = (byte)((v >> 3) + x + 3 * y);
                }
                pixel[3] = 255;
            }
        return image;
    }

    /// <summary>Red, green and blue of every pixel, without the fourth byte and without gaps.</summary>
    public static byte[] Rgb(ReadOnlySpan<byte> pixels, int width, int height, int stride)
    {
        var rgb = new byte[width * height * 3];
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
                pixels.Slice(y * stride + x * 4, 3).CopyTo(rgb.AsSpan((y * width + x) * 3));
        return rgb;
    }
}
