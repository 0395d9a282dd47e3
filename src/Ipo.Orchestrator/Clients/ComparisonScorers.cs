using Grpc.Net.ClientFactory;
using Ipo.ServiceDefaults;

namespace Ipo.Orchestrator.Clients;

/// <summary>Further scorers, each with a checkpoint of its own, that runs do not use: what a run found is scored on them
/// to see whether it travels.</summary>
/// <param name="Clients">One for each.</param>
internal sealed record ComparisonScorers(IReadOnlyList<ScorerClient> Clients)
{
    /// <summary>What their services' names begin with: each is found by its address in configuration, for instance
    /// <c>services:comparison-scorer-siglip:grpc:0</c>.</summary>
    public const string Prefix = "comparison-scorer";

    /// <summary>Registers those in configuration. To be called before the scorer of runs is registered: who asks for a
    /// client without a name gets the last one.</summary>
    public static void Add(IHostApplicationBuilder builder)
    {
        string[] services =
        [
            .. builder.Configuration.GetSection("services").GetChildren().Select(service => service.Key)
                .Where(name => name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)),
        ];
        foreach (var service in services) builder.AddIpoGrpcClient<V1.ClipScorerService.ClipScorerServiceClient>(service);
        builder.Services.AddSingleton(provider =>
        {
            var clients = provider.GetRequiredService<GrpcClientFactory>();
            return new ComparisonScorers(
            [
                .. services.Select(
                    service => new ScorerClient(
                        clients.CreateClient<V1.ClipScorerService.ClipScorerServiceClient>(service),
                        provider.GetRequiredKeyedService<Replicas>(service), service)),
            ]);
        });
    }
}
