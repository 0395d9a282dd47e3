using System.Globalization;
using Ipo.Optimization.Facts;
using Ipo.Orchestrator.Access;
using Ipo.Orchestrator.Storage;

namespace Ipo.Orchestrator.Journal;

/// <summary>The journal in the orchestrator's database. Its driver works synchronously, and a commit takes
/// milliseconds.</summary>
internal sealed class SqliteRunJournal(Database database) : IRunJournal
{
    public Task AppendAsync(string runId, long expectedVersion, IReadOnlyList<RunEvent> events, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfZero(events.Count);
        cancellation.ThrowIfCancellationRequested();
        database.Write(writing =>
        {
            Expect(writing, runId, expectedVersion);
            writing.Execute(
                "INSERT INTO run_events (tenant, run_id, version, type, at, event) VALUES (@Tenant, @RunId, @Version, @Type, @At, @Event)",
                events.Select((happened, position) => new
                {
                    Tenant = Tenant.Current,
                    RunId = runId,
                    Version = expectedVersion + position + 1,
                    Type = StoredEvent.TypeOf(happened),
                    At = happened.At.ToString("O", CultureInfo.InvariantCulture),
                    Event = StoredEvent.Write(happened),
                }));
        });
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<RunEvent>> ReadAsync(string runId, long from, CancellationToken cancellation)
    {
        var rows = database.Query<EventRow>(
            "SELECT version, type, event FROM run_events WHERE tenant = @tenant AND run_id = @runId AND version > @from ORDER BY version",
            new { tenant = Tenant.Current, runId, from });
        var events = new List<RunEvent>(rows.Count);
        foreach (var row in rows)
        {
            if (row.Version != from + events.Count + 1)
                throw new JournalDamagedException(
                    $"Event {from + events.Count + 1} of run {runId} is missing. Restore a backup of the database, or delete the run.");
            events.Add(StoredEvent.Read(runId, row.Version, row.Type, row.Event));
        }
        return Task.FromResult<IReadOnlyList<RunEvent>>(events);
    }

    public Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellation) =>
        Task.FromResult(database.Query<string>(
            "SELECT DISTINCT run_id FROM run_events WHERE tenant = @tenant", new { tenant = Tenant.Current }));

    public Task<IReadOnlyList<string>> ListTenantsAsync(CancellationToken cancellation) =>
        Task.FromResult(database.Query<string>("SELECT DISTINCT tenant FROM run_events"));

    public Task DeleteAsync(string runId, long expectedVersion, CancellationToken cancellation)
    {
        database.Write(writing =>
        {
            Expect(writing, runId, expectedVersion);
            writing.Execute("DELETE FROM run_events WHERE tenant = @tenant AND run_id = @runId", new { tenant = Tenant.Current, runId });
        });
        return Task.CompletedTask;
    }

    private static void Expect(Writing writing, string runId, long expected)
    {
        var found = writing.Scalar<long>(
            "SELECT COALESCE(MAX(version), 0) FROM run_events WHERE tenant = @tenant AND run_id = @runId",
            new { tenant = Tenant.Current, runId });
        if (found != expected) throw new JournalConflictException(runId, expected, found);
    }

    private sealed record EventRow(long Version, string Type, string Event);
}
