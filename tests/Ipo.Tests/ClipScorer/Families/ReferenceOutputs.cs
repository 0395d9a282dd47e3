using System.Text.Json;
using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Devices;
using Ipo.ClipScorer.Families.Clip;
using Ipo.ClipScorer.Model;
using Ipo.ClipScorer.Towers;
using Microsoft.ML.OnnxRuntime;
using Xunit;

namespace Ipo.Tests.ClipScorer.Families;

/// <summary>expected.json of a random checkpoint: what another project's model code gives for ids and for pixels.</summary>
internal sealed class ReferenceOutputs
{
    private readonly JsonElement _expected;

    private ReferenceOutputs(JsonElement expected) => _expected = expected;

    public static ReferenceOutputs Of(string path) => new(JsonElement.Parse(File.ReadAllText(path)));

    /// <summary>Prints how far a checkpoint's embeddings, of length one, and its logits are from the reference, and holds them to it.</summary>
    public void Hold(string what, EmbeddingModel model, ClipConfig config, Weights weights)
    {
        var (texts, images) = (Texts(model), Images(config, weights));
        var (textError, imageError) = (Largest(texts, "texts", text => text.GetProperty("embed")), Largest(images, "image_embeds", image => image));
        var logitError = LargestLogit(texts, images, model.Facts.LogitScale);
        TestContext.Current.TestOutputHelper?.WriteLine($"{what}: largest error, normalised: texts {textError:G3}, images {imageError:G3}; logits {logitError:G3}.");
        Assert.InRange(textError, 0, 1e-5);
        Assert.InRange(imageError, 0, 1e-5);
        Assert.InRange(logitError, 0, 2e-4);
    }

    private List<float[]> Texts(EmbeddingModel model)
    {
        var ids = _expected.GetProperty("texts").EnumerateArray().Select(text => text.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()).ToArray()).ToList();
        var found = new float[ids.Count * model.Facts.EmbeddingDimension];
        model.EncodeTexts(ids, found, TestContext.Current.CancellationToken);
        return [.. found.Chunk(model.Facts.EmbeddingDimension)];
    }

    // The pixels of the reference are not bytes, so they go to the graph itself.
    private List<float[]> Images(ClipConfig config, Weights weights)
    {
        var (count, side, dimension) = (_expected.GetProperty("image_embeds").GetArrayLength(), config.Vision.ImageSize, config.EmbeddingDimension);
        var values = 3 * side * side;
        var pixels = new float[count * values];
        for (var b = 0; b < count; b++)
            for (var i = 0; i < values; i++) pixels[b * values + i] = (float)Math.Sin(i * 0.013 * (b + 1) + b);
        var features = new float[count * dimension];
        using var tower = new GraphSession(VisionGraph.Build(config, weights), ExecutionDevice.Cpu(0), weights);
        using var source = OrtValue.CreateTensorValueFromMemory(pixels, [count, 3, side, side]);
        using var result = OrtValue.CreateTensorValueFromMemory(features, [count, dimension]);
        tower.Run([VisionTower.Pixels], [source], VisionTower.Features, result, TestContext.Current.CancellationToken);
        L2Norm.Scale(features, dimension);
        return [.. features.Chunk(dimension)];
    }

    private double Largest(List<float[]> found, string list, Func<JsonElement, JsonElement> embedding)
    {
        var expected = _expected.GetProperty(list).EnumerateArray().Select(entry => Unit(embedding(entry))).ToList();
        Assert.Equal(expected.Count, found.Count);
        return expected.Zip(found, LargestDifference).Max();
    }

    private double LargestLogit(List<float[]> texts, List<float[]> images, float scale)
    {
        var bias = _expected.TryGetProperty("logit_bias", out var stated) && stated.ValueKind == JsonValueKind.Number ? stated.GetDouble() : 0;
        var expected = _expected.GetProperty("logits_per_image").EnumerateArray().SelectMany(row => row.EnumerateArray().Select(logit => logit.GetDouble())).ToList();
        var found = images.SelectMany(image => texts.Select(text => scale * image.Zip(text, (a, b) => (double)a * b).Sum() + bias)).ToList();
        Assert.Equal(expected.Count, found.Count);
        return expected.Zip(found, (a, b) => Math.Abs(a - b)).Max();
    }

    /// <summary>A list of numbers scaled to length one.</summary>
    public static double[] Unit(JsonElement values)
    {
        var numbers = values.EnumerateArray().Select(value => value.GetDouble()).ToArray();
        var length = Math.Sqrt(numbers.Sum(value => value * value));
        return [.. numbers.Select(value => value / length)];
    }

    public static double LargestDifference(double[] expected, float[] found)
    {
        Assert.Equal(expected.Length, found.Length);
        return expected.Zip(found, (a, b) => Math.Abs(a - b)).Max();
    }
}
