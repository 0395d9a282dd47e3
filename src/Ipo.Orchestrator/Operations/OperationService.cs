using System.Globalization;
using Grpc.Core;
using Ipo.Orchestrator.Contract;
using Ipo.Orchestrator.Errors;

namespace Ipo.Orchestrator.Operations;

/// <summary>Operations over gRPC.</summary>
internal sealed class OperationService(OperationHost host) : V1.OperationService.OperationServiceBase
{
    public override Task<V1.CreateOperationResponse> CreateOperation(V1.CreateOperationRequest request, ServerCallContext context) =>
        Task.FromResult(new V1.CreateOperationResponse { Operation = host.Create(request) });

    public override Task<V1.GetOperationResponse> GetOperation(V1.GetOperationRequest request, ServerCallContext context) =>
        Task.FromResult(new V1.GetOperationResponse { Operation = host.Get(request.OperationId) });

    public override Task<V1.ListOperationsResponse> ListOperations(V1.ListOperationsRequest request, ServerCallContext context)
    {
        if (request.States.Contains(V1.OperationState.Unspecified))
            throw RefusedException.InvalidField("states", "holds OPERATION_STATE_UNSPECIFIED; name states, or none for all.");
        var chosen = host.List().Where(operation => request.States.Count == 0 || request.States.Contains(operation.State))
            .OrderBy(NewestFirst, StringComparer.Ordinal);
        var page = Paging<V1.Operation>.Of(chosen, NewestFirst, request.PageSize, request.PageToken);
        foreach (var operation in page.Entries)
        {
            operation.Evaluation?.PromptSets.Clear();
            if (operation.Scores is not null) operation.ClearResult();
        }
        return Task.FromResult(new V1.ListOperationsResponse { Operations = { page.Entries }, NextPageToken = page.NextToken });
    }

    public override async Task WatchOperation(
        V1.WatchOperationRequest request, IServerStreamWriter<V1.WatchOperationResponse> responseStream, ServerCallContext context)
    {
        await foreach (var operation in host.WatchAsync(request.OperationId, context.CancellationToken))
            await responseStream.WriteAsync(new() { Operation = operation }, context.CancellationToken);
    }

    public override async Task<V1.CancelOperationResponse> CancelOperation(V1.CancelOperationRequest request, ServerCallContext context) =>
        new() { Operation = await host.CancelAsync(request.OperationId, context.CancellationToken) };

    private static string NewestFirst(V1.Operation operation) => string.Create(
        CultureInfo.InvariantCulture,
        $"{long.MaxValue - operation.CreatedAt.ToDateTimeOffset().UtcTicks:D19} {operation.OperationId}");
}
