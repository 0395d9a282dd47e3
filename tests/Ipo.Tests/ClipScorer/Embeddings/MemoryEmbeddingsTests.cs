using Ipo.ClipScorer.Embeddings;
using Ipo.ClipScorer.Images;
using Ipo.ClipScorer.Scoring;
using Ipo.ClipScorer.Settings;
using Xunit;

namespace Ipo.Tests.ClipScorer.Embeddings;

public sealed class MemoryEmbeddingsTests
{
    private static readonly ImageDigest[] Images = [.. Enumerable.Range(0, 10).Select(i => ImageDigest.Of(BitConverter.GetBytes(i)))];

    [Fact]
    public async Task All_misses_of_a_batch_make_one_inner_call_and_hits_make_none()
    {
        var inner = new CountingEmbeddings();
        var memory = new MemoryEmbeddings(inner, 1_000_000, RedisOutageTests.Metrics());
        await memory.EmbedAsync(new(2, Images[..4]), CancellationToken.None);
        var batch = new EmbeddingBatch(2, Images[2..8]);
        await memory.EmbedAsync(batch, CancellationToken.None);
        await memory.EmbedAsync(new(2, Images[..8]), CancellationToken.None);
        Assert.Equal([[0, 1, 2, 3], [2, 3, 4, 5]], inner.Asked);
        Assert.Equal([.. Images[2..8].SelectMany(image => CountingEmbeddings.Numbers(image))], batch.Matrix);
        Assert.Equal(Enumerable.Repeat(EmbeddingOutcome.Cached, 2).Concat(Enumerable.Repeat(EmbeddingOutcome.Encoded, 4)), Enumerable.Range(0, 6).Select(batch.Outcome));
    }

    [Fact]
    public async Task Only_embeddings_are_kept_and_not_more_than_fit()
    {
        var inner = new CountingEmbeddings { Unknown = { Images[0] } };
        var memory = new MemoryEmbeddings(inner, 3 * (2 * 4 + 150), RedisOutageTests.Metrics());
        await memory.EmbedAsync(new(2, Images[..5]), CancellationToken.None);
        await memory.EmbedAsync(new(2, Images[..5]), CancellationToken.None);
        Assert.Equal([[0, 1, 2, 3, 4], [0, 1]], inner.Asked);
    }

    [Fact]
    public async Task What_was_encoded_for_a_caller_that_has_gone_is_kept()
    {
        var inner = new CountingEmbeddings { GoesAfter = 2 };
        var memory = new MemoryEmbeddings(inner, 1_000_000, RedisOutageTests.Metrics());
        await Assert.ThrowsAsync<OperationCanceledException>(() => memory.EmbedAsync(new(2, Images[..5]), CancellationToken.None));
        inner.GoesAfter = int.MaxValue;
        var again = new EmbeddingBatch(2, Images[..5]);
        await memory.EmbedAsync(again, CancellationToken.None);
        Assert.Equal([[0, 1, 2, 3, 4], [2, 3, 4]], inner.Asked);
        Assert.Equal([.. Images[..5].SelectMany(image => CountingEmbeddings.Numbers(image))], again.Matrix);
    }

    // As many as ImageNet has for 40 shots.
    [Fact]
    public async Task By_default_a_set_of_40_000_images_is_put_together_from_memory_alone()
    {
        const int MiB = 1024 * 1024;
        var (inner, options) = (new CountingEmbeddings(), new ClipScorerOptions());
        var memory = new MemoryEmbeddings(inner, (long)options.EmbeddingMemoryMiB * MiB, RedisOutageTests.Metrics());
        ImageDigest[] images = [.. Enumerable.Range(0, 40_000).Select(i => ImageDigest.Of(BitConverter.GetBytes(i)))];
        foreach (var some in images.Chunk(1000)) await memory.EmbedAsync(new(512, some), CancellationToken.None);
        inner.Unknown.UnionWith(images); // from here on it would need their content
        var sets = new ImageSets(memory, 512, (long)options.ImageSetMemoryMiB * MiB);
        var (_, missing) = await sets.PutAsync(images, new int[images.Length], 1, CancellationToken.None);
        Assert.Empty(missing);
    }

    [Fact]
    public async Task Without_memory_everything_goes_through()
    {
        var inner = new CountingEmbeddings();
        var memory = new MemoryEmbeddings(inner, 0, RedisOutageTests.Metrics());
        for (var i = 0; i < 2; i++) await memory.EmbedAsync(new(2, Images[..1]), CancellationToken.None);
        Assert.Equal(2, inner.Asked.Count);
    }

    /// <summary>An innermost stage that makes up unit vectors and notes what it was asked for.</summary>
    internal sealed class CountingEmbeddings : IImageEmbeddings
    {
        public List<int[]> Asked { get; } = [];

        /// <summary>Images that it needs the content of.</summary>
        public HashSet<ImageDigest> Unknown { get; } = [];

        /// <summary>Images of a call after which its caller has gone.</summary>
        public int GoesAfter { get; set; } = int.MaxValue;

        public static float[] Numbers(ImageDigest image, int dimension = 2)
        {
            var numbers = new float[dimension];
            numbers[image.FirstByte % dimension] = 1;
            return numbers;
        }

        public Task EmbedAsync(EmbeddingBatch batch, CancellationToken cancellation)
        {
            var pending = batch.Pending();
            Asked.Add(pending);
            foreach (var image in pending)
            {
                if (image == GoesAfter) throw new OperationCanceledException();
                if (Unknown.Contains(batch.Digest(image))) batch.NeedContent(image);
                else
                {
                    Numbers(batch.Digest(image), batch.Dimension).CopyTo(batch.Embedding(image));
                    batch.Encoded(image);
                }
            }
            return Task.CompletedTask;
        }
    }
}
