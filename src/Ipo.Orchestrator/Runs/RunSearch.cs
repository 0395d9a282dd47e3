using Ipo.Orchestrator.Access;
using Ipo.Orchestrator.Configuration;
using Ipo.Orchestrator.Storage;
using Microsoft.Extensions.Options;

namespace Ipo.Orchestrator.Runs;

/// <summary>Looks for unfinished runs at start and from time to time, and has each worked on that nobody works on: those of an
/// orchestrator that died, and those whose journal could not be read or written.</summary>
internal sealed partial class RunSearch(
    RunStore store, IRunWorkers workers, IOptions<OrchestratorOptions> options, IHostApplicationLifetime lifetime, ILogger<RunSearch> log)
    : BackgroundService
{
    private bool _hasLooked;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield(); // folding many journals must not hold up the start of the ports
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime.ApplicationStopping);
        using var timer = new PeriodicTimer(options.Value.TakeUpEvery);
        try
        {
            do
                // A database that is away or damaged is told of by readiness and by each call; it must not end the host.
                try { await TakeUpAsync(stopping.Token); }
                catch (DatabaseException fault) { CannotLook(fault.Message); }
            while (await timer.WaitForNextTickAsync(stopping.Token));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested) { }
    }

    private async Task TakeUpAsync(CancellationToken stopping)
    {
        var unfinished = await store.ListUnfinishedAsync(stopping);
        foreach (var (tenant, run) in unfinished)
            using (Tenant.Enter(tenant)) await workers.TakeUpAsync(run.RunId, again: false);
        if (!_hasLooked && unfinished.Count > 0) GoingOn(unfinished.Count);
        _hasLooked = true;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Unfinished runs cannot be looked for: {Reason}")]
    private partial void CannotLook(string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Resuming {Count} unfinished runs")]
    private partial void GoingOn(int count);
}
