using System.Security.Cryptography;
using System.Text.Json;
using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Devices;
using Ipo.ClipScorer.Families.Siglip;
using Ipo.ClipScorer.Towers;
using Ipo.Tests.ClipScorer.Images;
using Microsoft.ML.OnnxRuntime;
using SkiaSharp;
using Xunit;

namespace Ipo.Tests.ClipScorer.Families.Siglip;

/// <summary>A SigLIP checkpoint of the goldens, and what transformers' code gives for it.</summary>
internal sealed class SiglipGolden : IDisposable
{
    private readonly JsonDocument _expected;

    public SiglipGolden(string name)
    {
        Folder = Shared.Path($"data/goldens2/{name}");
        _expected = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "expected.json")));
    }

    public string Folder { get; }

    public JsonElement Expected => _expected.RootElement;

    public List<JsonElement> Texts => [.. Expected.GetProperty("texts").EnumerateArray()];

    public List<JsonElement> Pictures => [.. Expected.GetProperty("pictures").EnumerateArray()];

    /// <summary>The embeddings of image_embeds, L2-normalised. Their pixels are no bytes, so they go to the graph itself.</summary>
    public float[] ImageEmbeddings()
    {
        var (config, weights, count) = (SiglipConfig.Load(Folder), Weights.Open(Folder), Expected.GetProperty("image_embeds").GetArrayLength());
        var values = 3 * config.Vision.ImageSize * config.Vision.ImageSize;
        var pixels = new float[count * values];
        for (var b = 0; b < count; b++)
            for (var i = 0; i < values; i++) pixels[b * values + i] = (float)Math.Sin(i * 0.013 * (b + 1) + b);
        var features = new float[count * config.EmbeddingDimension];
        using var tower = new GraphSession(VisionGraph.Build(config, weights), ExecutionDevice.Cpu(0), weights);
        using var source = OrtValue.CreateTensorValueFromMemory(pixels, [count, 3, config.Vision.ImageSize, config.Vision.ImageSize]);
        using var result = OrtValue.CreateTensorValueFromMemory(features, [count, config.EmbeddingDimension]);
        tower.Run([VisionTower.Pixels], [source], VisionTower.Features, result, TestContext.Current.CancellationToken);
        L2Norm.Scale(features, config.EmbeddingDimension);
        return features;
    }

    /// <summary>A picture as a PNG file.</summary>
    public static byte[] Png(JsonElement picture)
    {
        var (width, height) = (picture.GetProperty("width").GetInt32(), picture.GetProperty("height").GetInt32());
        using var decoded = FormulaPicture.Make(width, height, picture.GetProperty("seed").GetUInt64());
        var rgb = FormulaPicture.Rgb(decoded.Pixels, width, height, width * 4);
        Assert.Equal(picture.GetProperty("input_sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(rgb)));
        using var bitmap = new SKBitmap(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        decoded.Pixels[..(width * height * 4)].CopyTo(bitmap.GetPixelSpan());
        using var file = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return file.ToArray();
    }

    public static int[] Ids(JsonElement entry) => [.. entry.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];

    /// <summary>The largest difference of a component of normalised embeddings.</summary>
    public static double Largest(ReadOnlySpan<float> found, IEnumerable<JsonElement> expected)
    {
        var (largest, at) = (0.0, 0);
        foreach (var row in expected)
        {
            var values = row.EnumerateArray().Select(value => value.GetDouble()).ToArray();
            var length = Math.Sqrt(values.Sum(value => value * value));
            foreach (var value in values) largest = Math.Max(largest, Math.Abs(value / length - found[at++]));
        }
        Assert.Equal(found.Length, at);
        return largest;
    }

    public void Dispose() => _expected.Dispose();
}
