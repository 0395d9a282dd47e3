using System.Diagnostics;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Grpc.Net.Client;
using Ipo.V1;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Ipo.IntegrationTests;

/// <summary>The composition that a user starts, through Aspire.Hosting.Testing: the AppHost inside this process, everything else as
/// processes of their own, with a home folder of its own.</summary>
public sealed class RunningSystem : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private readonly DistributedApplication _application;
    private readonly StringWriter _output;
    private readonly GrpcChannel _channel;

    private RunningSystem(DistributedApplication application, string home, StringWriter output)
    {
        (_application, Home, _output) = (application, home, output);
        _channel = GrpcChannel.ForAddress(application.GetEndpoint("orchestrator", "grpc"));
    }

    /// <summary>The system's IPO_HOME; it is deleted with the system.</summary>
    public string Home { get; }

    /// <summary>What a person would see on the terminal.</summary>
    public string Output
    {
        get { lock (_output) return _output.ToString(); }
    }

    /// <summary>A client of the orchestrator; its address survives the orchestrator's restarts.</summary>
    public IpoClient Client => new(_channel);

    private ResourceNotificationService Notifications => _application.Services.GetRequiredService<ResourceNotificationService>();

    private IEnumerable<ProjectResource> Projects => _application.Services.GetRequiredService<DistributedApplicationModel>().Resources.OfType<ProjectResource>();

    /// <summary>The names of the services.</summary>
    public IReadOnlyList<string> Services => [.. Projects.Where(project => project.Annotations.OfType<HealthCheckAnnotation>().Any()).Select(project => project.Name)];

    /// <summary>Starts a system and waits until every service is healthy.</summary>
    /// <param name="cancellation">Ends the wait.</param>
    /// <param name="settings">What a person would set in the environment.</param>
    public static Task<RunningSystem> StartAsync(CancellationToken cancellation, params (string Name, string Value)[] settings) =>
        StartAsync(_ => { }, cancellation, settings);

    /// <summary>Starts a system and waits until every service is healthy.</summary>
    /// <param name="change">Changes what the AppHost has composed.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <param name="settings">What a person would set in the environment.</param>
    public static async Task<RunningSystem> StartAsync(
        Action<IDistributedApplicationTestingBuilder> change, CancellationToken cancellation, params (string Name, string Value)[] settings)
    {
        var home = Directory.CreateTempSubdirectory("ipo-").FullName;
        // The tests say themselves what is run.
        var all = new Dictionary<string, string> { ["IPO_HOME"] = home, ["IPO_SAMPLE"] = "none", ["IPO_DATASETS"] = home };
        foreach (var (name, value) in settings) all[name] = value;
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Ipo_AppHost>(
            [.. all.Select(setting => $"--{setting.Key}={setting.Value}")], (options, _) => options.DisableDashboard = false, cancellation);
        change(builder);
        var output = new StringWriter();
        builder.Services.AddSingleton(TextWriter.Synchronized(output));
        builder.Services.AddLogging(logging => logging.AddFilter("Ipo.AppHost.Resources", LogLevel.None)); // LogAsync has them
        var application = await builder.BuildAsync(cancellation);
        try
        {
            await application.StartAsync(cancellation);
            var system = new RunningSystem(application, home, output);
            foreach (var service in system.Services) await system.HealthyAsync(service, cancellation);
            return system;
        }
        catch (Exception fault)
        {
            await application.DisposeAsync();
            throw new InvalidOperationException($"The system did not start.\n{output}", fault);
        }
    }

    /// <summary>Where a service listens.</summary>
    public Uri Address(string resource, string endpoint) => _application.GetEndpoint(resource, endpoint);

    /// <summary>The dashboard's address with its token.</summary>
    public async Task<Uri> DashboardAsync(CancellationToken cancellation)
    {
        var ready = await Notifications.WaitForResourceAsync("aspire-dashboard", state => state.Snapshot.Urls.Any(IsPage), cancellation);
        return new(ready.Snapshot.Urls.First(IsPage).Url);

        static bool IsPage(UrlSnapshot url) => url is { Name: "http" or "https", IsInactive: false };
    }

    /// <summary>What the dashboard has received, by its own API: "traces", "spans" or "logs", as OTLP in JSON.</summary>
    public async Task<string> TelemetryAsync(string kind, CancellationToken cancellation)
    {
        using var http = new HttpClient { BaseAddress = await DashboardAsync(cancellation) };
        http.DefaultRequestHeaders.Add("x-api-key", _application.Services.GetRequiredService<IConfiguration>()["AppHost:DashboardApiKey"]);
        return await http.GetStringAsync(new Uri($"/api/telemetry/{kind}?limit=10000", UriKind.Relative), cancellation);
    }

    /// <summary>All spans that the dashboard has received.</summary>
    public async Task<IReadOnlyList<ReceivedSpan>> SpansAsync(CancellationToken cancellation) => ReceivedSpan.Read(await TelemetryAsync("spans", cancellation));

    /// <summary>The whole console log of a resource.</summary>
    public async Task<string> LogAsync(string resource)
    {
        var logs = _application.Services.GetRequiredService<ResourceLoggerService>();
        var lines = new List<string>();
        await foreach (var batch in logs.GetAllAsync(Projects.Single(project => project.Name == resource))) lines.AddRange(batch.Select(line => line.Content));
        return string.Join('\n', lines);
    }

    /// <summary>Asks a command of a resource, as its button in the dashboard does.</summary>
    public Task<ExecuteCommandResult> CommandAsync(string resource, string command, CancellationToken cancellation) =>
        _application.ResourceCommands.ExecuteCommandAsync(Projects.Single(project => project.Name == resource), command, cancellation);

    /// <summary>The process of a running resource.</summary>
    public async Task<int> ProcessOfAsync(string resource, CancellationToken cancellation) =>
        ProcessOf(await Notifications.WaitForResourceAsync(resource, IsRunning, cancellation))!.Value;

    /// <summary>Waits until a task has ended.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int?> EndedAsync(string task, CancellationToken cancellation) =>
        (await Notifications.WaitForResourceAsync(task, state => KnownResourceStates.TerminalStates.Contains(state.Snapshot.State?.Text ?? ""), cancellation)).Snapshot.ExitCode;

    /// <summary>Kills a service as <c>kill -9</c> does.</summary>
    /// <returns>The process that was killed, for <see cref="RestartedAsync"/>.</returns>
    public async Task<int> KillAsync(string resource, CancellationToken cancellation)
    {
        var process = await ProcessOfAsync(resource, cancellation);
        Process.GetProcessById(process).Kill();
        return process;
    }

    /// <summary>Waits until a killed service runs as another process and is healthy.</summary>
    public Task RestartedAsync(string resource, int killed, CancellationToken cancellation) =>
        Notifications.WaitForResourceAsync(resource, state => IsHealthy(state) && ProcessOf(state) != killed, cancellation);

    /// <summary>Waits until a service is healthy.</summary>
    public Task HealthyAsync(string resource, CancellationToken cancellation) => Notifications.WaitForResourceAsync(resource, IsHealthy, cancellation);

    /// <summary>Runs the command line to its end against this system.</summary>
    public Task<CommandResult> IpoAsync(CancellationToken cancellation, params string[] arguments) => IpoCommand.RunAsync(Home, cancellation, arguments);

    /// <summary>Waits until something is so.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition, CancellationToken cancellation)
    {
        while (!await condition()) await Task.Delay(Look, cancellation);
    }

    /// <summary>Stops everything; the home folder stays.</summary>
    public Task StopAsync() => _application.StopAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _application.DisposeAsync();
        if (Directory.Exists(Home)) Directory.Delete(Home, recursive: true);
    }

    private static bool IsRunning(ResourceEvent state) => state.Snapshot.State?.Text == KnownResourceStates.Running && ProcessOf(state) is not null;

    private static bool IsHealthy(ResourceEvent state) => IsRunning(state) && state.Snapshot.HealthStatus == HealthStatus.Healthy;

    private static int? ProcessOf(ResourceEvent state) =>
        state.Snapshot.Properties.FirstOrDefault(property => property.Name == "executable.pid")?.Value as int?;
}
