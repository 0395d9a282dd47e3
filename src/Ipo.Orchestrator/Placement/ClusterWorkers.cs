using Ipo.Optimization.Facts;
using Ipo.Orchestrator.Journal;
using Ipo.Orchestrator.Runs;

namespace Ipo.Orchestrator.Placement;

/// <summary>Each run is worked on by one of several orchestrators, whose place its grain is. A call to one that just died fails
/// after some seconds; what was asked is done all the same, when runs are looked for next.</summary>
internal sealed partial class ClusterWorkers(IGrainFactory grains, LocalWorkers here, ILogger<ClusterWorkers> log) : IRunWorkers
{
    public async Task TakeUpAsync(string runId, bool again)
    {
        if (!again && await here.IsActiveAsync(runId)) return; // as most are that the search asks for
        try { await Grain(runId).TakeUpAsync(again); }
        catch (Exception fault) when (IsPassing(fault)) { NotYet(runId, fault.Message); }
    }

    public async Task<bool> TryWriteAsync(string runId, RunEvent wish)
    {
        try { return await Grain(runId).TryWriteAsync(StoredEvent.TypeOf(wish), StoredEvent.Write(wish)); }
        catch (Exception fault) when (IsPassing(fault)) { return false; } // who held it is gone; the journal takes the wish
    }

    public async Task ReleaseAsync(string runId)
    {
        try { await Grain(runId).ReleaseAsync(); }
        catch (Exception fault) when (IsPassing(fault)) { NotYet(runId, fault.Message); } // its next write will find that it is over
    }

    public async Task<bool> IsActiveAsync(string runId)
    {
        try { return await Grain(runId).IsActiveAsync(); }
        catch (Exception fault) when (IsPassing(fault)) { return false; }
    }

    private IRunGrain Grain(string runId) => grains.GetGrain<IRunGrain>(RunGrain.Name(RunKey.Of(runId)));

    private static bool IsPassing(Exception fault) =>
        fault is TimeoutException or OrleansException or SiloUnavailableException;

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {RunId} has no worker yet: {Reason}")]
    private partial void NotYet(string runId, string reason);
}
