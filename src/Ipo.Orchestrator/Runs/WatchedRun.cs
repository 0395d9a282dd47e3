using System.Runtime.CompilerServices;
using Ipo.Orchestrator.Contract;
using Ipo.Orchestrator.Errors;

namespace Ipo.Orchestrator.Runs;

/// <summary>A run as somebody watches it: which of its states, and what of them.</summary>
internal sealed class WatchedRun
{
    private readonly string _runId;
    private readonly Watching _states;
    private readonly ReadMask<V1.Run> _fields;

    private WatchedRun(string runId, Watching states, ReadMask<V1.Run> fields) => (_runId, _states, _fields) = (runId, states, fields);

    /// <summary>Reads a request.</summary>
    /// <exception cref="RefusedException">One of its fields is wrong.</exception>
    public static WatchedRun Of(V1.WatchRunRequest request)
    {
        if (request.SinceJournalLength < 0)
            throw RefusedException.InvalidField("since_journal_length", $"is {request.SinceJournalLength}; it takes 0 or more.");
        var interval = DurationMessages.ReadInterval(request.SmallestInterval);
        return new(
            request.RunId, new(request.HasSinceJournalLength ? request.SinceJournalLength : -1, interval),
            ReadMask<V1.Run>.Of("read_mask", request.ReadMask));
    }

    /// <summary>The states, each with the length of the journal then; the final one always comes.</summary>
    public async IAsyncEnumerable<(V1.Run Run, long JournalLength)> From(
        RunStore runs, [EnumeratorCancellation] CancellationToken cancellation)
    {
        V1.Run? shown = null;
        await foreach (var view in runs.WatchAsync(_runId, _states, cancellation))
        {
            var run = _fields.Apply(RunMessages.Of(view));
            if (run.Equals(shown) && view.State.IsRunning) continue;
            yield return (shown = run, view.State.Length);
        }
    }
}
