using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Ipo.LocalHosting.Page;
using Ipo.LocalHosting.Telemetry;
using Microsoft.Extensions.Configuration;

namespace Ipo.LocalHosting.Running;

/// <summary>Runs a composition once: everything is checked first, then started in the order of who waits for whom, watched, and
/// stopped with those first that others do not need.</summary>
internal sealed class LocalRun(IConfiguration configuration, IReadOnlyList<IResource> resources, ConsoleLog console, TimeProvider? clock = null) : IAsyncDisposable
{
    /// <summary>The name under which the host itself speaks.</summary>
    public const string HostName = "host";

    private readonly List<Replica> _replicas = [];
    private readonly TaskCompletionSource _allHealthy = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private HomeFolder? _home;
    private HostPage? _page;

    public TimeProvider Clock { get; } = clock ?? TimeProvider.System;

    public LogBook Logs { get; } = new(clock ?? TimeProvider.System);

    public TraceBook Traces { get; } = new();

    public MetricBook Metrics { get; } = new();

    /// <summary>For health checks; a proxy set for the outside world has no business between two processes here.</summary>
    public HttpClient Http { get; } = new(new SocketsHttpHandler { UseProxy = false });

    public IReadOnlyList<Replica> Replicas => _replicas;

    /// <summary>The page's address, once <see cref="RunAsync"/> serves it.</summary>
    public Uri? PageAddress => _page?.Address;

    /// <summary>Where telemetry is received, once <see cref="RunAsync"/> does.</summary>
    public string? TelemetryAddress => _page?.TelemetryAddress;

    public DateTimeOffset Started { get; private set; }

    /// <summary>Done when every service has been healthy once.</summary>
    public Task AllHealthy => _allHealthy.Task;

    public IEnumerable<Replica> ReplicasOf(ProcessResource resource) => _replicas.Where(replica => replica.Resource == resource);

    /// <summary>Runs until <paramref name="stopping"/>; <paramref name="killing"/> cuts the graceful stop short.</summary>
    /// <exception cref="DistributedApplicationException">The composition cannot be run; nothing has been started.</exception>
    public async Task RunAsync(CancellationToken stopping, CancellationToken killing = default)
    {
        Started = Clock.GetUtcNow();
        var from = Clock.GetTimestamp();
        var processes = resources.OfType<ProcessResource>().ToList();
        StartOrder.Check(processes);
        _home = HomeFolder.Open(configuration);
        var commands = processes.ToDictionary(resource => resource, resource => resource.Command());
        var ports = new FreePorts();
        AssignPorts(processes, ports);
        _page = await HostPage.Start(this, configuration, ports, stopping);
        var secrets = Secrets();
        foreach (var resource in processes)
        {
            for (var index = 0; index < resource.Replicas; index++)
            {
                _replicas.Add(new(resource, index, commands[resource], await ChildEnvironment.Arguments(resource),
                    await ChildEnvironment.Of(resource, index, _page.TelemetryAddress), secrets, this));
            }
        }
        console.Expect([HostName, .. _replicas.Select(replica => replica.Name)]);
        _home.Write(_page.Address.ToString().TrimEnd('/'), processes);
        Say($"Resources, logs and traces: {_page.Address}");

        var running = StartOrder.RunAll(_replicas, stopping, killing);
        _ = Announce(from, stopping);
        await running;
    }

    /// <summary>Keeps and prints a line of a resource.</summary>
    public void Record(string resource, string text, bool isError) => console.Write(Logs.Add(resource, text, isError));

    /// <summary>Keeps and prints a line of the host itself.</summary>
    public void Say(string text) => Record(HostName, text, isError: false);

    public async ValueTask DisposeAsync()
    {
        if (_page is not null) await _page.DisposeAsync();
        _home?.Dispose();
        Http.Dispose();
    }

    private async Task Announce(long from, CancellationToken stopping)
    {
        var services = _replicas.Where(replica => !replica.Resource.IsTask).ToList();
        try
        {
            await Task.WhenAll(services.Select(replica => replica.Ready)).WaitAsync(stopping);
        }
        catch (OperationCanceledException)
        {
            return; // stopped before
        }
        Say($"{services.Count} of {services.Count} resources are healthy after {Clock.GetElapsedTime(from).TotalSeconds:0.0} s");
        _allHealthy.TrySetResult();
    }

    private static void AssignPorts(IEnumerable<ProcessResource> processes, FreePorts free)
    {
        foreach (var resource in processes)
            foreach (var endpoint in resource.Endpoints)
                endpoint.Assign([.. Enumerable.Range(0, resource.Replicas).Select(replica => replica == 0 && endpoint.Port is { } asked ? asked : free.Take())]);
    }

    private HashSet<string> Secrets() =>
        [.. resources.OfType<ParameterResource>().Where(parameter => parameter.Secret).Select(parameter => parameter.Peek()).OfType<string>()];
}
