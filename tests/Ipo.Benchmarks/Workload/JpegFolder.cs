using SkiaSharp;

namespace Ipo.Benchmarks.Workload;

/// <summary>A folder of JPEGs of ImageNet's usual size, 500×375, drawn and encoded by the benchmark; it goes with the object.</summary>
internal sealed class JpegFolder : IDisposable
{
    private const int Width = 500;
    private const int Height = 375;

    public JpegFolder(int count)
    {
        Path = Directory.CreateTempSubdirectory("ipo-jpegs-").FullName;
        using var bitmap = new SKBitmap(Width, Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        for (var image = 0; image < count; image++)
        {
            Draw(bitmap, image);
            using var jpeg = bitmap.Encode(SKEncodedImageFormat.Jpeg, 90);
            File.WriteAllBytes(System.IO.Path.Combine(Path, $"{image:D5}.jpg"), jpeg.ToArray());
        }
        Files = [.. Directory.EnumerateFiles(Path).Order(StringComparer.Ordinal)];
    }

    public string Path { get; }

    public IReadOnlyList<string> Files { get; }

    /// <summary>Mean size of a file in bytes.</summary>
    public double MeanBytes => Files.Average(file => new FileInfo(file).Length);

    public void Dispose() => Directory.Delete(Path, recursive: true);

    // Slopes with grain: as many bytes as a photograph of this size has at quality 90, so that decoding costs what it costs there.
    private static unsafe void Draw(SKBitmap bitmap, int image)
    {
        var random = new Random(image);
        var (slopeX, slopeY) = (random.Next(1, 4), random.Next(1, 4));
        var pixels = (byte*)bitmap.GetPixels();
        for (var y = 0; y < Height; y++)
            for (var x = 0; x < Width; x++)
                for (var channel = 0; channel < 4; channel++)
                    pixels[(y * Width + x) * 4 + channel] = channel == 3 ? (byte)255
                        : (byte)Math.Clamp((x * slopeX + y * slopeY + channel * 60 + image) % 200 + random.Next(0, 24), 0, 255);
    }
}
