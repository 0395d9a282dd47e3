using Grpc.Core;
using Ipo.Keys;
using Ipo.Optimization.Settings;
using Ipo.Orchestrator.Access;
using Ipo.Orchestrator.Clients;
using Ipo.Orchestrator.Configuration;
using Ipo.Orchestrator.Contract;
using Ipo.Orchestrator.Datasets;
using Microsoft.Extensions.Options;

namespace Ipo.Orchestrator;

/// <summary>What the system is made of, over gRPC.</summary>
internal sealed class SystemService(
    DatasetRoots roots, ScorerClient scorer, ProviderClient providers, IOptions<OrchestratorOptions> options, TimeProvider clock)
    : V1.SystemService.SystemServiceBase
{
    [ForRole(Role.Read)]
    public override async Task<V1.GetSystemResponse> GetSystem(V1.GetSystemRequest request, ServerCallContext context)
    {
        var retry = RetryPolicy.ForRequest(clock);
        var model = scorer.GetModelAsync(retry, context.CancellationToken);
        var proposers = providers.ListProposersAsync(retry, context.CancellationToken);
        var captioner = providers.FindCaptionerAsync(retry, context.CancellationToken);
        await Task.WhenAll(model, proposers, captioner);
        var response =
            new V1.GetSystemResponse
            {
                Model = await model,
                Captioner = await captioner,
                IpoVersion = IpoVersion.Text,
                WebAddress = options.Value.WebAddress.TrimEnd('/'),
            };
        response.Proposers.AddRange(await proposers);
        response.Presets.AddRange(Presets.Names);
        response.DatasetRoots.AddRange(roots.Folders);
        return response;
    }
}
