namespace Ipo.Orchestrator.Datasets;

/// <summary>Lets one at a time decide whether a dataset is in use: who deletes it, and who begins a run on it. Either looks
/// first and writes after, and between the two the other one must not write.</summary>
internal sealed class DatasetGate : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Waits for the turn; disposing gives it back.</summary>
    public async Task<IDisposable> EnterAsync(CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        return new Turn(_turn);
    }

    public void Dispose() => _turn.Dispose();

    private sealed class Turn(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
