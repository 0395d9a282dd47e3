using Grpc.Core;
using Ipo.Optimization.Settings;
using Ipo.Orchestrator.Datasets;
using Ipo.Orchestrator.Reports;
using Ipo.Orchestrator.Runs;
using Ipo.Orchestrator.Services;

namespace Ipo.Orchestrator;

/// <summary>What the system is made of, over gRPC.</summary>
internal sealed class SystemService(DatasetRoots roots, Scorer scorer, Providers providers, TimeProvider clock) : V1.SystemService.SystemServiceBase
{
    public override async Task<V1.GetSystemResponse> GetSystem(V1.GetSystemRequest request, ServerCallContext context)
    {
        var patience = Patience.OfARequest(clock);
        var model = scorer.GetModelAsync(patience, context.CancellationToken);
        var proposers = providers.ListProposersAsync(patience, context.CancellationToken);
        var captioner = providers.GetCaptionerAsync(patience, context.CancellationToken);
        await Task.WhenAll(model, proposers, captioner);
        var response =
            new V1.GetSystemResponse
            {
                Model = await model,
                Captioner = RunMessages.Captioner(await captioner),
                IpoVersion = RunReports.Version
            };
        response.Proposers.AddRange(await proposers);
        response.Presets.AddRange(Presets.Names);
        response.DatasetRoots.AddRange(roots.Folders);
        return response;
    }
}
