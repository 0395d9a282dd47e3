using Ipo.Optimization.Facts;
using Ipo.Optimization.State;
using Ipo.Orchestrator.Clients;
using Ipo.Orchestrator.Datasets;
using Ipo.Orchestrator.Journal;
using Ipo.Orchestrator.Storage;

namespace Ipo.Orchestrator.Runs;

/// <summary>A run that this host works on. It alone writes to the run while the host does, one batch of events after
/// the other, and it reports what is being done to whoever watches.
/// </summary>
internal sealed class ActiveRun : IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly RunStore _store;
    private readonly TimeProvider _clock;
    private volatile DatabaseUnavailableException? _blockedBy;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly Dictionary<DatasetPart, Task<ImagePart>> _parts = [];
    private string _activity = "";
    private double _progress;

    /// <param name="store">Where runs are kept.</param>
    /// <param name="state">The run.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="free">Ends calls that cost nothing: the host stops, or the run was cancelled.</param>
    /// <param name="paid">Ends calls that may be paid; comes later than <paramref name="free"/> when the host
    /// stops.</param>
    public ActiveRun(RunStore store, RunState state, TimeProvider clock, CancellationToken free, CancellationToken paid)
    {
        (_store, _clock, State, Free, Paid) = (store, clock, state, free, paid);
        Retry = new RetryPolicy(clock, limit: null, waiting => store.Report(State.RunId, waiting ?? _activity, _progress), free);
    }

    /// <summary>The run as written so far.</summary>
    public RunState State { get; private set; }

    /// <summary>Waits for our own services as long as the run is active.</summary>
    public RetryPolicy Retry { get; }

    public CancellationToken Free { get; }

    public CancellationToken Paid { get; }

    /// <summary>The dataset, once it is confirmed.</summary>
    public Dataset? Dataset { get; set; }

    /// <summary>Appends events, all or none. Not cancelled: what happened is written, also while the host stops. While the
    /// journal cannot be written it waits, for a bought answer must not be lost, and says so to whoever watches.</summary>
    /// <exception cref="JournalConflictException">Somebody else wrote to the run: release it.</exception>
    /// <exception cref="DatabaseUnavailableException">The journal cannot be written, and the host stops.</exception>
    public async Task WriteAsync(params IReadOnlyList<RunEvent> events)
    {
        await _writing.WaitAsync(CancellationToken.None);
        try
        {
            for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
            {
                try
                {
                    State = await _store.AppendAsync(State, events, CancellationToken.None);
                    return;
                }
                catch (DatabaseUnavailableException fault) when (!Free.IsCancellationRequested)
                {
                    _blockedBy = fault;
                    _store.ReportBlocked(State.RunId, fault.Message);
                    await Task.Delay(pause, _clock, Free).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // then once more
                }
            }
        }
        finally
        {
            _blockedBy = null;
            _writing.Release();
        }
    }

    /// <summary>Appends what a person wishes. It does not wait for a journal that cannot be written.</summary>
    /// <exception cref="DatabaseUnavailableException">The journal cannot be written.</exception>
    public Task WriteWishAsync(RunEvent wish) => _blockedBy is { } fault ? throw fault : WriteAsync(wish);

    /// <summary>Reports what is being done.</summary>
    /// <param name="activity">For a person, for instance "encoding images".</param>
    /// <param name="progress">In 0..1.</param>
    public void Report(string activity, double progress = 0)
    {
        (_activity, _progress) = (activity, progress);
        _store.Report(State.RunId, activity, progress);
    }

    /// <summary>Reports progress of what was reported last, in 0..1.</summary>
    public void ReportProgress(double progress) => Report(_activity, progress);

    /// <summary>The images of a part, made at their first use, also by several at once.</summary>
    public Task<ImagePart> PartAsync(DatasetPart part, Func<Task<ImagePart>> make)
    {
        lock (_parts)
        {
            if (!_parts.TryGetValue(part, out var images)) _parts[part] = images = make();
            return images;
        }
    }

    public void Dispose() => _writing.Dispose();
}
