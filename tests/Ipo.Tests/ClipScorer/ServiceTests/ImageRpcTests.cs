using System.Runtime.InteropServices;
using Google.Protobuf;
using Grpc.Core;
using Ipo.Tests.Fakes;
using Ipo.V1;
using Xunit;

namespace Ipo.Tests.ClipScorer.ServiceTests;

public sealed class ImageRpcTests(ScorerServer server) : IClassFixture<ScorerServer>
{
    [Fact]
    public async Task The_model_says_what_runs_where_and_how_exactly()
    {
        var model = (await (await server.ReadyAsync()).GetModelAsync(new())).Model;
        Assert.Equal(("ipo-tiny", 256, 64, 77), (model.Name, model.EmbeddingDimension, model.ImageSize, model.ContextLength));
        Assert.Equal(("cpu", "fp32", 64), (model.ExecutionProvider, model.Precision, model.Digest.Length));
        Assert.StartsWith("CPU", model.Device, StringComparison.Ordinal);
        Assert.NotEmpty(model.PreprocessingVersion);
        Assert.Equal("reference.json", model.ParityAgainst);
        Assert.InRange(model.ParityLargestError, 1e-12, 1e-4);
        Assert.InRange(model.LogitScale, 1, 101);
    }

    [Fact]
    public async Task An_image_is_asked_for_encoded_once_and_known_from_then_on()
    {
        var client = await server.ReadyAsync();
        var asked = await client.EmbedImagesAsync(new() { Images = { Pictures.Named(1) }, IncludeEmbeddings = true });
        Assert.Equal((ImageOutcome.ContentNeeded, true), (asked.Embeddings[0].Outcome, asked.Embeddings[0].Embedding.IsEmpty));

        var encoded = (await client.EmbedImagesAsync(new() { Images = { Pictures.Image(1) }, IncludeEmbeddings = true })).Embeddings[0];
        Assert.Equal(ImageOutcome.Encoded, encoded.Outcome);
        Assert.Equal(1, Floats(encoded.Embedding).Sum(value => value * (double)value), 1e-6);

        var known = (await client.EmbedImagesAsync(new() { Images = { Pictures.Named(1) }, IncludeEmbeddings = true })).Embeddings[0];
        Assert.Equal((ImageOutcome.Cached, encoded.Embedding), (known.Outcome, known.Embedding));

        var quiet = (await client.EmbedImagesAsync(new() { Images = { Pictures.Image(1) } })).Embeddings[0];
        Assert.Equal((ImageOutcome.Cached, true), (quiet.Outcome, quiet.Embedding.IsEmpty));
    }

    [Fact]
    public async Task An_embedding_does_not_depend_on_what_is_encoded_beside_it()
    {
        await using var other = new ScorerServer();
        var together = await (await server.ReadyAsync()).EmbedImagesAsync(new() { Images = { Enumerable.Range(100, 45).Select(Pictures.Image) }, IncludeEmbeddings = true });
        var client = await other.ReadyAsync();
        foreach (var i in (int[])[0, 7, 44])
        {
            var alone = await client.EmbedImagesAsync(new() { Images = { Pictures.Image(100 + i) }, IncludeEmbeddings = true });
            Assert.Equal(together.Embeddings[i].Embedding, alone.Embeddings[0].Embedding);
        }
    }

    [Fact]
    public async Task A_bad_image_is_rejected_with_the_reason_and_its_neighbours_are_not()
    {
        var client = await server.ReadyAsync();
        var renamed = new Image { Sha256 = Pictures.Digest(Pictures.Bmp(21)), Content = ByteString.CopyFrom(Pictures.Bmp(22)) };
        var answer = await client.EmbedImagesAsync(new()
        {
            Images = { Pictures.Image(20), renamed, Pictures.Image("this is no picture"u8.ToArray()), Pictures.Image(Pictures.Bmp(23)[..100]), Pictures.Image(24) },
        });
        Assert.Equal([ImageOutcome.Encoded, ImageOutcome.Rejected, ImageOutcome.Rejected, ImageOutcome.Rejected, ImageOutcome.Encoded], answer.Embeddings.Select(e => e.Outcome));
        Assert.Contains(Convert.ToHexStringLower(renamed.Sha256.Span), answer.Embeddings[1].Rejection, StringComparison.Ordinal);
        Assert.All(answer.Embeddings, e => Assert.Equal(e.Outcome == ImageOutcome.Rejected, e.Rejection.Length > 0));
        // A wrong name is not remembered: the true image under it is taken.
        Assert.Equal(ImageOutcome.Encoded, (await client.EmbedImagesAsync(new() { Images = { Pictures.Image(21) } })).Embeddings[0].Outcome);
    }

