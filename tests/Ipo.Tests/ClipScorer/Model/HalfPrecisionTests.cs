using Ipo.ClipScorer.Model;
using Ipo.ClipScorer.Scoring;
using Ipo.Tests.ClipScorer.Scoring;
using Xunit;

namespace Ipo.Tests.ClipScorer.Model;

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
        Assert.Equal(("fp16", "cpu"), (half.Card.Precision, half.Card.ExecutionProvider));
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

    private static ClipModel Half() => ClipModel.LoadTowers(Folder, ExecutionDevice.Cpu(0) with { IsHalf = true, UsesCardTowers = true });

    private static float[] Text(ClipModel model, string template)
    {
        var prompts = TemplatePrompts.Of(template, Classes, model.Tokenizer.Encode, model.Card.ContextLength, TestContext.Current.CancellationToken);
        var embeddings = new float[Classes.Count * model.Card.EmbeddingDimension];
        model.EncodeTemplate(prompts.SharedPrefix, prompts.Suffixes, embeddings, TestContext.Current.CancellationToken);
        return embeddings;
    }

    private static float[] Pictures(ClipModel model)
    {
        const int count = 6;
        byte[] images = [.. Enumerable.Range(0, count).SelectMany(image => ParityProbe.FormulaImage(image, model.Card.ImageSize))];
        var embeddings = new float[count * model.Card.EmbeddingDimension];
        model.EncodeImages(images, count, embeddings, TestContext.Current.CancellationToken);
        return embeddings;
    }

    private static TemplateScore Score(ClipModel model, string template)
    {
        var dimension = model.Card.EmbeddingDimension;
        var set = new ImageSet("half", Vectors.Unit(Images, dimension, seed: 3), dimension, [.. Enumerable.Range(0, Images).Select(image => image % Classes.Count)], Classes.Count);
        return TemplateScorer.Score(set, ClassMatrix.Pack(Text(model, template), Classes.Count, dimension), model.Card.LogitScale, 2, TestContext.Current.CancellationToken);
    }

    private static double Difference(float[] left, float[] right) => left.Zip(right, (a, b) => Math.Abs((double)a - b)).Max();
}
