using System.Diagnostics;
using System.Text.Json;
using Ipo.Tests.Fakes;
using Ipo.V1;
using Xunit;

namespace Ipo.Tests.ClipScorer.ServiceTests;

/// <summary>The whole way, from JPEG files to an accuracy, on Caltech-101's test split by CoOp.</summary>
public sealed class RealPhotographTests(ScorerServer server, ITestOutputHelper output) : IClassFixture<ScorerServer>
{
    [Fact]
    public async Task The_embedded_checkpoint_reaches_the_accuracy_that_its_card_states()
    {
        var photographs = Shared.Path("data/caltech101/101_ObjectCategories");
        using var split = JsonDocument.Parse(await File.ReadAllBytesAsync(Shared.Path("data/caltech101/split_zhou_Caltech101.json")));
        var test = split.RootElement.GetProperty("test").EnumerateArray().Select(e => (File: e[0].GetString()!, Label: e[1].GetInt32(), Class: e[2].GetString()!)).ToArray();
        var names = test.DistinctBy(e => e.Label).OrderBy(e => e.Label).Select(e => e.Class.Replace('_', ' ')).ToArray();
        Assert.Equal((2465, 100), (test.Length, names.Length));

        var client = await server.ReadyAsync();
        var clock = Stopwatch.StartNew();
        var images = new List<Image>();
        foreach (var chunk in test.Chunk(256))
        {
            var request = new EmbedImagesRequest { Images = { chunk.Select(e => Pictures.Image(File.ReadAllBytes(Path.Combine(photographs, e.File)))) } };
            Assert.All((await client.EmbedImagesAsync(request)).Embeddings, e => Assert.True(e.Outcome is ImageOutcome.Encoded or ImageOutcome.Cached, e.Rejection));
            images.AddRange(request.Images);
        }
        output.WriteLine($"{test.Length} photographs embedded in {clock.Elapsed.TotalSeconds:F1} s");
        var put = await client.PutImageSetAsync(new() { Sha256S = { images.Select(image => image.Sha256) }, Labels = { test.Select(e => e.Label) }, ClassCount = names.Length });
        Assert.Empty(put.Missing);

        clock.Restart();
        using var call = client.ScoreTemplates(new() { ImageSetDigest = put.ImageSetDigest, ClassNames = { names }, PromptSets = { Prompts.Sets("a photo of a <CLASS>.") } });
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        var score = call.ResponseStream.Current.Score;
        output.WriteLine($"zero-shot accuracy {100 * score.Accuracy:F2} % of {test.Length} photographs, {names.Length} classes (card: 45.6 %); loss {score.Loss:F4} nats; scored in {clock.Elapsed.TotalMilliseconds:F0} ms");
        // The card was measured in PyTorch with Pillow's pixels: ties in rounding may move a picture or two.
        Assert.InRange(100 * score.Accuracy, 45.6 - 0.25, 45.6 + 0.25);
    }
}
