using System.Net;
using Grpc.Core;
using Grpc.Net.Client;
using Ipo.Optimization.State;
using Ipo.Orchestrator;
using Ipo.Orchestrator.Configuration;
using Ipo.Orchestrator.Datasets;
using Ipo.Orchestrator.Journal;
using Ipo.Orchestrator.Runs;
using Ipo.ServiceDefaults;
using Ipo.Tests.Fakes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Ipo.Tests.Orchestrator;

/// <summary>A real orchestrator in this process, with the services it calls as fakes.</summary>
internal sealed class OrchestratorLab : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly GrpcChannel _channel;

    private OrchestratorLab(WebApplication app)
    {
        _app = app;
        _channel = app.Services.GetRequiredService<IServer>() is TestServer server
            ? GrpcChannel.ForAddress(
                server.BaseAddress, new GrpcChannelOptions { HttpHandler = server.CreateHandler(), MaxReceiveMessageSize = null })
            : GrpcChannel.ForAddress(app.Urls.Single());
        Client = new(_channel);
    }

    public V1.IpoClient Client { get; }

    /// <summary>Where it listens, served over a real connection.</summary>
    public string Address => _app.Urls.Single();

    public RunStore Book => _app.Services.GetRequiredService<RunStore>();

    public IServiceProvider Services => _app.Services;

    public HttpClient Http => _app.GetTestClient();

    public HttpMessageHandler Handler => _app.GetTestServer().CreateHandler();

    /// <summary>Starts it. The dataset roots are <c>data</c> in the folder.</summary>
    /// <param name="kestrel">Serves over a real connection, for what only a real server does: wait for open calls when it stops.</param>
    /// <param name="configuration">Settings that are read before services are made.</param>
    /// <param name="services">Registrations to add at last, for real services in place of fakes.</param>
    public static async Task<OrchestratorLab> StartAsync(
        TempFolder folder, FakeServices fakes, IRunJournal? journal = null, TimeProvider? clock = null,
        Action<OrchestratorOptions>? options = null,
        bool kestrel = false,
        Action<IServiceCollection>? services = null, IReadOnlyDictionary<string, string?>? configuration = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(configuration ?? new Dictionary<string, string?>());
        if (kestrel) builder.WebHost.ConfigureKestrel(
            server => server.Listen(IPAddress.Loopback, 0, port => port.Protocols = HttpProtocols.Http2));
        else builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        GrpcServing.Add(builder.Services);
        builder.AddOrchestrator();
        builder.Services.Configure<OrchestratorOptions>(set =>
        {
            set.DataDirectory = Path.Combine(folder, "state");
            set.DatasetRoots.Add(Path.Combine(folder, "data"));
            set.StopGrace = TimeSpan.FromSeconds(1);
            options?.Invoke(set);
        });
        fakes.AddClients(builder.Services);
        services?.Invoke(builder.Services);
        if (journal is not null) builder.Services.AddSingleton(journal);
        if (clock is not null) builder.Services.AddSingleton(clock);
        var app = builder.Build();
        app.MapOrchestrator();
        await app.StartAsync();
        return new(app);
    }

    /// <summary>Stops it and leaves its clients connected.</summary>
    public Task StopAsync() => _app.StopAsync();

    /// <summary>Registers the folder of that name under the root.</summary>
    public async Task<V1.Dataset> RegisterAsync(string name, string handWrittenTemplate = "") =>
        (await Client.Datasets.RegisterDatasetAsync(new() { Path = name, HandWrittenTemplate = handWrittenTemplate })).Dataset;

    /// <summary>The images of the current dataset of a name.</summary>
    public IReadOnlyList<DatasetImage> ImagesOf(string dataset) => Services.GetRequiredService<DatasetStore>().Get(dataset).Images;

    /// <summary>What is kept of them, an image a line and by path: the path, the label and the split.</summary>
    public IEnumerable<string> LinesOf(string dataset) =>
        ImagesOf(dataset).OrderBy(image => image.Path, StringComparer.Ordinal).Select(image => $"{image.Path} {image.Label} {image.Split}");

    /// <summary>Creates a run.</summary>
    public async Task<V1.Run> CreateAsync(V1.RunSettings settings, string runId = "") =>
        (await Client.Runs.CreateRunAsync(
            new() { RunId = runId, Settings = settings }, cancellationToken: TestContext.Current.CancellationToken)).Run;

    /// <summary>Watches a run to its end and gives all that was said of it.</summary>
    public async Task<List<V1.Run>> WatchAsync(string runId)
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var watch = Client.Runs.WatchRun(new() { RunId = runId }, cancellationToken: cancellation);
        return await watch.ResponseStream.ReadAllAsync(cancellation).Select(response => response.Run).ToListAsync(cancellation);
    }

    /// <summary>Calls what must be refused with a code, and gives the words of the refusal.</summary>
    public static async Task<string> RefusedAsync(StatusCode code, Func<Task> call)
    {
        var refused = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal(code, refused.StatusCode);
        return refused.Status.Detail;
    }

    /// <summary>Waits until a run is no longer running.</summary>
    public async Task<RunState> EndAsync(string runId)
    {
        for (var waited = 0; waited < 3000; waited++)
        {
            if (await Book.FindAsync(runId, TestContext.Current.CancellationToken) is { State.IsRunning: false } view) return view.State;
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
        throw new TimeoutException($"Run {runId} did not end; it says '{(await Book.GetAsync(runId, default)).Activity}'.");
    }

    /// <summary>Waits until something is so.</summary>
    public static async Task UntilAsync(Func<bool> so)
    {
        for (var waited = 0; waited < 3000 && !so(); waited++) await Task.Delay(10, TestContext.Current.CancellationToken);
        Assert.True(so(), "it did not become so in 30 s");
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
