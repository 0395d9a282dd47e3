using System.Diagnostics;
using System.Text.RegularExpressions;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Lifecycle;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Ipo.AppHost;

/// <summary>Tells on the terminal what a person who typed <c>dotnet run</c> wants to know: where the dashboard is, what
/// is healthy, how the sample goes and what it found, and what goes wrong. Everything else is in the
/// dashboard.</summary>
internal sealed partial class ConsoleStory(
    ResourceNotificationService notifications, ResourceLoggerService logs, EndpointsRecord endpoints, IHostApplicationLifetime lifetime,
    TextWriter terminal)
    : IDistributedApplicationEventingSubscriber
{
    private const string Pages = "web";

    // Of what is not ours: a container without an engine, a parameter without a value.
    private static readonly HashSet<string> Failed =
        [KnownResourceStates.FailedToStart, KnownResourceStates.RuntimeUnhealthy, KnownResourceStates.ValueMissing];

    private readonly HashSet<string> _failed = [];
    private readonly HashSet<string> _healthy = [];
    private readonly Dictionary<string, string> _states = [];
    private List<ProjectResource> _projects = [];
    private ConsoleLines _lines = null!;
    private string? _dashboard;

    // A hosted service of ours would begin only when everything has been started.
    public Task SubscribeAsync(
        IDistributedApplicationEventing eventing, DistributedApplicationExecutionContext context, CancellationToken cancellationToken)
    {
        eventing.Subscribe<BeforeStartEvent>((start, cancellation) =>
        {
            _projects = [.. start.Model.Resources.OfType<ProjectResource>()];
            _lines = ConsoleLines.On(terminal, [.. _projects.Select(resource => resource.Name)]);
            _ = Tell(lifetime.ApplicationStopping);
            return Task.CompletedTask;
        });
        return Task.CompletedTask;
    }

    private async Task Tell(CancellationToken stopping)
    {
        try
        {
            await Task.WhenAll([FollowStates(stopping), .. _projects.Select(resource => FollowLog(resource, stopping))]);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested) { } // the story ends with the host
        catch (Exception fault)
        {
            _lines.Write(ConsoleLines.Host, $"This terminal no longer shows progress ({fault.Message}); see the dashboard.");
        }
    }

    private async Task FollowStates(CancellationToken stopping)
    {
        await foreach (var change in notifications.WatchAsync(stopping))
        {
            if (change.Resource.Name == DashboardAddress.ResourceName) FollowDashboard(change.Snapshot);
            else if (change.Resource is ProjectResource resource) Follow(resource, change.Snapshot);
            else if (change.Snapshot.State?.Text is { } state && Failed.Contains(state) && _failed.Add(change.Resource.Name))
            {
                _lines.Write(ConsoleLines.Host, $"{change.Resource.Name} did not start ({state}); see its log in the dashboard.");
            }
        }
    }

    private void FollowDashboard(CustomResourceSnapshot snapshot)
    {
        var state = snapshot.State?.Text ?? "";
        if (_dashboard is not null && KnownResourceStates.TerminalStates.Contains(state))
        {
            _lines.Write(ConsoleLines.Host, "The dashboard has stopped; the services keep running. Restart the AppHost to get it back.");
            _dashboard = null;
        }
        else if (_dashboard is null && state == KnownResourceStates.Running && DashboardAddress.Of(snapshot) is { } address)
        {
            endpoints.Add(_dashboard = address);
            _lines.Write(ConsoleLines.Host, $"Dashboard with resources, logs, traces and metrics: {address}");
        }
    }

    private void Follow(ProjectResource resource, CustomResourceSnapshot snapshot)
    {
        var state = snapshot.State?.Text ?? "";
        var before = _states.GetValueOrDefault(resource.Name);
        _states[resource.Name] = state;
        if (state != before && KnownResourceStates.TerminalStates.Contains(state) && snapshot.ExitCode is not (null or 0))
            _lines.Write(resource.Name, $"ended with exit code {snapshot.ExitCode}{(resource.IsService() ? "; restarting it" : "")}");
        if (!resource.IsService()) return;
        if (state != KnownResourceStates.Running) _healthy.Remove(resource.Name);
        else if (snapshot.HealthStatus == HealthStatus.Healthy && _healthy.Add(resource.Name))
        {
            _lines.Write(
                resource.Name,
                $"healthy after {SinceStart.TotalSeconds:0.0} s ({_healthy.Count} of {_projects.Count(one => one.IsService())})");
            if (resource.Name == Pages) _lines.Write(Pages, $"Datasets, runs and verdicts in the browser: {Address(resource)}");
        }
    }

    private static string Address(ProjectResource resource) =>
        new EndpointReference(resource, ServiceComposition.HttpEndpoint).Url;

    // Of the process: what went before is time a person waited too.
    private static TimeSpan SinceStart
    {
        get
        {
            using var self = Process.GetCurrentProcess();
            return DateTime.Now - self.StartTime;
        }
    }

    // Tasks speak to the person; of a service's log only what goes wrong is worth a line here.
    private async Task FollowLog(ProjectResource resource, CancellationToken stopping)
    {
        await foreach (var batch in logs.WatchAsync(resource).WithCancellation(stopping))
            foreach (var line in batch)
            {
                var text = Text(line.Content);
                if (OfTheHost().IsMatch(text)) continue;
                if (!resource.IsService() || line.IsErrorMessage || Wrong().IsMatch(text)) _lines.Write(resource.Name, text);
            }
    }

    private static string Text(string content) => Timestamp().Replace(content, "");

    // DCP puts the time in front of each line.
    [GeneratedRegex(@"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d+Z ?")]
    private static partial Regex Timestamp();

    // What Aspire and DCP write into a resource's own log. Should a later version word it otherwise, these lines come
    // back, no more.
    [GeneratedRegex("^(\\[sys\\] |Waiting for resource |Finished waiting for resource |No custom certificate authorities )")]
    private static partial Regex OfTheHost();

    // As the services' own log lines begin: time, level, category.
    [GeneratedRegex(@"^[\d:.]+ (WARN|ERROR|FATAL) ")]
    private static partial Regex Wrong();
}
