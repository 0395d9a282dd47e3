using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Ipo.Orchestrator.Access;
using Ipo.Orchestrator.Contract;
using Ipo.Orchestrator.Datasets;
using Ipo.Orchestrator.Errors;
using Ipo.Orchestrator.Evaluation;
using Ipo.ServiceDefaults;

namespace Ipo.Orchestrator.Operations;

/// <summary>Does the work of operations apart from the calls that ask for it. Each is kept before its work begins, and
/// again when it has ended. It goes on for the tenant of the call that began it, which the task takes along. One that is
/// kept as running and is not in work here was interrupted.</summary>
internal sealed partial class OperationHost(
    OperationStore store, DatasetRegistration registration, Evaluator evaluator, FaultAnswers faults, TimeProvider clock,
    IHostApplicationLifetime lifetime, ILogger<OperationHost> log) : IHostedService
{
    private const int MostAtOnce = 16; // the contract's limit
    private static readonly TimeSpan Kept = TimeSpan.FromDays(7);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(200);

    private readonly Lock _deciding = new();
    private readonly Dictionary<(string Tenant, string OperationId), ActiveOperation> _active = [];

    /// <summary>Begins an operation, or finds the one of this id, which must be of the same request.</summary>
    /// <exception cref="RefusedException">The id is another one's, the request is empty, or too many are in work.</exception>
    public V1.Operation Create(V1.CreateOperationRequest request)
    {
        if (request.WorkCase is V1.CreateOperationRequest.WorkOneofCase.None)
            throw RefusedException.InvalidField("registration", "and evaluation are missing; give one of them.");
        if (request.OperationId.Length > 0) RequestId.Check("operation_id", request.OperationId);
        lock (_deciding)
        {
            store.DeleteBefore(clock.GetUtcNow() - Kept);
            var standing = Find(request.OperationId);
            if (standing is not null && !IsOf(standing, request))
                throw RefusedException.Exists(
                    $"Operation '{standing.OperationId}' exists for another request; choose another operation_id.");
            if (standing is not null and not { State: V1.OperationState.Interrupted }) return standing;
            if (_active.Keys.Count(key => key.Tenant == Tenant.Current) >= MostAtOnce)
                throw RefusedException.Exhausted($"{MostAtOnce} operations are running; wait until one has ended, or cancel one.");
            var now = clock.GetUtcNow().ToTimestamp();
            var operation = new V1.Operation
            {
                OperationId = request.OperationId.Length > 0 ? request.OperationId : ChooseId(request),
                State = V1.OperationState.Running,
                CreatedAt = standing?.CreatedAt ?? now,
                UpdatedAt = now,
            };
            if (request.Registration is { } dataset) operation.Registration = dataset;
            else operation.Evaluation = request.Evaluation;
            return Begin(operation);
        }
    }

    /// <summary>The operation now.</summary>
    /// <exception cref="RefusedException">There is no such operation.</exception>
    public V1.Operation Get(string operationId)
    {
        if (operationId.Length == 0) throw RefusedException.InvalidField("operation_id", "is empty; give the id of an operation.");
        lock (_deciding)
            return Find(operationId)
                ?? throw RefusedException.NotFound("operation", operationId, $"There is no operation '{operationId}', or none any more.");
    }

    /// <summary>A page of the operations in some states, or all where none is named; newest first.</summary>
    /// <param name="states">The states.</param>
    /// <param name="size">The request's page_size.</param>
    /// <param name="token">The request's page_token.</param>
    public Paging<V1.Operation> List(IReadOnlyCollection<V1.OperationState> states, int size, string token)
    {
        var wanted = states.Count > 0 ? states : System.Enum.GetValues<V1.OperationState>();
        var ended = wanted.Where(state => state is not V1.OperationState.Running).ToList();
        lock (_deciding)
        {
            var working = _active.Keys.Where(key => key.Tenant == Tenant.Current).Select(key => key.OperationId).ToList();
            var page = store.List(
                ended, working, wanted.Contains(V1.OperationState.Running), wanted.Contains(V1.OperationState.Interrupted),
                size, token);
            return page with { Entries = [.. page.Entries.Select(kept => Active(kept.OperationId) ?? Idle(kept))] };
        }
    }

    /// <summary>The operation now and after its changes, until it runs no more.</summary>
    /// <param name="operationId">Its id.</param>
    /// <param name="smallestInterval">Only the newest state in each such time; the last one comes at once.</param>
    /// <param name="cancellation">Ends the watch. A stop of the orchestrator, which interrupts the work too, has to: its watcher
    /// is then told of the stop.</param>
    /// <exception cref="RefusedException">There is no such operation.</exception>
    public async IAsyncEnumerable<V1.Operation> WatchAsync(
        string operationId, TimeSpan smallestInterval, [EnumeratorCancellation] CancellationToken cancellation)
    {
        V1.Operation? shown = null;
        var shownAt = 0L;
        while (true)
        {
            var now = Get(operationId);
            cancellation.ThrowIfCancellationRequested();
            var isRunning = now.State is V1.OperationState.Running;
            if (!now.Equals(shown) && (!isRunning || shown is null || clock.GetElapsedTime(shownAt) >= smallestInterval))
            {
                (shown, shownAt) = (now, clock.GetTimestamp());
                yield return now;
            }
            if (!isRunning) yield break;
            await Task.WhenAny(WorkOf(operationId), Task.Delay(LookAgain, clock, cancellation));
        }
    }

    /// <summary>Stops an operation and waits until it has stopped.</summary>
    /// <exception cref="RefusedException">There is no such operation.</exception>
    public async Task<V1.Operation> CancelAsync(string operationId, CancellationToken cancellation)
    {
        ActiveOperation? active;
        lock (_deciding)
        {
            if (!_active.TryGetValue(Key(operationId), out active)
                && Get(operationId) is { State: V1.OperationState.Interrupted } interrupted)
                Keep(interrupted, V1.OperationState.Cancelled);
        }
        if (active is not null)
        {
            await active.Cancelled.CancelAsync();
            await active.Work.WaitAsync(cancellation);
        }
        return Get(operationId);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Task[] working;
        lock (_deciding) working = [.. _active.Values.Select(active => active.Work)];
        await Task.WhenAll(working).WaitAsync(cancellationToken);
    }

    private static (string Tenant, string OperationId) Key(string operationId) => (Tenant.Current, operationId);

    private static bool IsOf(V1.Operation operation, V1.CreateOperationRequest request) =>
        Equals(operation.Registration, request.Registration) && Equals(operation.Evaluation, request.Evaluation);

    private V1.Operation Begin(V1.Operation operation)
    {
        store.Save(operation);
        var active = _active[Key(operation.OperationId)] = new(operation);
        active.Work = Task.Run(() => WorkAsync(operation.Clone(), active), CancellationToken.None);
        return Dated(active.Look());
    }

    private async Task WorkAsync(V1.Operation operation, ActiveOperation active)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(active.Cancelled.Token, lifetime.ApplicationStopping);
        try
        {
            var state = await EndAsync(operation, active, ended.Token);
            lock (_deciding)
            {
                if (state is V1.OperationState.Interrupted) Interrupted(operation.OperationId);
                else Keep(operation, state);
            }
        }
        catch (Exception fault) { CannotKeep(operation.OperationId, fault); } // it is one that was interrupted, now and after a restart
        finally
        {
            lock (_deciding) _active.Remove(Key(operation.OperationId));
        }
    }

    private async Task<V1.OperationState> EndAsync(V1.Operation operation, ActiveOperation active, CancellationToken ended)
    {
        try
        {
            if (operation.Registration is { } dataset)
                operation.Dataset = DatasetMessages.Of(await registration.RegisterAsync(dataset, active.Registration, ended));
            else
                operation.Scores = await evaluator.EvaluateAsync(operation.Evaluation, ended, active.Encoded, LookOf(operation));
            return V1.OperationState.Succeeded;
        }
        // After a cancellation everything may break, and none of it is a fault.
        catch (Exception) when (active.Cancelled.IsCancellationRequested) { return V1.OperationState.Cancelled; }
        catch (Exception) when (ended.IsCancellationRequested) { return V1.OperationState.Interrupted; }
        catch (Exception fault)
        {
            var status = faults.Known(fault) ?? faults.Unforeseen(fault, $"Operation {operation.OperationId}");
            operation.Error = status.ToException().GetRpcStatus();
            return V1.OperationState.Failed;
        }
    }

    private void Keep(V1.Operation operation, V1.OperationState state)
    {
        (operation.State, operation.UpdatedAt, operation.ExpiresAt) = (state, clock.GetUtcNow().ToTimestamp(), null);
        store.Save(operation);
    }

    private Task WorkOf(string operationId)
    {
        lock (_deciding) return _active.TryGetValue(Key(operationId), out var active) ? active.Work : Task.CompletedTask;
    }

    private V1.Operation? Find(string operationId) =>
        Active(operationId) ?? (store.Find(operationId) is { } kept ? Idle(kept) : null);

    private V1.Operation? Active(string operationId) =>
        _active.TryGetValue(Key(operationId), out var active) ? Dated(active.Look()) : null;

    private static V1.Operation Idle(V1.Operation kept)
    {
        if (kept.State is V1.OperationState.Running) kept.State = V1.OperationState.Interrupted;
        return Dated(kept);
    }

    private static V1.Operation Dated(V1.Operation operation)
    {
        operation.ExpiresAt = (operation.UpdatedAt.ToDateTimeOffset() + Kept).ToTimestamp();
        return operation;
    }

    // With its time: an id that came again after a week would take an older look for its own.
    private static string LookOf(V1.Operation operation) =>
        string.Create(CultureInfo.InvariantCulture, $"operation {operation.OperationId} {operation.CreatedAt.ToDateTimeOffset():O}");

    private static string ChooseId(V1.CreateOperationRequest request) =>
        $"{(request.Registration is null ? "evaluation" : "registration")}-"
            + RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz23456789", 8);

    [LoggerMessage(Level = LogLevel.Information, Message = "Left operation {OperationId} unfinished; its request takes it up again")]
    private partial void Interrupted(string operationId);

    [LoggerMessage(Level = LogLevel.Critical, Message = "What came of operation {OperationId} cannot be kept")]
    private partial void CannotKeep(string operationId, Exception fault);
}
