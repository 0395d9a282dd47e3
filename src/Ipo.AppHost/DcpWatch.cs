using System.Diagnostics;
using Microsoft.Extensions.Hosting;

namespace Ipo.AppHost;

/// <summary>Ends this host when DCP, which runs the resources for it, is gone. DCP's monitors end most of what it started, but nothing
/// reports that, and where the monitors are killed too everything would go on without anybody to stop it.</summary>
internal sealed class DcpWatch(ResourceNotificationService notifications, IHostApplicationLifetime lifetime) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    // While DCP lives it reports the end of a process within a moment.
    private const int LooksUntilGone = 4;

    private readonly Dictionary<string, int> _running = [];
    private readonly Lock _gate = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var ended = await Task.WhenAny(FollowAsync(over.Token), LookAsync(over.Token));
        await over.CancelAsync();
        await ended;
    }

    private async Task FollowAsync(CancellationToken over)
    {
        await foreach (var change in notifications.WatchAsync(over))
        {
            lock (_gate)
            {
                var isRunning = change.Snapshot.State?.Text == KnownResourceStates.Running;
                if (isRunning && ProcessOf(change.Snapshot) is { } process) _running[change.ResourceId] = process;
                else _running.Remove(change.ResourceId);
            }
        }
    }

    private async Task LookAsync(CancellationToken over)
    {
        for (var looks = 0; looks < LooksUntilGone; looks = IsGone() ? looks + 1 : 0) await Task.Delay(Look, over);
        await Console.Error.WriteLineAsync(
            "Aspire's orchestrator (dcp) has ended, so the services are ended too. "
            + "Start the AppHost again; unfinished runs resume by themselves.");
        lock (_gate) foreach (var process in _running.Values) Find(process)?.Kill(entireProcessTree: true);
        Environment.ExitCode = 1;
        lifetime.StopApplication();
    }

    // Either a process has ended and is still said to run, or no DCP is left on this machine at all.
    private bool IsGone()
    {
        lock (_gate)
        {
            if (_running.Count == 0) return false;
            if (_running.Values.Any(process => Find(process) is null)) return true;
        }
        var dcps = Process.GetProcessesByName("dcp");
        foreach (var dcp in dcps) dcp.Dispose();
        return dcps.Length == 0;
    }

    private static int? ProcessOf(CustomResourceSnapshot snapshot) =>
        snapshot.Properties.FirstOrDefault(property => property.Name == "executable.pid")?.Value as int?;

    private static Process? Find(int process)
    {
        try
        {
            return Process.GetProcessById(process) is { HasExited: false } found ? found : null;
        }
        catch (ArgumentException)
        {
            return null; // what GetProcessById throws when there is no such process
        }
    }
}
