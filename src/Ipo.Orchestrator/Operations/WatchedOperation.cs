using System.Runtime.CompilerServices;
using Ipo.Orchestrator.Contract;
using Ipo.Orchestrator.Errors;

namespace Ipo.Orchestrator.Operations;

/// <summary>An operation as somebody watches it: how often, and what of it.</summary>
internal sealed class WatchedOperation
{
    private readonly string _operationId;
    private readonly TimeSpan _smallestInterval;
    private readonly ReadMask<V1.Operation> _fields;

    private WatchedOperation(string operationId, TimeSpan smallestInterval, ReadMask<V1.Operation> fields) =>
        (_operationId, _smallestInterval, _fields) = (operationId, smallestInterval, fields);

    /// <summary>Reads a request.</summary>
    /// <exception cref="RefusedException">One of its fields is wrong.</exception>
    public static WatchedOperation Of(V1.WatchOperationRequest request) => new(
        request.OperationId, DurationMessages.ReadInterval(request.SmallestInterval),
        ReadMask<V1.Operation>.Of("read_mask", request.ReadMask));

    /// <summary>Its state now, and whether it is the last.</summary>
    /// <exception cref="RefusedException">There is no such operation.</exception>
    public (V1.Operation Operation, bool IsLast) Now(OperationHost host) => Wanted(host.Get(_operationId));

    /// <summary>Its states until it runs no more; the last one always comes.</summary>
    public async IAsyncEnumerable<(V1.Operation Operation, bool IsLast)> From(
        OperationHost host, [EnumeratorCancellation] CancellationToken cancellation)
    {
        V1.Operation? shown = null;
        await foreach (var operation in host.WatchAsync(_operationId, _smallestInterval, cancellation))
        {
            var state = Wanted(operation.Clone());
            if (state.Operation.Equals(shown) && !state.IsLast) continue;
            shown = state.Operation;
            yield return state;
        }
    }

    private (V1.Operation Operation, bool IsLast) Wanted(V1.Operation operation)
    {
        var isLast = operation.State is not V1.OperationState.Running; // read before it may be taken away
        return (_fields.Apply(operation), isLast);
    }
}
