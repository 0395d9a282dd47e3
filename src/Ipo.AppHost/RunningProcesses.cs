using System.Collections.Concurrent;
using System.Diagnostics;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Lifecycle;
using Microsoft.Extensions.Hosting;

namespace Ipo.AppHost;

/// <summary>Which process each resource runs as, by what Aspire reports of it.</summary>
internal sealed class RunningProcesses(ResourceNotificationService notifications, IHostApplicationLifetime lifetime)
    : IDistributedApplicationEventingSubscriber
{
    private readonly ConcurrentDictionary<string, int> _byName = new();

    /// <summary>The processes of all resources that are said to run.</summary>
    public ICollection<int> All => _byName.Values;

    public Task SubscribeAsync(
        IDistributedApplicationEventing eventing, DistributedApplicationExecutionContext context, CancellationToken cancellationToken)
    {
        eventing.Subscribe<BeforeStartEvent>((start, cancellation) =>
        {
            _ = Follow(lifetime.ApplicationStopped);
            return Task.CompletedTask;
        });
        return Task.CompletedTask;
    }

    /// <summary>The process of a resource that is said to run.</summary>
    public int? Of(string resource) => _byName.TryGetValue(resource, out var process) ? process : null;

    /// <summary>A process that lives; null once it has ended.</summary>
    public static Process? Find(int process)
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

    private async Task Follow(CancellationToken stopped)
    {
        try
        {
            await foreach (var change in notifications.WatchAsync(stopped))
            {
                var isRunning = change.Snapshot.State?.Text == KnownResourceStates.Running;
                if (isRunning && ProcessOf(change.Snapshot) is { } process) _byName[change.Resource.Name] = process;
                else _byName.TryRemove(change.Resource.Name, out _);
            }
        }
        catch (OperationCanceledException) when (stopped.IsCancellationRequested) { } // nothing runs any more
    }

    private static int? ProcessOf(CustomResourceSnapshot snapshot) =>
        snapshot.Properties.FirstOrDefault(property => property.Name == "executable.pid")?.Value as int?;
}
