using Grpc.Core;
using Ipo.Orchestrator.Contract;
using Ipo.Orchestrator.Errors;

namespace Ipo.Orchestrator.Datasets;

/// <summary>Datasets over gRPC.</summary>
internal sealed class DatasetService(DatasetRegistration registration, DatasetStore datasets) : V1.DatasetService.DatasetServiceBase
{
    public override async Task<V1.RegisterDatasetResponse> RegisterDataset(V1.RegisterDatasetRequest request, ServerCallContext context) =>
        new()
        {
            Dataset = DatasetMessages.Of(
            await registration.RegisterAsync(request.Name, request.Path, request.HandWrittenTemplate, context.CancellationToken))
        };

    public override Task<V1.ListDatasetsResponse> ListDatasets(V1.ListDatasetsRequest request, ServerCallContext context)
    {
        var page = Paging<Dataset>.Of(datasets.List(), dataset => dataset.Name, request.PageSize, request.PageToken);
        return Task.FromResult(new V1.ListDatasetsResponse
        {
            Datasets = { page.Entries.Select(DatasetMessages.Of) },
            NextPageToken = page.NextToken,
        });
    }

    public override Task<V1.GetDatasetResponse> GetDataset(V1.GetDatasetRequest request, ServerCallContext context) =>
        request.Name.Length == 0
            ? throw RefusedException.InvalidField("name", "is empty; give the name of a registered dataset.")
            : Task.FromResult(new V1.GetDatasetResponse { Dataset = DatasetMessages.Of(datasets.Get(request.Name)) });
}
