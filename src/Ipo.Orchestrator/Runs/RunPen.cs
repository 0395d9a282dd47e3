using Ipo.Optimization.Facts;
using Ipo.Optimization.State;

namespace Ipo.Orchestrator.Runs;

/// <summary>The one hand that writes to a run while a host holds it; calls that end at the same time write one after the other.</summary>
internal sealed class RunPen(RunBook book, RunState state) : IDisposable
{
    private readonly SemaphoreSlim _writing = new(1, 1);

    /// <summary>The run as written so far.</summary>
    public RunState Run { get; private set; } = state;

    /// <summary>Appends events, all or none. Not cancelled: what happened is written, also while the host stops.</summary>
    /// <exception cref="JournalConflictException">Somebody else wrote to the run: let go of it.</exception>
    public async Task WriteAsync(params IReadOnlyList<RunEvent> events)
    {
        await _writing.WaitAsync(CancellationToken.None);
        try { Run = await book.AppendAsync(Run, events, CancellationToken.None); }
        finally { _writing.Release(); }
    }

    public void Dispose() => _writing.Dispose();
}
