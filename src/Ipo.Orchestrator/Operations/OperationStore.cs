using System.Globalization;
using Google.Protobuf;
using Ipo.Orchestrator.Access;
using Ipo.Orchestrator.Contract;
using Ipo.Orchestrator.Storage;

namespace Ipo.Orchestrator.Operations;

/// <summary>Operations and what came of them, in the database, so that an orchestrator that was started again still
/// answers. How far one is stands nowhere.</summary>
internal sealed class OperationStore(Database database)
{
    /// <summary>Keeps an operation as it is now.</summary>
    public void Save(V1.Operation operation) => database.Write(writing => writing.Execute(
        """
        INSERT INTO operations (tenant, operation_id, updated_at, operation, created_at, state)
        VALUES (@Tenant, @OperationId, @UpdatedAt, @Bytes, @CreatedAt, @State)
        ON CONFLICT (tenant, operation_id) DO UPDATE
            SET updated_at = @UpdatedAt, operation = @Bytes, created_at = @CreatedAt, state = @State
        """,
        new
        {
            Tenant = Tenant.Current,
            operation.OperationId,
            UpdatedAt = Sortable(operation.UpdatedAt.ToDateTimeOffset()),
            Bytes = operation.ToByteArray(),
            CreatedAt = Sortable(operation.CreatedAt.ToDateTimeOffset()),
            State = (int)operation.State,
        }));

    /// <summary>The operation, or null.</summary>
    public V1.Operation? Find(string operationId) => Read(
        "WHERE tenant = @tenant AND operation_id = @operationId", new { tenant = Tenant.Current, operationId }).FirstOrDefault();

    /// <summary>A page of the tenant's operations, newest first.</summary>
    /// <param name="states">Only those that are kept in one of these states.</param>
    /// <param name="working">Ids of those that are in work here.</param>
    /// <param name="withWorking">Whether those in work are wanted.</param>
    /// <param name="withInterrupted">Whether those are wanted that are kept as running and not in work.</param>
    /// <param name="size">The request's page_size.</param>
    /// <param name="token">The request's page_token.</param>
    public Paging<V1.Operation> List(
        IReadOnlyCollection<V1.OperationState> states, IReadOnlyCollection<string> working, bool withWorking, bool withInterrupted,
        int size, string token) => Paging<V1.Operation>.Of(
        (after, most) =>
        {
            var (createdAt, operationId) = after?.Split(' ') switch
            {
                null => ("~", ""), // above every time
                [var at, var id] => (at, id),
                _ => throw Paging<V1.Operation>.NoToken(token),
            };
            return Read(
                $"""
                WHERE tenant = @tenant AND (created_at < @createdAt OR (created_at = @createdAt AND operation_id > @operationId))
                    AND ({database.In("state", "@states")}
                        OR (state = @running AND {database.In("operation_id", "@working")} AND @withWorking)
                        OR (state = @running AND NOT {database.In("operation_id", "@working")} AND @withInterrupted))
                ORDER BY created_at DESC, operation_id LIMIT @most
                """,
                new
                {
                    tenant = Tenant.Current,
                    createdAt,
                    operationId,
                    states = states.Select(state => (int)state).ToArray(),
                    running = (int)V1.OperationState.Running,
                    working = working.ToArray(),
                    withWorking,
                    withInterrupted,
                    most,
                });
        },
        operation => $"{Sortable(operation.CreatedAt.ToDateTimeOffset())} {operation.OperationId}", size, token);

    /// <summary>Forgets operations, of whatever tenant, that did not change since a moment.</summary>
    public void DeleteBefore(DateTimeOffset moment) => database.Write(writing => writing.Execute(
        "DELETE FROM operations WHERE updated_at < @moment", new { moment = Sortable(moment) }));

    private static string Sortable(DateTimeOffset moment) => moment.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    private IEnumerable<V1.Operation> Read(string which, object values) => database
        .Query<Row>($"SELECT operation FROM operations {which}", values)
        .Select(row => V1.Operation.Parser.ParseFrom(row.Operation));

    private sealed record Row(byte[] Operation);
}
