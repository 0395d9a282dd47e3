using Grpc.Core;
using Ipo.Keys;
using Ipo.Orchestrator.Access;
using Ipo.Orchestrator.Contract;
using Ipo.Orchestrator.Errors;

namespace Ipo.Orchestrator.Operations;

/// <summary>Operations over gRPC.</summary>
internal sealed class OperationService(OperationHost host, IHostApplicationLifetime lifetime) : V1.OperationService.OperationServiceBase
{
    [ForRole(Role.Run)]
    public override Task<V1.CreateOperationResponse> CreateOperation(V1.CreateOperationRequest request, ServerCallContext context) =>
        Task.FromResult(new V1.CreateOperationResponse { Operation = host.Create(request) });

    [ForRole(Role.Read)]
    public override Task<V1.GetOperationResponse> GetOperation(V1.GetOperationRequest request, ServerCallContext context)
    {
        var mask = ReadMask<V1.Operation>.Of("read_mask", request.ReadMask);
        return Task.FromResult(new V1.GetOperationResponse { Operation = mask.Apply(host.Get(request.OperationId)) });
    }

    [ForRole(Role.Read)]
    public override Task<V1.ListOperationsResponse> ListOperations(V1.ListOperationsRequest request, ServerCallContext context)
    {
        if (request.States.Contains(V1.OperationState.Unspecified))
            throw RefusedException.InvalidField("states", "holds OPERATION_STATE_UNSPECIFIED; name states, or none for all.");
        var page = host.List(request.States, request.PageSize, request.PageToken);
        foreach (var operation in page.Entries)
        {
            operation.Evaluation?.PromptSets.Clear();
            if (operation.Scores is not null) operation.ClearResult();
        }
        return Task.FromResult(new V1.ListOperationsResponse { Operations = { page.Entries }, NextPageToken = page.NextToken });
    }

    [ForRole(Role.Read)]
    public override async Task WatchOperation(
        V1.WatchOperationRequest request, IServerStreamWriter<V1.WatchOperationResponse> responseStream, ServerCallContext context)
    {
        var watched = WatchedOperation.Of(request);
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        try
        {
            await foreach (var (operation, _) in watched.From(host, watching.Token))
                await responseStream.WriteAsync(new() { Operation = operation }, context.CancellationToken); // what has begun is sent whole
        }
        catch (OperationCanceledException) when (!context.CancellationToken.IsCancellationRequested)
        {
            throw ShuttingDown.Of("It interrupts the operation; create it again with the same id after a restart.");
        }
    }

    [ForRole(Role.Run)]
    public override async Task<V1.CancelOperationResponse> CancelOperation(V1.CancelOperationRequest request, ServerCallContext context) =>
        new() { Operation = await host.CancelAsync(request.OperationId, context.CancellationToken) };
}
