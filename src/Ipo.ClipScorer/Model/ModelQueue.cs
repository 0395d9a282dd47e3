using System.Diagnostics;
using Ipo.ClipScorer.Metrics;
using Ipo.ClipScorer.Settings;

namespace Ipo.ClipScorer.Model;

/// <summary>The line in front of the model: as many calls as there are places, and one piece of work at a time. A
/// piece uses every core, or the card, so two at once would only slow each other down; pieces take seconds at most on
/// two cores, so callers take turns.</summary>
internal sealed class ModelQueue(int places, ClipScorerMetrics metrics) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private int _inside;

    /// <summary>Takes a place for a whole call; disposing it gives it back.</summary>
    /// <exception cref="QueueFullException">All places are taken.</exception>
    public Place Enter()
    {
        metrics.CallEntered();
        if (Interlocked.Increment(ref _inside) <= places) return new(this);
        Leave();
        metrics.CallRefused();
        throw new QueueFullException(places);
    }

    /// <summary>Waits for a turn and does the work on a pool thread.</summary>
    public async Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellation)
    {
        var asked = Stopwatch.GetTimestamp();
        await _turn.WaitAsync(cancellation);
        try
        {
            metrics.Waited(Stopwatch.GetElapsedTime(asked));
            return await Task.Run(work, cancellation);
        }
        finally { _turn.Release(); }
    }

    /// <summary>Waits for a turn and does the work on this thread.</summary>
    public void Run(Action work, CancellationToken cancellation)
    {
        var asked = Stopwatch.GetTimestamp();
        _turn.Wait(cancellation);
        try
        {
            metrics.Waited(Stopwatch.GetElapsedTime(asked));
            work();
        }
        finally { _turn.Release(); }
    }

    public void Dispose() => _turn.Dispose();

    private void Leave()
    {
        Interlocked.Decrement(ref _inside);
        metrics.CallLeft();
    }

    /// <summary>A call's place in the line.</summary>
    internal sealed class Place(ModelQueue queue) : IDisposable
    {
        public void Dispose() => queue.Leave();
    }
}

/// <summary>All places in front of the model are taken.</summary>
internal sealed class QueueFullException(int places) : Exception(
    $"The scorer's queue of {places} calls is full. "
    + $"Wait a moment and send again, or raise {ClipScorerOptions.Section}:{nameof(ClipScorerOptions.QueueLength)} "
    + "or the number of replicas.");
