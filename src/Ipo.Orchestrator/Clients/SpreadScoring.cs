using Ipo.Orchestrator.Access;
using Ipo.ServiceDefaults;

namespace Ipo.Orchestrator.Clients;

/// <summary>Spreads pieces of work over the replicas of a scorer. A replica gets its next piece when it has done one, so that a
/// slow one gets fewer; and a piece that is late at the end goes to a second replica too, and the first answer counts. Nothing is paid
/// and an answer is a fact, so that how they are spread is not seen in the results.</summary>
/// <remarks>The number of pieces under way is bounded here and not at the scorer alone: what waits here is shared fairly between
/// tenants and runs (<see cref="FairSlots"/>), and goes to whichever replica is free when its turn comes.</remarks>
internal sealed class SpreadScoring
{
    // One that is worked on, and one that is there when it is done.
    private const int PiecesPerReplica = 2;

    // Late is what takes longer than twice nearly all others. A tenth of them may be those of a slow replica.
    private const double Late = 2;
    private const double NearlyAll = 0.9;
    private static readonly TimeSpan LeastLate = TimeSpan.FromMilliseconds(50);

    private readonly Replicas _replicas;
    private readonly FairSlots _slots;
    private readonly RecentTimes _times = new();

    public SpreadScoring(Replicas replicas)
    {
        _replicas = replicas;
        _slots = new(() => Math.Max(1, replicas.Ready) * PiecesPerReplica);
        replicas.Changed += _slots.Look;
    }

    /// <summary>How many replicas there are, as far as is known.</summary>
    public int Replicas => Math.Max(1, _replicas.Ready);

    /// <summary>Does pieces, as many at once as there is room for.</summary>
    /// <param name="count">How many there are.</param>
    /// <param name="work">Whose places they take among the tenant's works, for instance a run's id.</param>
    /// <param name="piece">Does the piece of that number; it may be asked twice for one.</param>
    /// <returns>The results in the order of the pieces.</returns>
    public async Task<T[]> DoAsync<T>(
        int count, string work, Func<int, ReplicaChoice, CancellationToken, Task<T>> piece, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var pieces = new List<Piece<T>>(count);
        try
        {
            while (pieces.Count < count)
            {
                var slot = await _slots.EnterAsync(Tenant.Current, work, stop.Token);
                pieces.Add(new(pieces.Count, piece, _times.Add, stop));
                pieces[^1].Try(slot, []);
            }
            while (pieces.FindAll(one => !one.Result.IsCompleted) is { Count: > 0 } left)
                await await Task.WhenAny([.. left.Select(one => (Task)one.Result), Task.Delay(Repeat(left, work), stop.Token)]);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested) { } // a piece failed, as is said below
        finally
        {
            // A piece's other try, and all others where one failed, are not needed any more.
            await stop.CancelAsync();
            foreach (var one in pieces) await one.EndAsync();
        }
        if (pieces.Find(one => one.Result.IsFaulted) is { } failed) await failed.Result;
        return await Task.WhenAll(pieces.Select(one => one.Result));
    }

    // Gives late pieces to a second replica. Answers how long to wait before looking again.
    private TimeSpan Repeat<T>(List<Piece<T>> left, string work)
    {
        if (Replicas < 2 || _times.Of(NearlyAll) is not { } usual) return Timeout.InfiniteTimeSpan;
        var late = usual * Late > LeastLate ? usual * Late : LeastLate;
        foreach (var one in left.Where(one => one.Tries == 1 && one.Age >= late))
        {
            if (_slots.TryEnter(Tenant.Current, work) is not { } slot) return late;
            one.Try(slot, one.Replicas);
        }
        var next = left.Where(one => one.Tries == 1).Select(one => late - one.Age).DefaultIfEmpty(Timeout.InfiniteTimeSpan).Min();
        return next == Timeout.InfiniteTimeSpan || next > TimeSpan.Zero ? next : LeastLate;
    }
}
