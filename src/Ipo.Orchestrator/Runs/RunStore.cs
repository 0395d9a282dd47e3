using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Ipo.Optimization.Facts;
using Ipo.Optimization.State;
using Ipo.Orchestrator.Access;
using Ipo.Orchestrator.Errors;
using Ipo.Orchestrator.Journal;
using Ipo.Orchestrator.Limits;

namespace Ipo.Orchestrator.Runs;

/// <summary>Every run as this process sees it: folded from the journal, with what its host says of the work at hand,
/// for any number of watchers. The journal decides; what stands here is a copy that is caught up before each use. Of runs that are over
/// the states of those used last are kept, and of the others what lists need (<see cref="RunOutline"/>): thousands must not fill the
/// memory.</summary>
internal sealed partial class RunStore(
    IRunJournal journal, RunWitness witness, RunMetrics metrics, Ledger ledger, TimeProvider clock, ILogger<RunStore> log)
    : IDisposable
{
    // How soon a watcher sees what another orchestrator wrote; what this one writes it sees at once.
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(2);

    private const int MostFinished = 64;

    private readonly ConcurrentDictionary<RunKey, RunEntry> _entries = new();
    private readonly LinkedList<RunEntry> _finished = new(); // those that hold a state, the one not used for longest first
    private readonly HashSet<PreparedOutline> _prepared = []; // runs of one dataset with one checkpoint share theirs
    private readonly ConcurrentDictionary<RunKey, string> _told = new(); // damaged runs that the log knows of
    private readonly SemaphoreSlim _looking = new(1, 1);
    private (long At, IReadOnlyDictionary<RunKey, long> Lengths)? _looked;

    // Runs as they were before their journal lost its end while this process looked on, as a standby that had fallen behind does.
    private readonly ConcurrentDictionary<RunKey, RunState> _before = new();

    /// <summary>The run as its journal gives it now.</summary>
    /// <exception cref="RefusedException">There is no such run.</exception>
    public async Task<RunView> GetAsync(string runId, CancellationToken cancellation) => runId.Length == 0
        ? throw RefusedException.InvalidField("run_id", "is empty; give the id of a run.")
        : await FindAsync(runId, cancellation) ?? throw RefusedException.NotFound("run", runId, $"There is no run '{runId}'.");

    /// <summary>The run, or null.</summary>
    public async Task<RunView?> FindAsync(string runId, CancellationToken cancellation)
    {
        var entry = _entries.GetOrAdd(RunKey.Of(runId), static _ => new RunEntry());
        using (await entry.EnterAsync(cancellation))
        {
            var view = await CatchUpAsync(runId, entry, cancellation);
            if (view is null) _entries.TryRemove(new(RunKey.Of(runId), entry));
            else Use(entry, view);
            return view;
        }
    }

    /// <summary>The run as it stood when it was looked at last; null if it was not yet. Nothing is read for it.</summary>
    public RunOutline? Known(string runId) => _entries.TryGetValue(RunKey.Of(runId), out var entry) ? entry.Outline : null;

    /// <summary>A listed run as its message; null if it is there no more.</summary>
    public async Task<V1.Run?> MessageAsync(RunOutline run, CancellationToken cancellation) =>
        _entries.TryGetValue(RunKey.Of(run.RunId), out var entry) && entry.ToMessage() is { } message
            ? message
            : await FindAsync(run.RunId, cancellation) is { } view ? RunMessages.Of(view) : null;

    /// <summary>The runs of all tenants that are to be worked on, oldest first.</summary>
    public async Task<IReadOnlyList<(string Tenant, RunOutline Run)>> ListUnfinishedAsync(CancellationToken cancellation)
    {
        var unfinished = new List<(string Tenant, RunOutline Run)>();
        foreach (var kept in (await journal.ListAllAsync(cancellation)).GroupBy(run => run.Tenant))
            using (Tenant.Enter(kept.Key))
                unfinished.AddRange((await SurveyAsync(kept, cancellation)).Runs
                    .Where(run => run.IsRunning).Select(run => (kept.Key, run)));
        return [.. unfinished.OrderBy(one => one.Run.CreatedAt)];
    }

    /// <summary>All runs of the tenant, newest first, without those that are damaged.</summary>
    public async Task<IReadOnlyList<RunOutline>> ListAsync(CancellationToken cancellation) => (await SurveyAsync(cancellation)).Runs;

    /// <summary>All runs of the tenant, newest first, and the ids of those whose journals are damaged.</summary>
    public async Task<(IReadOnlyList<RunOutline> Runs, IReadOnlyList<string> Damaged)> SurveyAsync(CancellationToken cancellation) =>
        await SurveyAsync(await journal.ListAsync(cancellation), cancellation);

    // Only those are read that are longer or shorter than they were.
    private async Task<(IReadOnlyList<RunOutline> Runs, IReadOnlyList<string> Damaged)> SurveyAsync(
        IEnumerable<KeptRun> kept, CancellationToken cancellation)
    {
        var (outlines, damagedRuns) = (new List<RunOutline>(), new List<string>());
        foreach (var (_, runId, length) in kept)
        {
            try
            {
                var outline = Known(runId);
                if (outline?.Length != length)
                    outline = await FindAsync(runId, cancellation) is { } view ? RunOutline.Of(view) : null;
                if (outline is not null) outlines.Add(outline);
            }
            catch (JournalDamagedException damaged)
            {
                damagedRuns.Add(runId);
                if (_told.TryAdd(RunKey.Of(runId), damaged.Message)) Damaged(runId, damaged.Message);
            }
        }
        return (
            [.. outlines.OrderByDescending(run => run.CreatedAt).ThenBy(run => run.RunId, StringComparer.Ordinal)],
            damagedRuns);
    }

    /// <summary>Writes what a person wants of a run, whatever its host writes meanwhile.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="decide">From the run as it stands to the events of the wish; none where nothing is to be done.
    /// Throws to refuse.</param>
    public async Task<RunView> DecideAsync(string runId, Func<RunState, IReadOnlyList<RunEvent>> decide, CancellationToken cancellation)
    {
        while (true)
        {
            var view = await GetAsync(runId, cancellation);
            var events = decide(view.State);
            if (events.Count == 0) return view;
            try
            {
                // Written is done: nothing after it may be cancelled, or the caller would not do what follows from it.
                return new(await AppendAsync(view.State, events, cancellation), "", 0);
            }
            catch (JournalConflictException) { cancellation.ThrowIfCancellationRequested(); } // its host was faster: decide anew
        }
    }

    /// <summary>Begins a run.</summary>
    /// <exception cref="JournalConflictException">There is a run of that id.</exception>
    public async Task CreateAsync(RunCreated created, CancellationToken cancellation)
    {
        var entry = _entries.GetOrAdd(RunKey.Of(created.RunId), static _ => new RunEntry());
        using (await entry.EnterAsync(cancellation))
        {
            await journal.AppendAsync(created.RunId, 0, [created], cancellation);
            witness.Remember(RunKey.Of(created.RunId), 1, 0); // not another one's, which had this id before an older copy was put back
            entry.Show(new(RunState.Fold([created]), "", 0));
        }
        metrics.Happened(created);
    }

    /// <summary>Appends to a run as its host knows it.</summary>
    /// <returns>The run after it.</returns>
    /// <exception cref="JournalConflictException">Somebody else wrote to it: this host has to let go.</exception>
    public async Task<RunState> AppendAsync(RunState state, IReadOnlyList<RunEvent> events, CancellationToken cancellation)
    {
        var next = events.Aggregate(state, (run, happened) => run.Apply(happened)); // before it is stored: what cannot stand there is not
        var entry = _entries.GetOrAdd(RunKey.Of(state.RunId), static _ => new RunEntry());
        using (await entry.EnterAsync(cancellation))
        {
            await journal.AppendAsync(state.RunId, state.Length, events, cancellation);
            witness.Remember(RunKey.Of(state.RunId), next.Length, next.StepsCompleted);
            var view = next.IsRunning ? new RunView(next, entry.View?.Activity ?? "", entry.View?.Progress ?? 0) : new(next, "", 0);
            entry.Show(view);
            Use(entry, view);
        }
        foreach (var happened in events) metrics.Happened(happened);
        ledger.Add(Used.MicroUsd, next.Spending.CostMicroUsd - state.Spending.CostMicroUsd, state.By);
        return next;
    }

    /// <summary>Says what is being done for a run; not journalled.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="activity">For a person, for instance "encoding images".</param>
    /// <param name="progress">In 0..1.</param>
    public void Report(string runId, string activity, double progress)
    {
        if (_entries.TryGetValue(RunKey.Of(runId), out var entry)) entry.Report(activity, progress);
    }

    /// <summary>Says that a run waits until a worker is free; not journalled. It ends with the next event.</summary>
    public void ReportQueued(string runId)
    {
        if (_entries.TryGetValue(RunKey.Of(runId), out var entry)) entry.Report("waiting for its turn", 0, Hold.Queued);
    }

    /// <summary>Says what keeps a run from going on that somebody has to see to; not journalled. It ends with the next
    /// event.</summary>
    public void ReportBlocked(string runId, string reason)
    {
        if (_entries.TryGetValue(RunKey.Of(runId), out var entry))
            entry.Report($"blocked: {reason}", entry.View?.Progress ?? 0, Hold.Blocked);
    }

    /// <summary>The run now and after every change until it is final. A watcher that falls behind misses what lies
    /// between and holds nobody up.</summary>
    public IAsyncEnumerable<RunView> WatchAsync(string runId, CancellationToken cancellation) =>
        WatchAsync(runId, Watching.Everything, cancellation);

    /// <summary>The run now and after its changes, as far as somebody wants to see them; the final state always
    /// comes.</summary>
    public async IAsyncEnumerable<RunView> WatchAsync(
        string runId, Watching wanted, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await GetAsync(runId, cancellation);
        var entry = _entries.GetOrAdd(RunKey.Of(runId), static _ => new RunEntry());
        using var watcher = entry.Watch();
        RunView? shown = null;
        var shownAt = 0L;
        while (true)
        {
            watcher.Seen();
            var view = entry.View ?? await GetAsync(runId, cancellation);
            var early = shown is null ? TimeSpan.Zero : wanted.SmallestInterval - clock.GetElapsedTime(shownAt);
            var isNews = view != shown && (view.State.Length > wanted.SinceLength || !view.State.IsRunning);
            if (isNews && (early <= TimeSpan.Zero || !view.State.IsRunning))
            {
                (shown, shownAt, isNews) = (view, clock.GetTimestamp(), false);
                yield return view;
            }
            if (!view.State.IsRunning) yield break;
            // What is held back is sent when its time has come, also where nothing changes any more.
            var wait = isNews && early < LookAgain ? early : LookAgain;
            try { await watcher.ChangedAsync().WaitAsync(wait, clock, cancellation); }
            catch (TimeoutException) { if (await HasMovedAsync(view, cancellation)) await GetAsync(runId, cancellation); }
        }
    }

    // Who watches has the journal asked once in a while for all that is watched, not each for his own run.
    private async Task<bool> HasMovedAsync(RunView view, CancellationToken cancellation)
    {
        await _looking.WaitAsync(cancellation);
        try
        {
            if (_looked is not { } looked || clock.GetElapsedTime(looked.At) > LookAgain / 2)
            {
                var kept = await journal.ListAllAsync(cancellation);
                _looked = looked = (clock.GetTimestamp(), kept.ToDictionary(run => run.Key, run => run.Length));
            }
            return looked.Lengths.GetValueOrDefault(RunKey.Of(view.State.RunId)) != view.State.Length;
        }
        finally { _looking.Release(); }
    }

    /// <summary>Deletes a run that is not running.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="allowMissing">Whether one that is not there is as good as deleted.</param>
    /// <param name="cancellation">Gives it up.</param>
    public async Task DeleteAsync(string runId, bool allowMissing, CancellationToken cancellation)
    {
        try
        {
            if (allowMissing && runId.Length > 0 && await FindAsync(runId, cancellation) is null) return;
            var state = (await GetAsync(runId, cancellation)).State;
            if (state.IsRunning) throw RefusedException.Forbidden($"Run '{runId}' is running; cancel it first.");
            await journal.DeleteAsync(runId, state.Length, cancellation);
        }
        catch (JournalDamagedException) { await journal.DeleteAsync(runId, expectedVersion: null, cancellation); } // nobody can work on it
        Forget(runId);
    }

    /// <summary>What the journal of a run has lost since it was written; null if nothing was missed.</summary>
    public LostTail? Lost(RunState run)
    {
        if (witness.Missed(RunKey.Of(run.RunId), run.Length) is var (length, steps))
            return new(length - run.Length, steps, run.StepsCompleted);
        return _before.TryRemove(RunKey.Of(run.RunId), out var before) && before.CreatedAt == run.CreatedAt && before.Length > run.Length
            ? new(before.Length - run.Length, before.StepsCompleted, run.StepsCompleted)
            : null;
    }

    /// <summary>Lets go of what is known of a run, whose journal is another by now.</summary>
    public void Forget(string runId)
    {
        witness.Remember(RunKey.Of(runId), 0, 0);
        _told.TryRemove(RunKey.Of(runId), out _);
        _before.TryRemove(RunKey.Of(runId), out _);
        if (!_entries.TryRemove(RunKey.Of(runId), out var entry)) return;
        lock (_finished) _finished.Remove(entry);
    }

    // Keeps the states of runs that are over of those that were used last.
    private void Use(RunEntry entry, RunView view)
    {
        lock (_finished)
        {
            _finished.Remove(entry); // one of at most so many
            if (view.State.IsRunning) return;
            _finished.AddLast(entry);
            if (_finished.Count <= MostFinished) return;
            var oldest = _finished.First!.Value;
            _finished.RemoveFirst();
            if (!oldest.Shrink(Share)) _finished.AddLast(oldest);
        }

        PreparedOutline Share(PreparedOutline prepared)
        {
            if (_prepared.TryGetValue(prepared, out var equal)) return equal;
            _prepared.Add(prepared);
            return prepared;
        }
    }

    public void Dispose()
    {
        foreach (var entry in _entries.Values) entry.Dispose();
        _looking.Dispose();
    }

    private async Task<RunView?> CatchUpAsync(string runId, RunEntry entry, CancellationToken cancellation)
    {
        var known = entry.View;
        var state = known?.State;
        IReadOnlyList<RunEvent> news;
        try { news = await journal.ReadAsync(runId, state?.Length ?? 0, cancellation); }
        catch (JournalWentBackException back)
        {
            WentBack(runId, back.Message);
            _before[RunKey.Of(runId)] = state!;
            (state, news) = (null, await journal.ReadAsync(runId, 0, cancellation));
        }
        // What its host says of it may have changed meanwhile.
        if (news.Count == 0) return state is null ? null : entry.View ?? known;
        try
        {
            var next = new RunView(
                state is null ? RunState.Fold(news) : news.Aggregate(state, (run, happened) => run.Apply(happened)), "", 0);
            entry.Show(next);
            return next;
        }
        catch (Exception fault) when (fault is InvalidOperationException or FormatException)
        {
            throw new JournalDamagedException(
                $"Run {runId}'s journal is invalid: {fault.Message} Restore a backup of the database, or delete the run.", fault);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Read run {RunId} anew: {Reason}")]
    private partial void WentBack(string runId, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Run {RunId} is left out of the list: {Reason}")]
    private partial void Damaged(string runId, string reason);
}

/// <summary>A run for somebody who looks at it.</summary>
/// <param name="State">Its state.</param>
/// <param name="Activity">What is being done, for a person; empty where nothing is known.</param>
/// <param name="Progress">Progress of the activity, in 0..1.</param>
/// <param name="Hold">What keeps it from going on.</param>
internal sealed record RunView(RunState State, string Activity, double Progress, Hold Hold = Hold.None);

/// <summary>What keeps a run from going on.</summary>
internal enum Hold
{
    None,

    /// <summary>No worker is free.</summary>
    Queued,

    /// <summary>Something that somebody has to see to; the activity says what.</summary>
    Blocked,
}

/// <summary>What somebody who watches a run wants to see of it, besides its final state.</summary>
/// <param name="SinceLength">Only states whose journal is longer than this.</param>
/// <param name="SmallestInterval">Only the newest state in each such time.</param>
internal sealed record Watching(long SinceLength, TimeSpan SmallestInterval)
{
    /// <summary>Every state.</summary>
    public static Watching Everything { get; } = new(-1, TimeSpan.Zero);
}
