using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Threading.Channels;
using Ipo.Optimization.Facts;
using Ipo.Optimization.State;
using Ipo.Orchestrator.Services;
using Microsoft.Extensions.Options;

namespace Ipo.Orchestrator.Runs;

/// <summary>
/// Keeps runs going: at start every unfinished one, then each new or resumed one, a few at once. It owns no truth: where another
/// host writes to the same run, the journal refuses this one and it lets go.
/// </summary>
internal sealed partial class RunHost(
    RunBook book, RunLoop loop,
    IOptions<OrchestratorOptions> options, TimeProvider clock, IHostApplicationLifetime lifetime, ILogger<RunHost> log) : BackgroundService
{
    private readonly Channel<string> _waiting = Channel.CreateUnbounded<string>();
    private readonly ConcurrentDictionary<string, Hold> _held = new();

    /// <summary>Takes a run up as soon as there is room.</summary>
    public void TakeUp(string runId)
    {
        book.Say(runId, "waiting for its turn", 0);
        _waiting.Writer.TryWrite(runId);
    }

    /// <summary>Whether a worker here has it in hand.</summary>
    public bool Holds(string runId) => _held.ContainsKey(runId);

    /// <summary>Ends the work on a run whose journal says that it is over.</summary>
    public void LetGo(string runId)
    {
        if (_held.TryGetValue(runId, out var hold)) hold.Cancelled.Cancel();
    }

    /// <summary>Writes a wish to a run that a worker holds, with that worker's pen, so that calls in flight are not disturbed.</summary>
    /// <returns>False where no worker holds it.</returns>
    public async Task<bool> TryWriteAsync(string runId, RunEvent wish)
    {
        if (!_held.TryGetValue(runId, out var hold) || hold.Pen is not { } pen) return false;
        try
        {
            await pen.WriteAsync(wish);
            return true;
        }
        catch (ObjectDisposedException) { return false; } // the worker let go of it this moment
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield(); // folding many journals must not hold up the start of the ports
        var unfinished = (await book.ListAsync(stoppingToken)).Where(view => view.State.IsRunning).OrderBy(view => view.State.CreatedAt)
            .ToList();
        foreach (var view in unfinished) TakeUp(view.State.RunId);
        if (unfinished.Count > 0) GoingOn(unfinished.Count);
        // Told by the host's lifetime, not in its turn among the hosted services: the web server comes before it and waits for open
        // calls as long as the whole stop may take, while runs would go on buying and have no time left for their last answers.
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime.ApplicationStopping);
        await Task.WhenAll(Enumerable.Range(0, options.Value.ParallelRuns).Select(_ => WorkAsync(stopping.Token)));
    }

    private async Task WorkAsync(CancellationToken stopping)
    {
        try
        {
            await foreach (var runId in _waiting.Reader.ReadAllAsync(stopping)) await HoldAsync(runId, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested) { }
    }

    private async Task HoldAsync(string runId, CancellationToken stopping)
    {
        var hold = new Hold();
        while (!_held.TryAdd(runId, hold))
            // Resumed a moment after it failed, a run may still be in another worker's hands: that one takes it up once more.
            if (_held.TryGetValue(runId, out var other) && other.AskAgain()) return;

        using var free = CancellationTokenSource.CreateLinkedTokenSource(stopping, hold.Cancelled.Token);
        using var paid = CancellationTokenSource.CreateLinkedTokenSource(hold.Cancelled.Token);
        await using var grace = stopping.Register(() => paid.CancelAfter(options.Value.StopGrace));
        try
        {
            await WorkOnAsync(runId, hold, free.Token, paid.Token);
        }
        finally
        {
            _held.TryRemove(runId, out _);
            if (hold.End()) TakeUp(runId);
        }
    }

    private async Task WorkOnAsync(string runId, Hold hold, CancellationToken free, CancellationToken paid)
    {
        try
        {
            if (await book.FindAsync(runId, free) is not { State.IsRunning: true } view) return;
            using var pen = new RunPen(book, view.State);
            await pen.WriteAsync(new RunPickedUp(clock.GetUtcNow()));
            hold.Pen = pen;
            await WorkOnAsync(pen, free, paid);
        }
        catch (JournalConflictException conflict) { LetsGo(runId, conflict.Message); }
        catch (OperationCanceledException) when (free.IsCancellationRequested) { Stopped(runId); }
        catch (JournalDamagedException damaged) { CannotRead(runId, damaged.Message); }
        catch (Exception fault)
        {
            // The journal itself cannot be written: the run stays as it is until it is resumed, or until the next start.
            CannotWrite(runId, fault);
            book.Say(runId, "stopped: its journal cannot be written; see the orchestrator's log, then resume the run", 0);
        }
    }

    private async Task WorkOnAsync(RunPen pen, CancellationToken free, CancellationToken paid)
    {
        var runId = pen.Run.RunId;
        var voice = new RunVoice(book, runId);
        using var trace = new RunTrace(pen.Run); // what is logged while it is open is found from its spans
        PickedUp(runId, pen.Run.StepsCompleted, pen.Run.Settings.Steps);
        string failure;
        try
        {
            await loop.GoOnAsync(new HeldRun(pen, voice, new Patience(clock, limit: null, voice.Waiting, free), free, paid), trace);
            Ended(runId, pen.Run.Status);
            return;
        }
        catch (RefusedException refused)
        {
            CannotGoOn(runId, refused.Message);
            failure = refused.Message;
        }
        catch (Exception fault) when (fault is not (JournalConflictException or OperationCanceledException))
        {
            var reference = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
            Faulted(runId, reference, fault);
            failure = $"An unexpected fault stopped the run; the orchestrator's log has it under reference {reference}. Resume the run to "
                + "try again.";
        }
        trace.Fail(failure);
        await pen.WriteAsync(new RunFailed(clock.GetUtcNow(), failure));
    }

    public override void Dispose()
    {
        base.Dispose();
        _waiting.Writer.TryComplete();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} unfinished runs go on")]
    private partial void GoingOn(int count);

    [LoggerMessage(Level = LogLevel.Information, Message = "Working on run {RunId}, {Done} of {Steps} steps done")]
    private partial void PickedUp(string runId, int done, int steps);

    [LoggerMessage(Level = LogLevel.Information, Message = "Run {RunId} ended: {Status}")]
    private partial void Ended(string runId, RunStatus status);

    [LoggerMessage(Level = LogLevel.Information, Message = "Run {RunId} is let go: {Reason}")]
    private partial void LetsGo(string runId, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Run {RunId} is left as it stands; it goes on when an orchestrator takes it up")]
    private partial void Stopped(string runId);

    [LoggerMessage(Level = LogLevel.Error, Message = "Run {RunId} cannot be read: {Reason}")]
    private partial void CannotRead(string runId, string reason);

    [LoggerMessage(Level = LogLevel.Critical, Message = "Run {RunId} stopped: its journal cannot be written")]
    private partial void CannotWrite(string runId, Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {RunId} failed: {Reason}")]
    private partial void CannotGoOn(string runId, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Run {RunId} failed unexpectedly, reference {Reference}")]
    private partial void Faulted(string runId, string reference, Exception fault);

    /// <summary>A run that a worker holds.</summary>
    private sealed class Hold
    {
        private readonly Lock _ending = new();
        private bool _ended;
        private bool _again;

        /// <summary>Writes to the run; null before it is in hand.</summary>
        public RunPen? Pen { get; set; }

        // Not disposed: somebody may cancel it at any time, and it holds neither timer nor handle.
        public CancellationTokenSource Cancelled { get; } = new();

        /// <summary>Asks for the run to be taken up once more after this hold.</summary>
        /// <returns>False where it has ended already.</returns>
        public bool AskAgain()
        {
            lock (_ending) return !_ended && (_again = true);
        }

        /// <summary>Ends the hold.</summary>
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
