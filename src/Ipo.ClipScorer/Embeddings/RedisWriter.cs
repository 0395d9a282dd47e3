using System.Threading.Channels;
using Ipo.ClipScorer.Images;
using Ipo.ClipScorer.Metrics;
using Ipo.ClipScorer.Settings;
using Ipo.ServiceDefaults;
using StackExchange.Redis;

namespace Ipo.ClipScorer.Embeddings;

/// <summary>Writes embeddings to Redis behind the callers' backs: nobody waits for it, and what does
/// not fit its backlog is dropped.</summary>
internal sealed partial class RedisWriter : IAsyncDisposable
{
    private const int MostInFlight = 512;
    private static readonly TimeSpan LastWrites = TimeSpan.FromSeconds(2);

    private readonly IConnectionMultiplexer _redis;
    private readonly StoredEmbeddings _stored;
    private readonly RedisOutage _outage;
    private readonly TimeSpan _timeout;
    private readonly TimeSpan _lifetime;
    private readonly ClipScorerMetrics _metrics;
    private readonly Channel<(ImageDigest Image, byte[] Value)> _backlog;
    private readonly ILogger _log;
    private readonly Task _writing;
    private bool _refuses;

    /// <param name="redis">The connection; it may be down at any time.</param>
    /// <param name="stored">The form in which embeddings are written.</param>
    /// <param name="outage">Shared with the reader.</param>
    /// <param name="options">Timeout, lifetime and backlog.</param>
    /// <param name="metrics">Counts what was dropped.</param>
    /// <param name="log">Told once when Redis begins to refuse.</param>
    public RedisWriter(
        IConnectionMultiplexer redis, StoredEmbeddings stored, RedisOutage outage, ClipScorerOptions options,
        ClipScorerMetrics metrics, ILogger log)
    {
        (_redis, _stored, _outage, _metrics, _log) = (redis, stored, outage, metrics, log);
        (_timeout, _lifetime) = (options.RedisTimeout, options.RedisLifetime);
        _backlog = Channel.CreateBounded<(ImageDigest, byte[])>(new BoundedChannelOptions(options.RedisBacklog) { SingleReader = true });
        _writing = Task.Run(WriteAllAsync);
    }

    /// <summary>Takes an embedding to be written; never waits.</summary>
    public void Offer(ImageDigest image, ReadOnlySpan<float> embedding)
    {
        if (!_backlog.Writer.TryWrite((image, _stored.Seal(image, embedding)))) _metrics.RedisWritesDropped(1);
    }

    private async Task WriteAllAsync()
    {
        var next = new List<(ImageDigest Image, byte[] Value)>(MostInFlight);
        while (await _backlog.Reader.WaitToReadAsync())
        {
            next.Clear();
            while (next.Count < MostInFlight && _backlog.Reader.TryRead(out var embedding)) next.Add(embedding);
            if (!_outage.Allows() || !await WriteAsync(next)) _metrics.RedisWritesDropped(next.Count);
        }
    }

    private async Task<bool> WriteAsync(List<(ImageDigest Image, byte[] Value)> embeddings)
    {
        try
        {
            var database = _redis.GetDatabase();
            var writes = embeddings.Select(embedding => database.StringSetAsync(_stored.Key(embedding.Image), embedding.Value, _lifetime));
            await Task.WhenAll(writes).WaitAsync(_timeout);
            _outage.Worked();
            _refuses = false;
            return true;
        }
        // It is full, or the user may not write, or it is a replica: what it holds can still be read.
        catch (RedisServerException refusal) { return Refuses(RedisFault.Of(refusal)); }
        catch (RedisConnectionException) when (RedisFault.IsReadOnly(_redis)) { return Refuses("it is a read-only replica"); }
        catch (Exception fault) when (RedisFault.IsOne(fault))
        {
            _outage.Failed(RedisFault.Of(fault));
            return false;
        }
    }

    private bool Refuses(string reason)
    {
        if (!_refuses) Refused(_log, reason);
        _refuses = true;
        return false;
    }

    /// <summary>Writes what is waiting, for two seconds at most.</summary>
    public async ValueTask DisposeAsync()
    {
        _backlog.Writer.Complete();
        await Task.WhenAny(_writing, Task.Delay(LastWrites));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message =
        "Redis refuses writes ({Reason}); its embeddings are still read, new ones stay in memory only")]
    private static partial void Refused(ILogger log, string reason);
}
