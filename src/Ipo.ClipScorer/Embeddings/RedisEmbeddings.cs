using Ipo.ClipScorer.Metrics;
using Ipo.ServiceDefaults;
using StackExchange.Redis;

namespace Ipo.ClipScorer.Embeddings;

/// <summary>Embeddings in Redis, for all replicas. A cache and nothing more: a Redis that is lost, slow or holds
/// rubbish makes misses, never errors and never other numbers.</summary>
/// <param name="inner">Asked once for all that Redis lacks.</param>
/// <param name="redis">The connection; it may be down at any time.</param>
/// <param name="stored">The form in which embeddings lie in Redis.</param>
/// <param name="outage">Shared with the writer.</param>
/// <param name="writer">Takes what the inner stage encoded.</param>
/// <param name="timeout">Longest wait for one window of replies.</param>
/// <param name="metrics">Counts hits and values that are not ours.</param>
/// <param name="log">Told of values that are not ours, once for each batch.</param>
internal sealed partial class RedisEmbeddings(
    IImageEmbeddings inner, IConnectionMultiplexer redis, StoredEmbeddings stored, RedisOutage outage, RedisWriter writer,
    TimeSpan timeout, ClipScorerMetrics metrics, ILogger log)
    : IImageEmbeddings
{
    // Few enough that replies are copied while they are in the processor's cache, and that a Redis
    // serves others between two MGETs; several in flight, so that server and client work at the same
    // time (docs/benchmarks.md, "What was tried").
    private const int Window = 512;
    private const int WindowsInFlight = 4;

    public async Task EmbedAsync(EmbeddingBatch batch, CancellationToken cancellation)
    {
        var pending = batch.Pending();
        if (pending.Length > 0 && outage.Allows()) await ReadAsync(batch, pending, cancellation);
        var lacking = batch.Pending();
        metrics.EmbeddingsFound("redis", pending.Length - lacking.Length);
        if (lacking.Length == 0) return;
        try { await inner.EmbedAsync(batch, cancellation); }
        finally // also what was encoded for a caller that has gone
        {
            foreach (var image in lacking)
                if (batch.Outcome(image) == EmbeddingOutcome.Encoded) writer.Offer(batch.Digest(image), batch.Embedding(image));
        }
    }

    private async Task ReadAsync(EmbeddingBatch batch, int[] images, CancellationToken cancellation)
    {
        var foreign = 0;
        try
        {
            var windows = new Queue<int[]>(images.Chunk(Window));
            var asked = new Queue<Reading>(WindowsInFlight);
            while (windows.Count + asked.Count > 0)
            {
                while (windows.Count > 0 && asked.Count < WindowsInFlight) asked.Enqueue(Ask(batch, windows.Dequeue()));
                var reading = asked.Dequeue();
                // Only what was waited for is written: a reply that comes after the
                // timeout must not meet the encoder in the batch.
                var values = await reading.Values.WaitAsync(timeout, cancellation);
                outage.Worked();
                for (var slot = 0; slot < values.Length; slot++)
                {
                    for (var i = 0; i < values[slot].Length; i++)
                        if (!Take(batch, reading.Slots[slot][i], values[slot][i])) foreign++;
                }
            }
        }
        catch (Exception fault) when (RedisFault.IsOne(fault))
        {
            outage.Failed(RedisFault.Of(fault));
        }
        if (foreign == 0) return;
        metrics.EmbeddingsDamaged(foreign);
        Foreign(log, foreign);
    }

    private Reading Ask(EmbeddingBatch batch, int[] window)
    {
        var database = redis.GetDatabase();
        int[][] slots = [.. window.GroupBy(image => EmbeddingKeys.Slot(batch.Digest(image))).Select(slot => slot.ToArray())];
        return new(slots, Task.WhenAll(slots.Select(images => database.StringGetAsync(
            Array.ConvertAll(images, image => (RedisKey)stored.Key(batch.Digest(image)))))));
    }

    // False for a value that is not what it says it is.
    private bool Take(EmbeddingBatch batch, int image, RedisValue value)
    {
        if (value.IsNull) return true;
        if (!stored.TryOpen(batch.Digest(image), ((ReadOnlyMemory<byte>)value).Span, batch.Embedding(image))) return false;
        batch.Found(image);
        return true;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message =
        "Redis has {Count} values under the keys of embeddings that this installation did not write for those images; "
            + "they are encoded anew")]
    private static partial void Foreign(ILogger log, int count);

    /// <summary>A window that was asked for: positions in the batch by slot, and their
    /// values when they are all here.</summary>
    private sealed record Reading(int[][] Slots, Task<RedisValue[][]> Values);
}
