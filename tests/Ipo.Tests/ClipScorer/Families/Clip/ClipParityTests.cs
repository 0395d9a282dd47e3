using System.Text.Json;
using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Devices;
using Ipo.ClipScorer.Families.Clip;
using Ipo.ClipScorer.Model;
using Ipo.ClipScorer.Settings;
using Ipo.ClipScorer.Towers;
using Ipo.Tests.ClipScorer.Checkpoints;
using Ipo.Tests.ClipScorer.Model;
using Microsoft.ML.OnnxRuntime;
using Xunit;

namespace Ipo.Tests.ClipScorer.Families.Clip;

public sealed class ClipParityTests
{
    private static readonly ModelOptions OnCpu = new() { Device = DeviceChoice.Cpu };

    [Fact]
    public void A_random_checkpoint_gives_what_openai_s_model_code_gives()
    {
        var folder = Shared.Path("data/goldens/clip-small-random");
        using var model = EmbeddingModel.Load(folder, OnCpu);
        using var expected = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "expected.json")));
        var texts = expected.RootElement.GetProperty("texts").EnumerateArray().ToList();
        var ids = texts.ConvertAll(text => text.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()).ToArray());
        var textEmbeddings = new float[texts.Count * 48];
        model.EncodeTexts(ids, textEmbeddings, TestContext.Current.CancellationToken);
        var textError = Largest(textEmbeddings, texts.Select(text => text.GetProperty("embed")));

        var images = expected.RootElement.GetProperty("image_embeds").EnumerateArray().ToList();
        var pixels = new float[images.Count * 3 * 32 * 32];
        for (var b = 0; b < images.Count; b++)
            for (var i = 0; i < 3 * 32 * 32; i++) pixels[b * 3 * 32 * 32 + i] = (float)Math.Sin(i * 0.013 * (b + 1) + b);
        var imageEmbeddings = VisionFeatures(folder, pixels, images.Count);
        L2Norm.Scale(imageEmbeddings, 48);
        var imageError = Largest(imageEmbeddings, images);

        TestContext.Current.TestOutputHelper?.WriteLine($"Largest error, normalised: texts {textError:G3}, images {imageError:G3}.");
        Assert.InRange(textError, 0, 1e-5);
        Assert.InRange(imageError, 0, 1e-5);
        Assert.Null(model.Parity);
        Assert.Throws<CheckpointException>(() => model.Tokenizer);
    }

    [Fact]
    public void The_embedded_checkpoint_gives_its_reference()
    {
        using var model = EmbeddingModel.Load(Path.Combine(Shared.Repository, "models", "ipo-tiny"), OnCpu);
        Assert.NotNull(model.Parity);
        TestContext.Current.TestOutputHelper?.WriteLine($"Largest error against {model.Parity.Against}: {model.Parity.LargestError:G3}.");
        Assert.Equal("reference.json", model.Parity.Against);
        Assert.InRange(model.Parity.LargestError, 1e-12, 1e-5);
    }

    [Fact]
    public void Says_what_is_loaded()
    {
        var card = EmbeddedModel.Loaded.Facts;
        Assert.Equal("ipo-tiny", card.Name);
        Assert.Matches("^[0-9a-f]{64}$", card.Digest);
        Assert.Equal((256, 64, 77), (card.EmbeddingDimension, card.ImageSize, card.ContextLength));
        Assert.Equal(MathF.Exp(3.45703125f), card.LogitScale);
        Assert.Equal(("cpu", "fp32"), (card.ExecutionProvider, card.Precision));
        Assert.Contains("CPU", card.Device, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reference_that_does_not_fit_stops_the_start()
    {
        using var copy = CheckpointCopy.Of("ipo-tiny").Edit("reference.json", json => json["texts"]![3]!["embedding"]![7] = 0.9);
        var error = Assert.Throws<CheckpointException>(() => EmbeddingModel.Load(copy.Path, OnCpu));
        Assert.Contains("differ from reference.json by", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reference_with_other_ids_stops_the_start()
    {
        using var copy = CheckpointCopy.Of("ipo-tiny").Edit("reference.json", json => json["texts"]![0]!["ids"]![1] = 321);
        Assert.Contains("\"a photo of a cat.\" has ids 6142 321", Assert.Throws<CheckpointException>(() => EmbeddingModel.Load(copy.Path, OnCpu)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_of_every_stored_format_run()
    {
        using var golden = CheckpointCopy.OfGolden("clip-small-random");
        using var full = EmbeddingModel.Load(golden.Path, OnCpu);
        var ids = new[] { new[] { 510, 3, 200, 17, 511 } };
        var (expected, found) = (new float[48], new float[48]);
        full.EncodeTexts(ids, expected, TestContext.Current.CancellationToken);
        foreach (var (format, tolerance) in new[] { ("F16", 2e-3f), ("BF16", 2e-2f) })
        {
            using var copy = CheckpointCopy.OfGolden("clip-small-random");
            SafetensorsRewrite.ToFormat(copy.File("model.safetensors"), format);
            using var model = EmbeddingModel.Load(copy.Path, OnCpu);
            model.EncodeTexts(ids, found, TestContext.Current.CancellationToken);
            var error = expected.Zip(found, (a, b) => Math.Abs(a - b)).Max();
            TestContext.Current.TestOutputHelper?.WriteLine($"{format} weights move an embedding by {error:G3} at most.");
            Assert.InRange(error, 1e-9f, tolerance);
        }
    }

    // The pixels of the reference are not bytes, so they go to the graph itself.
    private static float[] VisionFeatures(string folder, float[] pixels, int count)
    {
        var (config, weights, features) = (ClipConfig.Load(folder), Weights.Open(folder), new float[count * 48]);
        using var tower = new GraphSession(VisionGraph.Build(config, weights), ExecutionDevice.Cpu(0), weights);
        using var source = OrtValue.CreateTensorValueFromMemory(pixels, [count, 3, 32, 32]);
        using var result = OrtValue.CreateTensorValueFromMemory(features, [count, 48]);
        tower.Run([VisionTower.Pixels], [source], VisionTower.Features, result, TestContext.Current.CancellationToken);
        return features;
    }

    private static double Largest(float[] found, IEnumerable<JsonElement> expected)
    {
        var largest = 0.0;
        foreach (var (row, index) in expected.Select((row, index) => (row, index)))
        {
            var values = row.EnumerateArray().Select(value => value.GetDouble()).ToArray();
            var length = Math.Sqrt(values.Sum(value => value * value));
            for (var at = 0; at < values.Length; at++) largest = Math.Max(largest, Math.Abs(values[at] / length - found[index * values.Length + at]));
        }
        return largest;
    }
}
