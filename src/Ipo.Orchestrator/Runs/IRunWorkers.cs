using Ipo.Optimization.Facts;

namespace Ipo.Orchestrator.Runs;

/// <summary>Who works on runs of <see cref="Access.Tenant.Current"/>: this orchestrator alone, or one of several. None of it is the truth:
/// the journal decides who wrote first.</summary>
internal interface IRunWorkers
{
    /// <summary>Has a run worked on that nobody works on; it does not wait for that.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="again">Whether one that is worked on is to be taken up once more after that: it was changed.</param>
    Task TakeUpAsync(string runId, bool again);

    /// <summary>Writes a wish to a run that a worker holds, in its turn, so that calls in flight are not disturbed.</summary>
    /// <returns>False where no worker holds it.</returns>
    Task<bool> TryWriteAsync(string runId, RunEvent wish);

    /// <summary>Ends the work on a run whose journal says that it is over.</summary>
    Task ReleaseAsync(string runId);

    /// <summary>Whether a worker has it in hand.</summary>
    Task<bool> IsActiveAsync(string runId);
}

/// <summary>This orchestrator works on all of them.</summary>
internal sealed class LocalWorkers(RunHost host) : IRunWorkers
{
    public Task TakeUpAsync(string runId, bool again)
    {
        if (again || host.IsIdle(runId)) host.Enqueue(runId);
        return Task.CompletedTask;
    }

    public Task<bool> TryWriteAsync(string runId, RunEvent wish) => host.TryWriteAsync(runId, wish);

    public Task ReleaseAsync(string runId)
    {
        host.Release(runId);
        return Task.CompletedTask;
    }

    public Task<bool> IsActiveAsync(string runId) => Task.FromResult(host.IsActive(runId));
}
