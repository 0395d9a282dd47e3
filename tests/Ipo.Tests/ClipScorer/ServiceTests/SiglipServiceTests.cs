using Google.Protobuf;
using Ipo.Tests.Fakes;
using Ipo.V1;
using Xunit;

namespace Ipo.Tests.ClipScorer.ServiceTests;

/// <summary>The whole service with a SigLIP checkpoint: a small dataset embedded, scored and classified.</summary>
public sealed class SiglipServiceTests
{
    private static readonly string[] Names = ["dog", "sunflower", "grand piano", "airplane"];

    [Theory]
    [InlineData("siglip-random")]
    [InlineData("siglip2-random")]
    public async Task A_dataset_is_scored_and_classified_by_pairs(string name)
    {
        await using var server = new ScorerServer(("Ipo:ClipScorer:Checkpoint", Shared.Path($"data/goldens2/{name}")));
        var client = await server.ReadyAsync();
        var model = (await client.GetModelAsync(new())).Model;
        Assert.Equal((name, 64, 32, ZeroShotProbability.Sigmoid), (model.Name, model.ContextLength, model.EmbeddingDimension, model.Probability));
        Assert.True(model.LogitBias < 0);

        var images = Enumerable.Range(500, 30).ToArray();
        var embedded = await client.EmbedImagesAsync(new() { Images = { images.Select(Pictures.Image) }, IncludeEmbeddings = true });
        var texts = await client.EmbedTextsAsync(new() { Texts = { Names.Select(one => $"a photo of a {one}.") } });
        var set = await ScoreRpcTests.PutAsync(client, images);
        var score = (await ScoreRpcTests.ScoreAsync(client, set, ["a photo of a <CLASS>."], outcomes: true))[0].Score;
        Assert.InRange(score.PromptTokens, 5, 63); // the prompt's own, not those that pad it
        var classified = await client.ClassifyAsync(new() { Images = { images.Select(Pictures.Named) }, PromptSet = Prompts.Set("a photo of a <CLASS>."), ClassNames = { Names }, TopK = 9 });

        var (worstLoss, worstProbability) = (0.0, 0.0);
        for (var image = 0; image < images.Length; image++)
        {
            var logits = texts.Embeddings.Select(text => Logit(model, text, embedded.Embeddings[image].Embedding)).ToArray();
            var (outcome, classes) = (score.Outcomes[image], classified.Classifications[image].Classes);
            Assert.Equal(Array.IndexOf(logits, logits.Max()), outcome.Predicted);
            Assert.Equal((Names[outcome.Predicted], Names.Length), (classes[0].ClassName, classes.Count));
            worstLoss = Math.Max(worstLoss, Math.Abs(Math.Log(logits.Sum(Math.Exp)) - logits[image % Names.Length] - outcome.Loss));
            worstProbability = Math.Max(worstProbability, Math.Abs(Sigmoid(logits.Max()) - outcome.TopProbability));
            foreach (var one in classes)
                worstProbability = Math.Max(worstProbability, Math.Abs(Sigmoid(logits[Array.IndexOf(Names, one.ClassName)]) - one.Probability));
        }
        TestContext.Current.TestOutputHelper!.WriteLine($"{name}: accuracy {score.Accuracy:F3}, loss {score.Loss:F4}; largest difference of a loss {worstLoss:E2}, of a probability {worstProbability:E2}");
        Assert.InRange(worstLoss, 0, 1e-4);
        Assert.InRange(worstProbability, 0, 1e-5);
        Assert.Equal(score.Outcomes.Average(outcome => (double)outcome.Loss), score.Loss, 1e-12);

        // What is known is not computed again, and a prompt beyond the context is refused.
        var encoded = server.Counted("images.encoded");
        Assert.Equal(score, (await ScoreRpcTests.ScoreAsync(client, set, ["a photo of a <CLASS>."], outcomes: true))[0].Score);
        Assert.Equal(encoded, server.Counted("images.encoded"));
        Assert.Contains("this checkpoint takes 64", (await ScoreRpcTests.ScoreAsync(client, set, [string.Join(' ', Enumerable.Repeat("photo", 70)) + " <CLASS>"]))[0].Refusal, StringComparison.Ordinal);
    }

    private static double Logit(Ipo.V1.Model model, ByteString text, ByteString image) =>
        model.LogitScale * ImageRpcTests.Floats(text).Zip(ImageRpcTests.Floats(image), (a, b) => (double)a * b).Sum() + model.LogitBias;

    private static double Sigmoid(double logit) => 1 / (1 + Math.Exp(-logit));
}
