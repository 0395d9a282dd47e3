using Ipo.Orchestrator.Access;
using Ipo.Orchestrator.Journal;
using Ipo.Orchestrator.Runs;
using Ipo.Orchestrator.Storage;

namespace Ipo.Orchestrator.Placement;

/// <summary>Where a run is worked on: on the orchestrator on which its grain is. The grain keeps nothing; two of them for a moment
/// lose nothing, since the journal lets one of them write.</summary>
internal interface IRunGrain : IGrainWithStringKey
{
    /// <summary>Has the run worked on here.</summary>
    Task TakeUpAsync(bool again);

    /// <summary>Writes a wish, as the journal stores it, in the worker's turn.</summary>
    /// <returns>False where no worker here holds the run.</returns>
    Task<bool> TryWriteAsync(string type, string wish);

    /// <summary>Ends the work on it.</summary>
    Task ReleaseAsync();

    /// <summary>Whether a worker here has it in hand.</summary>
    Task<bool> IsActiveAsync();
}

/// <summary>The run's worker on this orchestrator.</summary>
[KeepAlive]
internal sealed class RunGrain(LocalWorkers workers, RunStore store, IHostApplicationLifetime lifetime) : Grain, IRunGrain
{
    private static readonly TimeSpan Look = TimeSpan.FromMinutes(1);

    private RunKey Run => this.GetPrimaryKeyString().Split('/') is [var tenant, var runId] ? new(tenant, runId)
        : throw new InvalidOperationException($"'{this.GetPrimaryKeyString()}' is no run.");

    /// <summary>The grain's key: neither a tenant's name nor a run's id holds a slash.</summary>
    public static string Name(RunKey run) => $"{run.Tenant}/{run.RunId}";

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        this.RegisterGrainTimer(LeaveAsync, Look, Look);
        return Task.CompletedTask;
    }

    public async Task TakeUpAsync(bool again)
    {
        using var tenant = Tenant.Enter(Run.Tenant);
        // Its place is on an orchestrator that stays, once the answers that are paid for here have come.
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            if (!await workers.IsActiveAsync(Run.RunId)) DeactivateOnIdle();
            return;
        }
        await workers.TakeUpAsync(Run.RunId, again);
    }

    public async Task<bool> TryWriteAsync(string type, string wish)
    {
        using var tenant = Tenant.Enter(Run.Tenant);
        try { return await workers.TryWriteAsync(Run.RunId, StoredEvent.Read(Run.RunId, 0, type, wish)); }
        // Whoever asked writes it, and meets the same; our exceptions do not travel between orchestrators.
        catch (Exception fault) when (fault is DatabaseException or JournalConflictException) { return false; }
    }

    public async Task ReleaseAsync()
    {
        using var tenant = Tenant.Enter(Run.Tenant);
        await workers.ReleaseAsync(Run.RunId);
    }

    public async Task<bool> IsActiveAsync()
    {
        using var tenant = Tenant.Enter(Run.Tenant);
        return await workers.IsActiveAsync(Run.RunId);
    }

    // Nobody asks for a run that is over. Its worker's last event stands in memory, and the search sees what another one wrote.
    private Task LeaveAsync(CancellationToken cancellation)
    {
        using var tenant = Tenant.Enter(Run.Tenant);
        if (store.Known(Run.RunId) is { IsRunning: false }) DeactivateOnIdle();
        return Task.CompletedTask;
    }
}
