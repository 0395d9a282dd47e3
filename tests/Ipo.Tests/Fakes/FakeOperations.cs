using System.Collections.Concurrent;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Ipo.V1;

namespace Ipo.Tests.Fakes;

/// <summary>A service of operations. One that is watched tells the progress that a test put into it, and is then done with the
/// orchestrator's dataset or scores.</summary>
internal sealed class FakeOperations(FakeOrchestrator fake) : OperationService.OperationServiceBase
{
    private static readonly Timestamp Then = Timestamp.FromDateTime(new(2025, 3, 1, 12, 0, 0, DateTimeKind.Utc));

    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>All operations by their ids.</summary>
    public ConcurrentDictionary<string, Operation> Kept { get; } = new();

    /// <summary>What a watcher sees of a registration before its end.</summary>
    public IReadOnlyList<RegistrationProgress> Progress { get; set; } = [];

    /// <summary>What breaks watches after their progress, one after the other.</summary>
    public ConcurrentQueue<RpcException> Broken { get; } = new();

    /// <summary>Why the next operation fails.</summary>
    public RpcException? Failure { get; set; }

    /// <summary>Whether operations work until they are cancelled.</summary>
    public bool Waits { get; set; }

    /// <summary>Whether a watch finds the next operation interrupted, as after a restart.</summary>
    public bool IsInterrupted { get; set; }

    public override Task<CreateOperationResponse> CreateOperation(CreateOperationRequest request, ServerCallContext context) =>
        fake.Answer((IMessage)request.Registration ?? request.Evaluation, context, () =>
        {
            var operation = Kept.GetOrAdd(request.OperationId, id => new()
            {
                OperationId = id,
                State = OperationState.Running,
                CreatedAt = Then,
                UpdatedAt = Then,
                ExpiresAt = (Then.ToDateTimeOffset() + TimeSpan.FromDays(7)).ToTimestamp(),
            });
            if (operation.State is OperationState.Interrupted) operation.State = OperationState.Running;
            if (request.Registration is { } registration) operation.Registration = registration;
            else operation.Evaluation = request.Evaluation;
            return new CreateOperationResponse { Operation = operation.Clone() };
        });

    public override Task<GetOperationResponse> GetOperation(GetOperationRequest request, ServerCallContext context) =>
        fake.Answer(request, context, () => new GetOperationResponse { Operation = Find(request.OperationId) });

    public override Task<ListOperationsResponse> ListOperations(ListOperationsRequest request, ServerCallContext context) =>
        fake.Answer(request, context, () => new ListOperationsResponse
        {
            Operations = { Kept.Values.Where(one => request.States.Count == 0 || request.States.Contains(one.State)).OrderBy(one => one.OperationId) },
        });

    public override async Task WatchOperation(
        WatchOperationRequest request, IServerStreamWriter<WatchOperationResponse> responseStream, ServerCallContext context)
    {
        fake.Note(request, context);
        var operation = Find(request.OperationId);
        if (operation.State is OperationState.Running)
        {
            await responseStream.WriteAsync(new() { Operation = operation });
            foreach (var progress in Progress)
            {
                operation.RegistrationProgress = progress;
                await responseStream.WriteAsync(new() { Operation = operation });
            }
            operation.ClearProgress();
            if (Broken.TryDequeue(out var broken)) throw broken;
            if (Waits) await _cancelled.Task.WaitAsync(context.CancellationToken);
            End(operation);
        }
        await responseStream.WriteAsync(new() { Operation = operation });
    }

    public override Task<CancelOperationResponse> CancelOperation(CancelOperationRequest request, ServerCallContext context) =>
        fake.Answer(request, context, () =>
        {
            var operation = Find(request.OperationId);
            if (operation.State is OperationState.Running) operation.State = OperationState.Cancelled;
            _cancelled.TrySetResult();
            return new CancelOperationResponse { Operation = operation };
        });

    private Operation Find(string id) => Kept.TryGetValue(id, out var operation)
        ? operation
        : throw new RpcException(new(StatusCode.NotFound, $"There is no operation '{id}', or none any more."));

    private void End(Operation operation)
    {
        if (operation.State is not OperationState.Running) return;
        if (IsInterrupted) (operation.State, IsInterrupted) = (OperationState.Interrupted, false);
        else if (Failure is { } failure)
        {
            (operation.State, Failure) = (OperationState.Failed, null);
            operation.Error = failure.GetRpcStatus() ?? new() { Code = (int)failure.StatusCode, Message = failure.Status.Detail };
        }
        else
        {
            operation.State = OperationState.Succeeded;
            if (operation.Registration is not null) operation.Dataset = fake.Dataset;
            else operation.Scores = fake.Evaluation;
        }
    }
}
