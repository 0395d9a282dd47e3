using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Grpc.Net.Client;
using Ipo.ClipScorer;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using ScorerClient = Ipo.V1.ClipScorerService.ClipScorerServiceClient;

namespace Ipo.Tests.ClipScorer.ServiceTests;

/// <summary>The whole scorer service in this process, with ipo-tiny, spoken to over gRPC; it counts what the service's metrics count.</summary>
public sealed class ScorerServer : IAsyncDisposable
{
    private readonly Factory _factory;
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _counts = new();

    /// <summary>A server on default settings, for a class fixture.</summary>
    public ScorerServer() : this([]) { }

    /// <param name="settings">Pairs of configuration path and value.</param>
    internal ScorerServer(params (string Path, string Value)[] settings)
    {
        _factory = new(settings);
        var scope = _factory.Services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Ipo.ClipScorer" && instrument.Meter.Scope == scope) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            var name = instrument.Name["ipo.clip_scorer.".Length..];
            foreach (var tag in tags) name += $":{tag.Value}";
            _counts.AddOrUpdate(name, value, (_, sum) => sum + value);
        });
        _listener.Start();
        Http = _factory.CreateClient();
        Client = new(GrpcChannel.ForAddress("http://scorer", new() { HttpHandler = _factory.Server.CreateHandler(), MaxReceiveMessageSize = null }));
    }

    public ScorerClient Client { get; }

    public HttpClient Http { get; }

    /// <summary>The sum of a counter so far, for instance "embeddings.found:memory".</summary>
    public long Counted(string name) => _counts.GetValueOrDefault(name);

    /// <summary>The client, once the checkpoint is loaded.</summary>
    public async Task<ScorerClient> ReadyAsync()
    {
        while (!(await Http.GetAsync(new Uri("/health/ready", UriKind.Relative))).IsSuccessStatusCode) await Task.Delay(50);
        return Client;
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        Http.Dispose();
        await _factory.DisposeAsync();
    }

    private sealed class Factory((string Path, string Value)[] settings) : WebApplicationFactory<CheckpointLoader>
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            builder.UseSetting("IPO_GRPC_PORT", "0").UseSetting("IPO_HTTP_PORT", "0");
            builder.UseSetting("Ipo:ClipScorer:Device", "Cpu").UseSetting("Logging:LogLevel:Default", "None").UseSetting("Logging:LogLevel:Microsoft", "None");
            foreach (var (path, value) in settings) builder.UseSetting(path, value);
        }
    }
}