    [Fact]
    public async Task Content_that_is_not_what_its_digest_says_is_rejected_also_where_the_digest_is_known()
    {
        var client = await server.ReadyAsync();
        await client.EmbedImagesAsync(new() { Images = { Pictures.Image(51) } });
        var renamed = new Image { Sha256 = Pictures.Named(51).Sha256, Content = ByteString.CopyFrom(Pictures.Bmp(52)) };

        var embedded = (await client.EmbedImagesAsync(new() { Images = { renamed, Pictures.Named(51), Pictures.Image(51) }, IncludeEmbeddings = true })).Embeddings;
        Assert.Equal([ImageOutcome.Rejected, ImageOutcome.Cached, ImageOutcome.Cached], embedded.Select(one => one.Outcome));
        Assert.Equal((true, false), (embedded[0].Embedding.IsEmpty, embedded[1].Embedding.IsEmpty));
        Assert.StartsWith($"The content's SHA-256 is {Convert.ToHexStringLower(Pictures.Digest(Pictures.Bmp(52)).Span)}, not ", embedded[0].Rejection, StringComparison.Ordinal);

        var classified = await client.ClassifyAsync(new() { Images = { renamed }, ClassNames = { "cat", "dog" }, PromptSet = Prompts.Set("a <CLASS>") });
        Assert.Equal((ImageOutcome.Rejected, 0), (classified.Classifications[0].Outcome, classified.Classifications[0].Classes.Count));
    }

    [Fact]
    public async Task The_same_image_twice_in_a_request_is_encoded_once()
    {
        var client = await server.ReadyAsync();
        var before = server.Counted("images.encoded");
        var answer = await client.EmbedImagesAsync(new() { Images = { Pictures.Image(31), Pictures.Image(32), Pictures.Image(31) }, IncludeEmbeddings = true });
        Assert.Equal(answer.Embeddings[0], answer.Embeddings[2]);
        Assert.NotEqual(answer.Embeddings[0], answer.Embeddings[1]);
        Assert.Equal(2, server.Counted("images.encoded") - before);
        Assert.All(answer.Embeddings, e => Assert.Equal(ImageOutcome.Encoded, e.Outcome));
    }

    [Fact]
    public async Task A_set_is_kept_once_every_image_is_known_and_says_which_are_not()
    {
        var client = await server.ReadyAsync();
        await client.EmbedImagesAsync(new() { Images = { Pictures.Image(41), Pictures.Image(43) } });
        var request = new PutImageSetRequest { Sha256S = { Enumerable.Range(41, 4).Select(seed => Pictures.Named(seed).Sha256) }, Labels = { 0, 1, 1, 0 }, ClassCount = 2 };
        var incomplete = await client.PutImageSetAsync(request);
        Assert.Equal([1, 3], incomplete.Missing);
        var refusal = await Assert.ThrowsAsync<RpcException>(() => client.ScoreTemplates(new() { ImageSetDigest = incomplete.ImageSetDigest, ClassNames = { "cat", "dog" }, PromptSets = { Prompts.Sets("a <CLASS>") } }).ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(StatusCode.FailedPrecondition, refusal.StatusCode);

        await client.EmbedImagesAsync(new() { Images = { Pictures.Image(42), Pictures.Image(44) } });
        var complete = await client.PutImageSetAsync(request);
        Assert.Empty(complete.Missing);
        Assert.Equal(incomplete.ImageSetDigest, complete.ImageSetDigest);
    }

    // OpenAI's tokenizer with truncate: the first 76 tokens, then the end.
    [Fact]
    public async Task A_text_longer_than_the_context_is_cut_where_its_end_token_still_fits()
    {
        var client = await server.ReadyAsync();
        string Words(int count) => string.Join(' ', Enumerable.Repeat("cat dog", count).Append("bird")); // a token for each word
        string[] texts = [Words(37), string.Join(' ', Enumerable.Repeat("cat dog", 37)) + " bird and much more that is never read", Words(400), "cat"];
        var cut = (await client.EmbedTextsAsync(new() { Texts = { texts }, CutToContext = true })).Embeddings;
        var whole = (await client.EmbedTextsAsync(new() { Texts = { texts[0], texts[3] } })).Embeddings; // 75 words, start and end
        Assert.Equal(whole[0], cut[0]);
        Assert.Equal(whole[0], cut[1]);
        Assert.NotEqual(whole[0], cut[2]);
        Assert.Equal(whole[1], cut[3]);
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await client.EmbedTextsAsync(new() { Texts = { texts[1] } }));
        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
    }

    [Fact]
    public async Task Texts_come_back_in_order_and_of_unit_length()
    {
        var client = await server.ReadyAsync();
        string[] texts = ["a dog", "a very long text about a cat that sleeps on a red chair", "a dog", ""];
        var answer = await client.EmbedTextsAsync(new() { Texts = { texts } });
        Assert.Equal(texts.Length, answer.Embeddings.Count);
        Assert.Equal(answer.Embeddings[0], answer.Embeddings[2]);
        Assert.NotEqual(answer.Embeddings[0], answer.Embeddings[1]);
        Assert.All(answer.Embeddings, e => Assert.Equal(1, Floats(e).Sum(value => value * (double)value), 1e-6));
        Assert.Empty((await client.EmbedTextsAsync(new())).Embeddings);
    }

    internal static float[] Floats(ByteString bytes) => MemoryMarshal.Cast<byte, float>(bytes.Span).ToArray();
}
