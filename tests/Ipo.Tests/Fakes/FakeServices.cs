using Grpc.Net.Client;
using Ipo.Orchestrator.Clients;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ipo.Tests.Fakes;

/// <summary>The three services that the orchestrator calls, over real gRPC in this process.</summary>
internal sealed class FakeServices : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly GrpcChannel _channel;

    private FakeServices(WebApplication app)
    {
        _app = app;
        var server = app.GetTestServer();
        _channel = GrpcChannel.ForAddress(server.BaseAddress, new GrpcChannelOptions { HttpHandler = server.CreateHandler(), MaxReceiveMessageSize = null });
    }

    public FakeScorer Scorer { get; private init; } = null!;

    /// <summary>Calls that scorer.</summary>
    public Ipo.V1.ClipScorerService.ClipScorerServiceClient ScorerCalls => new(_channel);

    public FakePromptGen PromptGen { get; private init; } = null!;

    public FakeCaptioner Captioner { get; private init; } = null!;

    public static async Task<FakeServices> StartAsync()
    {
        var (scorer, promptGen, captioner) = (new FakeScorer(), new FakePromptGen(), new FakeCaptioner());
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(scorer).AddSingleton(promptGen).AddSingleton(captioner);
        builder.Services.AddGrpc(grpc => grpc.MaxReceiveMessageSize = 64 * 1024 * 1024);
        var app = builder.Build();
        app.MapGrpcService<FakeScorer>();
        app.MapGrpcService<FakePromptGen>();
        app.MapGrpcService<FakeCaptioner>();
        await app.StartAsync();
        return new(app) { Scorer = scorer, PromptGen = promptGen, Captioner = captioner };
    }

    /// <summary>Registers clients of these services.</summary>
    public void AddClients(IServiceCollection services) => services
        .AddSingleton(ScorerCalls)
        .AddSingleton(new ComparisonScorers([]))
        .AddSingleton(new Ipo.V1.PromptGenService.PromptGenServiceClient(_channel))
        .AddSingleton(new Ipo.V1.CaptionerService.CaptionerServiceClient(_channel));

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _app.DisposeAsync();
    }
}
