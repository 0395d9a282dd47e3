using Ipo.ClipScorer.Embeddings;
using Ipo.ClipScorer.Model;
using Ipo.Tests.ClipScorer.Model;
using Xunit;

namespace Ipo.Tests.ClipScorer.Embeddings;

public sealed class TextEncoderTests
{
    private static readonly int[][] Texts =
        [.. Enumerable.Range(0, 600).Select(i => EmbeddedModel.Loaded.Tokenizer.Encode($"a photo of a {i}"))];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Many_texts_take_several_turns_so_that_another_caller_comes_in_between()
    {
        using var queue = new ModelQueue(8, RedisOutageTests.Metrics());
        var encoder = new TextEncoder(EmbeddedModel.Loaded, queue, RedisOutageTests.Metrics());
        var (started, free) = (new TaskCompletionSource(), new TaskCompletionSource());
        var first = queue.RunAsync(() => { started.SetResult(); free.Task.Wait(Cancellation); return true; }, Cancellation);
        await started.Task;
        using var gone = new CancellationTokenSource();
        var many = encoder.EncodeAsync(Texts, gone.Token);
        // In line behind the first turn of the many. Had they taken but one, it would be done now, and their caller's going too late.
        var between = queue.RunAsync(() => { gone.Cancel(); return true; }, Cancellation);
        free.SetResult();
        await first;
        await between;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => many);
    }

    [Fact]
    public async Task A_text_has_the_same_embedding_in_whichever_turn_it_is()
    {
        using var queue = new ModelQueue(8, RedisOutageTests.Metrics());
        var encoder = new TextEncoder(EmbeddedModel.Loaded, queue, RedisOutageTests.Metrics());
        var embeddings = await encoder.EncodeAsync(Texts, Cancellation);
        var dimension = EmbeddedModel.Loaded.Facts.EmbeddingDimension;
        Assert.Equal(Texts.Length * dimension, embeddings.Length);
        foreach (var i in (int[])[0, 255, 256, 511, 512, 599])
            Assert.Equal(await encoder.EncodeAsync([Texts[i]], Cancellation), embeddings[(i * dimension)..((i + 1) * dimension)]);
    }
}
