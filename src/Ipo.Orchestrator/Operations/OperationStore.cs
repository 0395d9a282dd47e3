using System.Globalization;
using Google.Protobuf;
using Ipo.Orchestrator.Storage;

namespace Ipo.Orchestrator.Operations;

/// <summary>Operations and what came of them, in the database, so that an orchestrator that was started again still
/// answers. How far one is stands nowhere.</summary>
internal sealed class OperationStore(Database database)
{
    /// <summary>Keeps an operation as it is now.</summary>
    public void Save(V1.Operation operation) => database.Write(writing => writing.Execute(
        "INSERT OR REPLACE INTO operations (operation_id, updated_at, operation) VALUES (@OperationId, @At, @Bytes)",
        new { operation.OperationId, At = Sortable(operation.UpdatedAt.ToDateTimeOffset()), Bytes = operation.ToByteArray() }));

    /// <summary>The operation, or null.</summary>
    public V1.Operation? Find(string operationId) => database
        .Query<Row>("SELECT operation FROM operations WHERE operation_id = @operationId", new { operationId })
        .Select(Read).FirstOrDefault();

    /// <summary>All operations, in no order.</summary>
    public IReadOnlyList<V1.Operation> List() => [.. database.Query<Row>("SELECT operation FROM operations").Select(Read)];

    /// <summary>Forgets operations that did not change since a moment.</summary>
    public void DeleteBefore(DateTimeOffset moment) => database.Write(writing => writing.Execute(
        "DELETE FROM operations WHERE updated_at < @moment", new { moment = Sortable(moment) }));

    private static string Sortable(DateTimeOffset moment) => moment.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    private static V1.Operation Read(Row row) => V1.Operation.Parser.ParseFrom(row.Operation);

    private sealed record Row(byte[] Operation);
}
