using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Ipo.LocalHosting.Running;

namespace Ipo.Tests.LocalHosting;

/// <summary>A composition that runs inside the test, with a home folder of its own, stopped at the end of the test.</summary>
internal sealed class RunningHost : IAsyncDisposable
{
    /// <summary>Far above what anything here takes: a busy machine must not fail a test.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly CancellationTokenSource _stop = new();
    private readonly StringWriter _output = new();
    private readonly TemporaryFolder _home = new();
    private readonly Task _running;

    private RunningHost(Action<IDistributedApplicationBuilder> compose)
    {
        var builder = new DistributedApplicationBuilder([]);
        builder.Configuration["IPO_HOME"] = _home.Path;
        compose(builder);
        Run = new LocalRun(builder.Configuration, [.. builder.Resources], new ConsoleLog(TextWriter.Synchronized(_output), colour: false));
        _running = Run.RunAsync(_stop.Token);
    }

    public LocalRun Run { get; }

    public HttpClient Http { get; } = new() { Timeout = Patience };

    public string Home => _home.Path;

    public string Output
    {
        get { lock (_output) return _output.ToString(); }
    }

    /// <summary>Composes and starts; does not wait for health.</summary>
    public static RunningHost Start(Action<IDistributedApplicationBuilder> compose) => new(compose);

    public static async Task<RunningHost> Healthy(Action<IDistributedApplicationBuilder> compose)
    {
        var host = Start(compose);
        try
        {
            await host.Until(() => host.Run.AllHealthy.IsCompleted);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    public Replica this[string name] => Run.Replicas.Single(replica => replica.Name == name);

    public Uri Address(string resource, string endpoint = "http") =>
        new(this[resource].Resource.Endpoints.Single(one => one.Name == endpoint).UrlOf(this[resource].Index));

    public Task<string> Get(string resource, string path) => Http.GetStringAsync(new Uri(Address(resource), path));

    public async Task Until(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!condition())
        {
            if (_running.IsFaulted) await _running;
            if (patience.IsCancellationRequested) throw new TimeoutException($"Not within {Patience.TotalSeconds} s. The host wrote:\n{Output}");
            await Task.Delay(20, CancellationToken.None);
        }
    }

    public async Task Stop()
    {
        await _stop.CancelAsync();
        await _running;
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        await Run.DisposeAsync();
        _stop.Dispose();
        Http.Dispose();
        _home.Dispose();
    }
}

internal static class TestResources
{
    private static readonly string Project = Path.Combine(Shared.Repository, "tests", "Ipo.TestResource", "Ipo.TestResource.csproj");

    /// <summary>A service as ours are, with both ports and a health check.</summary>
    public static IResourceBuilder<ProjectResource> AddService(this IDistributedApplicationBuilder builder, string name) =>
        builder.AddProject(name, Project).WithArgs("service")
            .WithEndpoint(scheme: "http", name: "grpc", env: "IPO_GRPC_PORT")
            .WithHttpEndpoint(env: "IPO_HTTP_PORT")
            .WithHttpHealthCheck("/health/ready");

    /// <summary>A task that prints the words and ends with the exit code.</summary>
    public static IResourceBuilder<ProjectResource> AddTask(this IDistributedApplicationBuilder builder, string name, int exitCode, params string[] words) =>
        builder.AddProject(name, Project).WithArgs(["task", exitCode, .. words]);
}

internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("ipo-test-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
