using System.Collections.Concurrent;

namespace Ipo.Web.Backend;

/// <summary>Runs that somebody looks at, each followed once however many pages show it: the orchestrator is asked and its answer is
/// drawn once a change, not once a page.</summary>
internal sealed class RunFeeds(IServiceScopeFactory scopes, TimeProvider clock, ILogger<RunFeed> log) : IDisposable
{
    private readonly ConcurrentDictionary<FeedKey, RunFeed> _feeds = new();

    /// <summary>Joins those who look at a run.</summary>
    /// <param name="token">For whom; null where nobody signed in. Who has another token has another feed.</param>
    /// <param name="runId">The run.</param>
    /// <param name="changed">Told after every change, on any thread; must not block.</param>
    public RunViewer Join(string? token, string runId, Action changed)
    {
        var key = new FeedKey(token, runId);
        while (true)
        {
            var feed = _feeds.GetOrAdd(key, _ => new(token, runId, scopes, clock, log, Forget));
            if (feed.TryJoin(changed) is { } viewer) return viewer;
        }

        void Forget(RunFeed gone) => _feeds.TryRemove(new KeyValuePair<FeedKey, RunFeed>(key, gone));
    }

    /// <summary>Feeds that are open.</summary>
    public int Count => _feeds.Count;

    public void Dispose()
    {
        foreach (var feed in _feeds.Values) feed.Dispose();
    }

    private sealed record FeedKey(string? Token, string RunId);
}

/// <summary>A page that looks at a run; disposed when it is left.</summary>
internal sealed class RunViewer(RunFeed feed, Action changed) : IDisposable
{
    /// <summary>The run as it was seen last; null before.</summary>
    public RunSnapshot? Latest => feed.Latest;

    /// <summary>Why there is nothing newer; null while all is well.</summary>
    public Fault? Fault => feed.Fault;

    /// <summary>Ends once there is something to show: a snapshot or a fault.</summary>
    public Task FirstAsync(CancellationToken cancellation) => feed.First.WaitAsync(cancellation);

    /// <summary>Looks at once, after the page itself changed the run.</summary>
    public void Hurry() => feed.Hurry();

    /// <summary>Says what it took to show what the search has found.</summary>
    public void Drew(TimeSpan time) => feed.Drew(time);

    public void Tell() => changed();

    public void Dispose() => feed.Leave(this);
}
