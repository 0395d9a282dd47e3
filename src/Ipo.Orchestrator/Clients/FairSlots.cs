namespace Ipo.Orchestrator.Clients;

/// <summary>Places for pieces of work, shared fairly while there are too few: the next one goes to the tenant that has the fewest,
/// among its works to the one that has the fewest, among equals to the one whose turn is longest ago, and there to whoever waits
/// longest.</summary>
/// <param name="places">How many there are; <see cref="Look"/> is to be called when there are more.</param>
internal sealed class FairSlots(Func<int> places)
{
    private readonly Lock _sharing = new();
    private readonly LinkedList<Waiting> _waiting = new(); // in the order in which they came
    private readonly Dictionary<(string Tenant, string Work), int> _taken = [];
    private readonly Dictionary<(string Tenant, string Work), long> _lastTurns = []; // of works that have a place or wait
    private readonly Dictionary<string, long> _lastTurnsOfTenants = [];
    private long _turn;
    private int _all;

    /// <summary>Waits for a place.</summary>
    /// <param name="tenant">Whose work it is.</param>
    /// <param name="work">The work, for instance a run.</param>
    public async Task<Slot> EnterAsync(string tenant, string work, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var waiting = new Waiting(tenant, work);
        LinkedListNode<Waiting> node;
        lock (_sharing) node = _waiting.AddLast(waiting);
        Look();
        await using var ended = cancellation.Register(() =>
        {
            lock (_sharing)
            {
                if (node.List is null) return; // it has its place already
                _waiting.Remove(node);
            }
            waiting.Placed.TrySetCanceled(cancellation);
        });
        return await waiting.Placed.Task;
    }

    /// <summary>Takes a place that nobody waits for.</summary>
    /// <returns>Null if all places are taken or waited for.</returns>
    public Slot? TryEnter(string tenant, string work)
    {
        lock (_sharing)
        {
            if (_waiting.Count > 0 || _all >= places()) return null;
            return Take(new(tenant, work));
        }
    }

    /// <summary>Gives free places to those who wait.</summary>
    public void Look()
    {
        var placed = new List<(Waiting, Slot)>();
        lock (_sharing)
        {
            while (_waiting.Count > 0 && _all < places())
            {
                var next = _waiting.MinBy(waiting => (
                    TakenBy(waiting.Tenant), _lastTurnsOfTenants.GetValueOrDefault(waiting.Tenant),
                    _taken.GetValueOrDefault(waiting.Key), _lastTurns.GetValueOrDefault(waiting.Key)))!;
                _waiting.Remove(next);
                placed.Add((next, Take(next)));
            }
        }
        foreach (var (waiting, slot) in placed) waiting.Placed.TrySetResult(slot);
    }

    private int TakenBy(string tenant) => _taken.Where(one => one.Key.Tenant == tenant).Sum(one => one.Value);

    private Slot Take(Waiting whose)
    {
        _all++;
        _taken[whose.Key] = _taken.GetValueOrDefault(whose.Key) + 1;
        _lastTurns[whose.Key] = _lastTurnsOfTenants[whose.Tenant] = ++_turn;
        return new(() => Leave(whose.Key));
    }

    private void Leave((string, string) key)
    {
        lock (_sharing)
        {
            _all--;
            if (--_taken[key] == 0)
            {
                _taken.Remove(key);
                if (!_waiting.Any(waiting => waiting.Key == key)) _lastTurns.Remove(key);
            }
        }
        Look();
    }

    private sealed class Waiting(string tenant, string work)
    {
        public string Tenant { get; } = tenant;

        public (string Tenant, string Work) Key { get; } = (tenant, work);

        public TaskCompletionSource<Slot> Placed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>A place; disposing it gives it to the next.</summary>
internal sealed class Slot(Action leave) : IDisposable
{
    public void Dispose() => Interlocked.Exchange(ref leave!, null)?.Invoke();
}
