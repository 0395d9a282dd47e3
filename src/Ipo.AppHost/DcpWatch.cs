using System.Diagnostics;
using Microsoft.Extensions.Hosting;

namespace Ipo.AppHost;

/// <summary>Ends this host when DCP, which runs the resources for it, is gone. DCP's monitors end most of what it
/// started, but nothing reports that, and where the monitors are killed too everything would go on without anybody to
/// stop it.</summary>
internal sealed class DcpWatch(RunningProcesses processes, IHostApplicationLifetime lifetime) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    // While DCP lives it reports the end of a process within a moment.
    private const int LooksUntilGone = 4;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var looks = 0; looks < LooksUntilGone; looks = IsGone() ? looks + 1 : 0) await Task.Delay(Look, stoppingToken);
        await Console.Error.WriteLineAsync(
            "Aspire's orchestrator (dcp) has stopped, so the services stop too. "
            + "Restart the AppHost; unfinished runs resume.");
        foreach (var process in processes.All) RunningProcesses.Find(process)?.Kill(entireProcessTree: true);
        Environment.ExitCode = 1;
        lifetime.StopApplication();
    }

    // Either a process has ended and is still said to run, or no DCP is left on this machine at all.
    private bool IsGone()
    {
        if (processes.All.Count == 0) return false;
        if (processes.All.Any(process => RunningProcesses.Find(process) is null)) return true;
        var dcps = Process.GetProcessesByName("dcp");
        foreach (var dcp in dcps) dcp.Dispose();
        return dcps.Length == 0;
    }
}
