using System.Threading.Channels;
using StackExchange.Redis;

namespace Ipo.ClipScorer.Embeddings;

/// <summary>Writes embeddings to Redis behind the callers' backs: nobody waits for it, and what does not fit its backlog is dropped.</summary>
internal sealed class RedisWriter : IAsyncDisposable
{
    private const int MostInFlight = 512;
    private static readonly TimeSpan LastWrites = TimeSpan.FromSeconds(2);

    private readonly IConnectionMultiplexer redis;
    private readonly EmbeddingKeys keys;
    private readonly RedisOutage outage;
    private readonly TimeSpan timeout;
    private readonly TimeSpan lifetime;
    private readonly ClipScorerMetrics metrics;
    private readonly Channel<(ImageDigest Image, byte[] Value)> backlog;
    private readonly Task writing;

    /// <param name="redis">The connection; it may be down at any time.</param>
    /// <param name="keys">The keys of this checkpoint's embeddings.</param>
    /// <param name="outage">Shared with the reader.</param>
    /// <param name="options">Timeout, lifetime and backlog.</param>
    /// <param name="metrics">Counts what was dropped.</param>
    public RedisWriter(IConnectionMultiplexer redis, EmbeddingKeys keys, RedisOutage outage, ClipScorerOptions options, ClipScorerMetrics metrics)
    {
        (this.redis, this.keys, this.outage, this.metrics) = (redis, keys, outage, metrics);
        (timeout, lifetime) = (options.RedisTimeout, options.RedisLifetime);
        backlog = Channel.CreateBounded<(ImageDigest, byte[])>(new BoundedChannelOptions(options.RedisBacklog) { SingleReader = true });
        writing = Task.Run(WriteAllAsync);
    }

    /// <summary>Takes an embedding to be written; never waits.</summary>
    public void Offer(ImageDigest image, ReadOnlySpan<float> embedding)
    {
        if (!backlog.Writer.TryWrite((image, EmbeddingBytes.Of(embedding)))) metrics.RedisWritesDropped(1);
    }

    private async Task WriteAllAsync()
    {
        var next = new List<(ImageDigest Image, byte[] Value)>(MostInFlight);
        while (await backlog.Reader.WaitToReadAsync())
        {
            next.Clear();
            while (next.Count < MostInFlight && backlog.Reader.TryRead(out var embedding)) next.Add(embedding);
            if (!outage.Allows() || !await WriteAsync(next)) metrics.RedisWritesDropped(next.Count);
        }
    }

    private async Task<bool> WriteAsync(List<(ImageDigest Image, byte[] Value)> embeddings)
    {
        try
        {
            var database = redis.GetDatabase();
            await Task.WhenAll(embeddings.Select(embedding => database.StringSetAsync(keys.Key(embedding.Image), embedding.Value, lifetime))).WaitAsync(timeout);
            outage.Worked();
            return true;
        }
        catch (Exception fault) when (fault is RedisException or TimeoutException or ObjectDisposedException)
        {
            outage.Failed(fault.GetType().Name);
            return false;
        }
    }

    /// <summary>Writes what is waiting, for two seconds at most.</summary>
    public async ValueTask DisposeAsync()
    {
        backlog.Writer.Complete();
        await Task.WhenAny(writing, Task.Delay(LastWrites));
    }
}
