using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ipo.AppHost;

/// <summary>Starts a service again that ended with an error, after 1, 2, 4, … seconds, at most 30; one that ran for a
/// minute begins at 1 again. Aspire leaves it ended. A service that a person stopped in the dashboard ends with exit
/// code 0 and stays stopped; a task that failed is not repeated, because it would do its work, and pay for it,
/// twice.</summary>
internal sealed partial class CrashedServices(
    ResourceNotificationService notifications, ResourceCommandService commands, TimeProvider clock, IHostApplicationLifetime lifetime,
    ILogger<CrashedServices> log) : BackgroundService
{
    private static readonly TimeSpan Settled = TimeSpan.FromMinutes(1);
    private const int LongestPauseSeconds = 30;

    private readonly ConcurrentDictionary<string, int> _quickEnds = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var handled = new Dictionary<string, DateTime?>();
        // From the moment that everything is told to stop; this service's own turn comes later.
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime.ApplicationStopping);
        await foreach (var change in notifications.WatchAsync(over.Token))
        {
            if (!HasCrashed(change)) continue;
            if (handled.TryGetValue(change.ResourceId, out var before) && before == change.Snapshot.StopTimeStamp) continue;
            handled[change.ResourceId] = change.Snapshot.StopTimeStamp;
            _ = StartAgain(change, lifetime.ApplicationStopping);
        }
    }

    internal static TimeSpan Pause(int quickEnds) => TimeSpan.FromSeconds(Math.Min(LongestPauseSeconds, 1 << Math.Min(quickEnds - 1, 10)));

    private static bool HasCrashed(ResourceEvent change) =>
        change.Resource is ProjectResource resource
        && resource.IsService()
        && KnownResourceStates.TerminalStates.Contains(change.Snapshot.State?.Text ?? "")
        && change.Snapshot.ExitCode is not (null or 0);

    private async Task StartAgain(ResourceEvent ended, CancellationToken stopping)
    {
        var ran = ended.Snapshot.StopTimeStamp - ended.Snapshot.StartTimeStamp ?? TimeSpan.Zero;
        var quickEnds = _quickEnds.AddOrUpdate(ended.ResourceId, 1, (_, before) => ran >= Settled ? 1 : before + 1);
        try
        {
            await Task.Delay(Pause(quickEnds), clock, stopping);
            var result = await commands.ExecuteCommandAsync(ended.ResourceId, KnownResourceCommands.StartCommand, stopping);
            if (!result.Success) NotStarted(ended.Resource.Name, result.Message);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested) { } // everything stops
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Resource} could not be restarted: {Reason}")]
    private partial void NotStarted(string resource, string? reason);
}
