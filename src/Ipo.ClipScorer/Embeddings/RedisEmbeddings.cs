using StackExchange.Redis;

namespace Ipo.ClipScorer.Embeddings;

/// <summary>Embeddings in Redis, for all replicas. A cache and nothing more: a Redis that is lost, slow or holds rubbish makes misses,
/// never errors and never other numbers.</summary>
/// <param name="inner">Asked once for all that Redis lacks.</param>
/// <param name="redis">The connection; it may be down at any time.</param>
/// <param name="keys">The keys of this checkpoint's embeddings.</param>
/// <param name="outage">Shared with the writer.</param>
/// <param name="writer">Takes what the inner stage encoded.</param>
/// <param name="timeout">Longest wait for one <see cref="Window"/>.</param>
/// <param name="metrics">Counts hits and damaged values.</param>
internal sealed class RedisEmbeddings(
    IImageEmbeddings inner, IConnectionMultiplexer redis, EmbeddingKeys keys, RedisOutage outage, RedisWriter writer, TimeSpan timeout, ClipScorerMetrics metrics)
    : IImageEmbeddings
{
    // Embeddings asked for at once: 8 MB at 512 numbers, so that a large set neither waits for one reply nor holds all replies.
    private const int Window = 4096;
    // A Redis serves nobody else while it answers one MGET.
    private const int MostKeys = 1024;

    public async Task EmbedAsync(EmbeddingBatch batch, CancellationToken cancellation)
    {
        var pending = batch.Pending();
        foreach (var window in pending.Chunk(Window))
            if (!await ReadAsync(batch, window, cancellation)) break;
        var lacking = batch.Pending();
        metrics.EmbeddingsFound("redis", pending.Length - lacking.Length);
        if (lacking.Length == 0) return;
        await inner.EmbedAsync(batch, cancellation);
        foreach (var image in lacking)
            if (batch.Outcome(image) == EmbeddingOutcome.Encoded) writer.Offer(batch.Digest(image), batch.Embedding(image));
    }

    private async Task<bool> ReadAsync(EmbeddingBatch batch, int[] images, CancellationToken cancellation)
    {
        if (!outage.Allows()) return false;
        try
        {
            var database = redis.GetDatabase();
            var chunks = images.GroupBy(image => EmbeddingKeys.Slot(batch.Digest(image))).SelectMany(slot => slot.Chunk(MostKeys)).ToArray();
            var replies = Array.ConvertAll(chunks, chunk => database.StringGetAsync(Array.ConvertAll(chunk, image => (RedisKey)keys.Key(batch.Digest(image)))));
            // Nothing is written before all is here: a reply that comes after the timeout must not meet the encoder in the batch.
            var values = await Task.WhenAll(replies).WaitAsync(timeout, cancellation);
            outage.Worked();
            for (var chunk = 0; chunk < chunks.Length; chunk++)
                for (var i = 0; i < chunks[chunk].Length; i++) Take(batch, chunks[chunk][i], values[chunk][i]);
            return true;
        }
        catch (Exception fault) when (fault is RedisException or TimeoutException or ObjectDisposedException)
        {
            outage.Failed(fault.GetType().Name);
            return false;
        }
    }

    private void Take(EmbeddingBatch batch, int image, RedisValue value)
    {
        if (value.IsNull) return;
        if (EmbeddingBytes.TryRead(((ReadOnlyMemory<byte>)value).Span, batch.Embedding(image))) batch.Found(image);
        else metrics.EmbeddingDamaged();
    }
}
