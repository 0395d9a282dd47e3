using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Ipo.ServiceDefaults;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Ipo.Providers;

/// <summary>A kept answer.</summary>
/// <param name="Text">The raw answer.</param>
/// <param name="Model">The model as the answer stated it.</param>
/// <param name="BoughtFor">The id of the call that it was bought for; empty where nobody books by it.</param>
/// <param name="InputTokens">What was paid for then: tokens of the question.</param>
/// <param name="OutputTokens">Tokens of the answer.</param>
/// <param name="CostMicroUsd">Millionths of a US dollar.</param>
public sealed record KeptAnswer(
    string Text, string Model, string BoughtFor = "", long InputTokens = 0, long OutputTokens = 0, long CostMicroUsd = 0);

/// <summary>Where an answer came from.</summary>
public enum AnswerSource
{
    /// <summary>It was asked for.</summary>
    Provider,

    /// <summary>Another caller asked for it at the same time.</summary>
    Shared,

    /// <summary>This process kept it.</summary>
    Memory,

    /// <summary>Redis kept it.</summary>
    Redis,
}

/// <summary>Keeps answers in this process and, where there is one, in Redis for all replicas, so that an equal question is
/// not bought twice. In Redis they are sealed: nobody reads them there, and none stands for another question. A Redis that is
/// lost or slow is a miss, never an error.</summary>
/// <param name="log">Told of outages and of values that are not ours.</param>
/// <param name="redis">The connection; null without one.</param>
/// <param name="seal">Comes with the connection.</param>
public sealed partial class AnswerCache(ILogger<AnswerCache> log, IConnectionMultiplexer? redis = null, CacheSeal? seal = null)
    : IDisposable
{
    // What comes back while this process lives is asked for again soon; the rest is in Redis.
    private const int MostBytesInMemory = 8 << 20, BytesBesideText = 400;

    // Long enough for the runs of a study, short enough that a Redis without a memory limit does not grow for ever.
    private static readonly TimeSpan KeptInRedis = TimeSpan.FromDays(90);

    // What Redis was last found unable to do, so that an outage is one line and not one for each answer.
    private string lostReading = "";
    private string lostWriting = "";

    private readonly MemoryCache memory = new(new MemoryCacheOptions { SizeLimit = MostBytesInMemory, TrackStatistics = true });

    /// <summary>What stands behind a key so that an answer is found for one alone; nothing for whom nobody names.</summary>
    public static string For(string keptFor) =>
        keptFor.Length == 0 ? "" : $":for:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(keptFor)))}";

    public async Task<(KeptAnswer Answer, AnswerSource Source)?> FindAsync(string key)
    {
        if (memory.TryGetValue(key, out KeptAnswer? known)) return (known!, AnswerSource.Memory);
        if (redis is null || seal is null) return null;
        try
        {
            var value = await redis.GetDatabase().StringGetAsync(key);
            lostReading = "";
            if (value.IsNull || Open(seal, key, value!) is not { } kept) return null;
            Remember(key, kept);
            return (kept, AnswerSource.Redis);
        }
        catch (Exception lost) when (RedisFault.IsOne(lost))
        {
            var reason = RedisFault.Of(lost);
            if (Interlocked.Exchange(ref lostReading, reason) != reason) Lost("read", reason);
            return null;
        }
    }

    public async Task KeepAsync(string key, KeptAnswer answer)
    {
        Remember(key, answer);
        if (redis is null || seal is null) return;
        try
        {
            var stored = seal.Seal(Encoding.UTF8.GetBytes(key), JsonSerializer.SerializeToUtf8Bytes(answer));
            await redis.GetDatabase().StringSetAsync(key, stored, KeptInRedis);
            lostWriting = "";
        }
        catch (Exception lost) when (RedisFault.IsOne(lost))
        {
            var reason = RedisFault.IsReadOnly(redis) ? "it is a read-only replica" : RedisFault.Of(lost);
            if (Interlocked.Exchange(ref lostWriting, reason) != reason) Lost("written", reason);
        }
    }

    private void Remember(string key, KeptAnswer answer)
    {
        var size = BytesBesideText + (sizeof(char) * (key.Length + answer.Text.Length + answer.Model.Length + answer.BoughtFor.Length));
        // Full, it would refuse the newest and make room afterwards.
        if (memory.GetCurrentStatistics()!.CurrentEstimatedSize + size > MostBytesInMemory) memory.Compact(0.25);
        memory.Set(key, answer, new MemoryCacheEntryOptions { Size = size });
    }

    private KeptAnswer? Open(CacheSeal seal, string key, byte[] value)
    {
        if (seal.Open(Encoding.UTF8.GetBytes(key), value) is { } answer) return JsonSerializer.Deserialize<KeptAnswer>(answer);
        Foreign(key);
        return null;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Redis could not be {Done}, so answers are not shared until it can: {Reason}")]
    private partial void Lost(string done, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message =
        "The answer under {Key} in Redis was not written for this question by this installation; asking again")]
    private partial void Foreign(string key);

    public void Dispose() => memory.Dispose();
}
