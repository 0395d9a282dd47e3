using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Threading.Channels;
using Ipo.Optimization.Facts;
using Ipo.Optimization.State;
using Ipo.Orchestrator.Access;
using Ipo.Orchestrator.Configuration;
using Ipo.Orchestrator.Errors;
using Ipo.Orchestrator.Journal;
using Ipo.Orchestrator.Storage;
using Microsoft.Extensions.Options;

namespace Ipo.Orchestrator.Runs;

/// <summary>Works on the runs that it is told to, a few at once. It owns no truth: where another host writes to the same run, the
/// journal refuses this one and it lets go.</summary>
internal sealed partial class RunHost(
    RunStore store, RunLoop loop,
    IOptions<OrchestratorOptions> options, IOptions<HostOptions> host, TimeProvider clock, IHostApplicationLifetime lifetime,
    ILogger<RunHost> log) : BackgroundService
{
    private static readonly TimeSpan LeftAlone = TimeSpan.FromSeconds(30);

    private readonly Channel<bool> _signals = Channel.CreateUnbounded<bool>(); // one for each that waits
    private readonly ConcurrentDictionary<RunKey, Lease> _leases = new();
    private readonly List<RunKey> _waiting = []; // in the order in which they came
    private readonly Dictionary<string, long> _lastTurns = []; // by tenant
    private long _turn;
    private readonly ConcurrentDictionary<RunKey, long> _lost = new(); // when another host wrote to it

    /// <summary>Takes a run up as soon as there is room.</summary>
    public void Enqueue(string runId)
    {
        lock (_waiting)
        {
            if (_waiting.Contains(RunKey.Of(runId))) return;
            _waiting.Add(RunKey.Of(runId));
        }
        store.ReportQueued(runId);
        _signals.Writer.TryWrite(true);
    }

    /// <summary>Whether a worker here has it in hand.</summary>
    public bool IsActive(string runId) => _leases.ContainsKey(RunKey.Of(runId));

    /// <summary>Whether it is to be taken up because nobody seems to work on it: not while one does here, nor shortly after
    /// another host wrote to it.</summary>
    public bool IsIdle(string runId) =>
        !IsActive(runId) && !(_lost.TryGetValue(RunKey.Of(runId), out var since) && clock.GetElapsedTime(since) < LeftAlone);

    /// <summary>Ends the work on a run whose journal says that it is over.</summary>
    public void Release(string runId)
    {
        if (_leases.TryGetValue(RunKey.Of(runId), out var lease)) lease.Cancelled.Cancel();
    }

    /// <summary>Writes a wish to a run that a worker holds, in its turn, so that calls in flight are not
    /// disturbed.</summary>
    /// <returns>False where no worker holds it.</returns>
    public async Task<bool> TryWriteAsync(string runId, RunEvent wish)
    {
        if (!_leases.TryGetValue(RunKey.Of(runId), out var lease) || lease.Run is not { } run) return false;
        try
        {
            await run.WriteWishAsync(wish);
            return true;
        }
        catch (ObjectDisposedException) { return false; } // the worker let go of it this moment
    }

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        // Answers of paid calls are waited for; the host must not give up before that. It is told here and not where its
        // options are configured: it reads those while it is built, before wrong settings are refused with a line each.
        host.Value.ShutdownTimeout = options.Value.StopGrace + TimeSpan.FromSeconds(10);
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Told by the host's lifetime, not in its turn among the hosted services: the web server comes before it and
        // waits for open calls as long as the whole stop may take, while runs would go on buying and have no time left
        // for their last answers.
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime.ApplicationStopping);
        await Task.WhenAll(Enumerable.Range(0, options.Value.ParallelRuns).Select(_ => WorkAsync(stopping.Token)));
    }

    private async Task WorkAsync(CancellationToken stopping)
    {
        try
        {
            await foreach (var _ in _signals.Reader.ReadAllAsync(stopping))
            {
                var run = TakeNext();
                using (Tenant.Enter(run.Tenant)) await LeaseAsync(run.RunId, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested) { }
    }

    // Of the tenant that has the fewest runs in hand, and whose turn is longest ago, the one that waits longest: a tenant's hundred
    // runs do not keep another's one waiting.
    private RunKey TakeNext()
    {
        lock (_waiting)
        {
            var next = _waiting.MinBy(run => (
                _leases.Keys.Count(taken => taken.Tenant == run.Tenant), _lastTurns.GetValueOrDefault(run.Tenant)));
            _waiting.Remove(next);
            _lastTurns[next.Tenant] = ++_turn;
            return next;
        }
    }

    private async Task LeaseAsync(string runId, CancellationToken stopping)
    {
        var lease = new Lease();
        while (!_leases.TryAdd(RunKey.Of(runId), lease))
            // Resumed a moment after it failed, a run may still be in another worker's hands: that one takes it up once
            // more.
            if (_leases.TryGetValue(RunKey.Of(runId), out var other) && other.AskAgain()) return;

        using var free = CancellationTokenSource.CreateLinkedTokenSource(stopping, lease.Cancelled.Token);
        using var paid = CancellationTokenSource.CreateLinkedTokenSource(lease.Cancelled.Token);
        await using var grace = stopping.Register(() => paid.CancelAfter(options.Value.StopGrace));
        try
        {
            await WorkOnAsync(runId, lease, free.Token, paid.Token);
        }
        finally
        {
            _leases.TryRemove(RunKey.Of(runId), out _);
            if (lease.End()) Enqueue(runId);
        }
    }

    private async Task WorkOnAsync(string runId, Lease lease, CancellationToken free, CancellationToken paid)
    {
        try
        {
            if (await store.FindAsync(runId, free) is not { State.IsRunning: true } view) return;
            using var run = new ActiveRun(store, view.State, clock, free, paid);
            var lost = store.Lost(view.State);
            if (lost is not null) WentBack(runId, lost.FromStep, lost.ToStep, lost.Events);
            await run.WriteAsync(new RunPickedUp(clock.GetUtcNow()) { Lost = lost });
            lease.Run = run;
            await WorkOnAsync(run);
        }
        catch (JournalConflictException conflict)
        {
            // Whoever wrote to it works on it: both would take it from each other in turn.
            _lost[RunKey.Of(runId)] = clock.GetTimestamp();
            LetsGo(runId, conflict.Message);
        }
        catch (OperationCanceledException) when (free.IsCancellationRequested) { Stopped(runId); }
        catch (JournalDamagedException damaged) { CannotRead(runId, damaged.Message); }
        catch (DatabaseException fault)
        {
            CannotReach(runId, fault.Message);
            store.ReportBlocked(runId, fault.Message);
        }
        catch (Exception fault)
        {
            // Nobody knows what it is. It is tried again when runs are looked for next.
            CannotWrite(runId, fault);
            store.ReportBlocked(runId, "its journal cannot be written; see the orchestrator's log. It goes on by itself when it can.");
        }
    }

    private async Task WorkOnAsync(ActiveRun run)
    {
        var runId = run.State.RunId;
        using var trace = new RunTrace(run.State); // what is logged while it is open is found from its spans
        PickedUp(runId, run.State.StepsCompleted, run.State.Settings.Steps);
        string failure;
        try
        {
            await loop.RunAsync(run, trace);
            Ended(runId, run.State.Status);
            return;
        }
        catch (RefusedException refused)
        {
            CannotGoOn(runId, refused.Message);
            failure = refused.Message;
        }
        catch (Exception fault) when (fault is not (JournalConflictException or DatabaseException or OperationCanceledException))
        {
            var reference = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
            Faulted(runId, reference, fault);
            failure = $"Internal error {reference}; the orchestrator's log has more under this reference. Resume the run to try "
                + "again.";
        }
        trace.Fail(failure);
        await run.WriteAsync(new RunFailed(clock.GetUtcNow(), failure));
    }

    public override void Dispose()
    {
        base.Dispose();
        _signals.Writer.TryComplete();
    }

    [LoggerMessage(Level = LogLevel.Error, Message =
        "Run {RunId}'s journal went back from step {From} to step {To}: its last {Events} events were lost")]
    private partial void WentBack(string runId, int from, int to, long events);

    [LoggerMessage(Level = LogLevel.Error, Message = "Run {RunId} is blocked: {Reason}")]
    private partial void CannotReach(string runId, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Working on run {RunId}, {Done} of {Steps} steps done")]
    private partial void PickedUp(string runId, int done, int steps);

    [LoggerMessage(Level = LogLevel.Information, Message = "Run {RunId} ended: {Status}")]
    private partial void Ended(string runId, RunStatus status);

    [LoggerMessage(Level = LogLevel.Information, Message = "Released run {RunId}: {Reason}")]
    private partial void LetsGo(string runId, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Left run {RunId} unfinished; it resumes when an orchestrator starts")]
    private partial void Stopped(string runId);

    [LoggerMessage(Level = LogLevel.Error, Message = "Run {RunId} cannot be read: {Reason}")]
    private partial void CannotRead(string runId, string reason);

    [LoggerMessage(Level = LogLevel.Critical, Message = "Run {RunId} stopped: its journal cannot be written")]
    private partial void CannotWrite(string runId, Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {RunId} failed: {Reason}")]
    private partial void CannotGoOn(string runId, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Run {RunId} failed unexpectedly, reference {Reference}")]
    private partial void Faulted(string runId, string reference, Exception fault);

    /// <summary>A run in the hands of a worker.</summary>
    private sealed class Lease
    {
        private readonly Lock _ending = new();
        private bool _ended;
        private bool _again;

        /// <summary>The run; null before work on it has begun.</summary>
        public ActiveRun? Run { get; set; }

        // Not disposed: somebody may cancel it at any time, and it holds neither timer nor handle.
        public CancellationTokenSource Cancelled { get; } = new();

        /// <summary>Asks for the run to be taken up once more after this lease.</summary>
        /// <returns>False where it has ended already.</returns>
        public bool AskAgain()
        {
            lock (_ending)
            {
                _again |= !_ended;
                return !_ended;
            }
        }

        /// <summary>Ends the lease.</summary>
        /// <returns>Whether the run is to be taken up once more.</returns>
        public bool End()
        {
            lock (_ending)
            {
                _ended = true;
                return _again;
            }
        }
    }
}
