using Ipo.ClipScorer.Devices;
using Ipo.ClipScorer.Model;
using Ipo.ClipScorer.Scoring;
using Ipo.ClipScorer.ZeroShot;
using Ipo.Tests.ClipScorer.Model;
using Ipo.Tests.ClipScorer.ZeroShot;
using Xunit;

namespace Ipo.Tests.ClipScorer.Families.Clip;

/// <summary>The graphs that CUDA runs, in fp16, run here on the CPU: how far their embeddings and scores are from fp32.</summary>
public sealed class HalfPrecisionTests
{
    private const int Images = 2_000;

    private static readonly string Folder = Path.Combine(Shared.Repository, "models", "ipo-tiny");

    private static readonly string[] Templates = ["a photo of a <CLASS>.", "a clear, bright, close photo of the <CLASS>, seen from the side, in the sun.", "<CLASS>."];

    private static readonly ClassNames Classes = new(["dog", "cat", "golden retriever", "sports car", "lighthouse", "red wine", "sea snake", "violin", "mountain", "green apple"]);

    [Fact]
    public void Embeddings_stay_near_those_of_fp32()
    {
        using var half = Half();
        Assert.Equal(("fp16", "cpu"), (half.Facts.Precision, half.Facts.ExecutionProvider));
        var texts = Templates.Max(template => Difference(Text(half, template), Text(EmbeddedModel.Loaded, template)));
        var images = Difference(Pictures(half), Pictures(EmbeddedModel.Loaded));
        TestContext.Current.TestOutputHelper?.WriteLine($"Largest difference of a component: texts {texts:G3}, images {images:G3}.");
        // They are 2.2e-5 and 3.0e-5 with the residual stream in fp32.
        Assert.InRange(texts, 1e-7, 5e-5);
        Assert.InRange(images, 1e-7, 3.5e-5);
    }

    [Fact]
    public void Scores_stay_near_those_of_fp32()
    {
        using var half = Half();
        foreach (var template in Templates)
        {
            var (exact, near) = (Score(EmbeddedModel.Loaded, template), Score(half, template));
            TestContext.Current.TestOutputHelper?.WriteLine($"{template}: accuracy {exact.Accuracy:F4} and {near.Accuracy:F4}, loss {exact.Loss:F5} and {near.Loss:F5} nats.");
            Assert.InRange(Math.Abs(exact.Loss - near.Loss), 0, 2e-3);
            Assert.InRange(Math.Abs(exact.Accuracy - near.Accuracy), 0, 5e-3);
        }
    }

    private static EmbeddingModel Half() => EmbeddingModel.LoadTowers(Folder, ExecutionDevice.Cpu(0) with { IsHalf = true, UsesGpuTowers = true });

    private static float[] Text(EmbeddingModel model, string template)
    {
        var prompts = TemplatePrompts.Of(template, Classes, model.Tokenizer.Encode, model.Facts.ContextLength, TestContext.Current.CancellationToken);
        var embeddings = new float[Classes.Count * model.Facts.EmbeddingDimension];
        model.EncodeTemplate(prompts.SharedPrefix, prompts.Suffixes, embeddings, TestContext.Current.CancellationToken);
        return embeddings;
    }

    private static float[] Pictures(EmbeddingModel model)
    {
        const int count = 6;
        byte[] images = [.. Enumerable.Range(0, count).SelectMany(image => ParityProbe.FormulaImage(image, model.Facts.ImageSize))];
        var embeddings = new float[count * model.Facts.EmbeddingDimension];
        model.EncodeImages(images, count, embeddings, TestContext.Current.CancellationToken);
        return embeddings;
    }

    private static TemplateScore Score(EmbeddingModel model, string template)
    {
        var dimension = model.Facts.EmbeddingDimension;
        var set = new ImageSet("half", Vectors.Unit(Images, dimension, seed: 3), dimension, [.. Enumerable.Range(0, Images).Select(image => image % Classes.Count)], Classes.Count);
        return TemplateScorer.Score<RowSoftmax>(set, ClassMatrix.Pack(Text(model, template), Classes.Count, dimension), new(model.Facts.LogitScale, 0), 2, TestContext.Current.CancellationToken);
    }

    private static double Difference(float[] left, float[] right) => left.Zip(right, (a, b) => Math.Abs((double)a - b)).Max();
}
