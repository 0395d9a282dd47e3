using Ipo.ClipScorer.Metrics;
using Ipo.ServiceDefaults;

namespace Ipo.ClipScorer.Embeddings;

/// <summary>Remembers that Redis failed, so that a dead one is asked once per pause instead of once per call, and is
/// logged once per outage instead of once per failure, and once more where its reason is learnt later.
/// Thread-safe.</summary>
internal sealed partial class RedisOutage(TimeSpan pause, TimeProvider time, ClipScorerMetrics metrics, ILogger log)
{
    private readonly Lock _gate = new();
    private DateTimeOffset? _since;
    private DateTimeOffset _nextTrial;
    private string _reason = "";

    /// <summary>Whether Redis may be asked now. During an outage one caller per pause is let through to try.</summary>
    public bool Allows()
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            if (_since is null) return true;
            if (now < _nextTrial) return false;
            _nextTrial = now + pause;
            return true;
        }
    }

    public void Failed(string reason)
    {
        metrics.RedisFailed();
        lock (_gate)
        {
            var now = time.GetUtcNow();
            _nextTrial = now + pause;
            if (_since is not null && (_reason != RedisFault.NoConnection || reason == RedisFault.NoConnection)) return;
            _since ??= now;
            _reason = reason;
        }
        Lost(log, reason);
    }

    public void Worked()
    {
        TimeSpan lasted;
        lock (_gate)
        {
            if (_since is not { } start) return;
            lasted = time.GetUtcNow() - start;
            _since = null;
        }
        Back(log, lasted.TotalSeconds);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message =
        "Redis does not work ({Reason}); embeddings that are not in memory count as unknown until it does")]
    private static partial void Lost(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Redis answers again after {Seconds:F0} s")]
    private static partial void Back(ILogger log, double seconds);
}
