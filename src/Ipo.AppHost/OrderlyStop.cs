using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;

namespace Ipo.AppHost;

/// <summary>Stops what runs before DCP does: those that call before those that they call, each by SIGTERM and with the
/// time that it asks for, so that answers that are paid for come home. DCP stops everything at once and kills what
/// takes longer than it has patience for. A second Ctrl-C does not wait.</summary>
internal sealed class OrderlyStop(DistributedApplicationModel model, RunningProcesses processes) : IHostedService
{
    /// <summary>An orchestrator waits 10 minutes and 10 s at most for answers in flight (Ipo:Orchestrator:StopGrace);
    /// this is for one that hangs beyond that.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(11);

    private const int SigTerm = 15;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows()) return; // it has no such signal; DCP stops everything in its own way
        using var killing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var second = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal =>
        {
            signal.Cancel = true;
            killing.Cancel();
        });
        var stops = new Dictionary<IResource, Task>();
        await Task.WhenAll(model.Resources.OfType<ProjectResource>().Select(Stop));

        Task Stop(IResource resource) => stops.TryGetValue(resource, out var stop) ? stop : stops[resource] = StopAfterCallers(resource);

        async Task StopAfterCallers(IResource resource)
        {
            await Task.WhenAll(model.Resources.Where(other => WaitsFor(other, resource)).Select(Stop));
            await End(resource, killing.Token);
        }
    }

    private static bool WaitsFor(IResource resource, IResource other) =>
        resource.Annotations.OfType<WaitAnnotation>().Any(wait => wait.Resource == other);

    private async Task End(IResource resource, CancellationToken killing)
    {
        if (processes.Of(resource.Name) is not { } id || RunningProcesses.Find(id) is not { } process) return;
        using (process)
        {
            _ = Signal(id, SigTerm);
            try
            {
                await process.WaitForExitAsync(killing);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Signal(int process, int signal);
}
