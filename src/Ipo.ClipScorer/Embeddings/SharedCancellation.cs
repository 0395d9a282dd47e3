namespace Ipo.ClipScorer.Embeddings;

/// <summary>A token for work that several callers share: it is cancelled when the last of them has gone.</summary>
internal sealed class SharedCancellation : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly CancellationTokenRegistration[] _registrations;
    private int _callers;

    public SharedCancellation(IEnumerable<CancellationToken> cancellations)
    {
        var distinct = cancellations.Distinct().ToArray();
        _callers = distinct.Length;
        _registrations = Array.ConvertAll(distinct, caller => caller.Register(Left));
    }

    public CancellationToken Token => _source.Token;

    private void Left()
    {
        if (Interlocked.Decrement(ref _callers) == 0) _source.Cancel();
    }

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _source.Dispose();
    }
}
