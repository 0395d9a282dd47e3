using System.Diagnostics;
using Ipo.ServiceDefaults;

namespace Ipo.Orchestrator.Clients;

/// <summary>One piece of work that is spread over replicas: it is tried once or, where that takes long, twice at the same time.</summary>
/// <param name="number">Its number.</param>
/// <param name="work">Does it.</param>
/// <param name="ended">Told how long it took, once.</param>
/// <param name="all">Ends all pieces; a piece that fails does.</param>
internal sealed class Piece<T>(
    int number, Func<int, ReplicaChoice, CancellationToken, Task<T>> work, Action<TimeSpan> ended, CancellationTokenSource all)
{
    private readonly TaskCompletionSource<T> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(all.Token);
    private readonly List<(Task Task, ReplicaChoice Choice)> _tries = [];
    private readonly long _began = Stopwatch.GetTimestamp();

    /// <summary>The first answer, or the failure of a try that came before any answer.</summary>
    public Task<T> Result => _result.Task;

    public int Tries => _tries.Count;

    public TimeSpan Age => Stopwatch.GetElapsedTime(_began);

    /// <summary>Where it is being tried.</summary>
    public IReadOnlyCollection<string> Replicas => [.. _tries.Select(one => one.Choice.Taken).OfType<string>()];

    /// <summary>Tries it, on another replica than some. The slot is given back when that ends.</summary>
    public void Try(Slot slot, IReadOnlyCollection<string> avoided)
    {
        var choice = new ReplicaChoice();
        choice.Avoided.UnionWith(avoided);
        _tries.Add((TryAsync(slot, choice), choice));
    }

    /// <summary>Ends what is still being tried.</summary>
    public async Task EndAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_tries.Select(one => one.Task));
        _stop.Dispose();
    }

    private async Task TryAsync(Slot slot, ReplicaChoice choice)
    {
        using (slot)
            try
            {
                if (!_result.TrySetResult(await work(number, choice, _stop.Token))) return;
                ended(Age);
                await _stop.CancelAsync();
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                _result.TrySetCanceled(_stop.Token); // or the other try was quicker
            }
            catch (Exception fault)
            {
                if (_result.TrySetException(fault)) await all.CancelAsync();
            }
    }
}

/// <summary>How long pieces took of late.</summary>
internal sealed class RecentTimes
{
    private const int Kept = 64;

    private readonly Queue<TimeSpan> _times = new(Kept);

    public void Add(TimeSpan time)
    {
        lock (_times)
        {
            if (_times.Count == Kept) _times.Dequeue();
            _times.Enqueue(time);
        }
    }

    /// <summary>What that share of them took at most; null before there is any.</summary>
    public TimeSpan? Of(double share)
    {
        lock (_times) return _times.Count == 0 ? null : _times.Order().ElementAt((int)(share * (_times.Count - 1)));
    }
}
