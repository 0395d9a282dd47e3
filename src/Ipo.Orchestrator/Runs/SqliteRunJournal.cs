using System.Globalization;
using Ipo.Optimization.Facts;
using Microsoft.Data.Sqlite;

namespace Ipo.Orchestrator.Runs;

/// <summary>The journal in the orchestrator's database. Its driver works synchronously, and a commit takes milliseconds.</summary>
internal sealed class SqliteRunJournal(Database database) : IRunJournal
{
    public Task AppendAsync(string runId, long expectedVersion, IReadOnlyList<RunEvent> events, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfZero(events.Count);
        cancellation.ThrowIfCancellationRequested();
        using var connection = database.Open();
        // Immediate: the lock is taken before the version is read, so nobody writes between the two.
        using var transaction = connection.BeginTransaction(deferred: false);
        Expect(connection, runId, expectedVersion);
        using var command = connection.CreateCommand();
        command.CommandText = "INSERT INTO run_events (run_id, version, type, at, event) VALUES ($run, $version, $type, $at, $event)";
        for (var i = 0; i < events.Count; i++)
        {
            command.Parameters.Clear();
            command.Parameters.AddWithValue("$run", runId);
            command.Parameters.AddWithValue("$version", expectedVersion + i + 1);
            command.Parameters.AddWithValue("$type", StoredEvent.TypeOf(events[i]));
            command.Parameters.AddWithValue("$at", events[i].At.ToString("O", CultureInfo.InvariantCulture));
            command.Parameters.AddWithValue("$event", StoredEvent.Write(events[i]));
            command.ExecuteNonQuery();
        }
        transaction.Commit();
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<RunEvent>> ReadAsync(string runId, long from, CancellationToken cancellation)
    {
        using var connection = database.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT version, type, event FROM run_events WHERE run_id = $run AND version > $from ORDER BY version";
        command.Parameters.AddWithValue("$run", runId);
        command.Parameters.AddWithValue("$from", from);
        using var rows = command.ExecuteReader();
        var events = new List<RunEvent>();
        while (rows.Read())
        {
            var version = rows.GetInt64(0);
            if (version != from + events.Count + 1)
                throw new JournalDamagedException(
                    $"Event {from + events.Count + 1} of run {runId} is missing. Put back a copy of the database, or delete the run.");
            events.Add(StoredEvent.Read(runId, version, rows.GetString(1), rows.GetString(2)));
        }
        return Task.FromResult<IReadOnlyList<RunEvent>>(events);
    }

    public Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellation)
    {
        using var connection = database.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT DISTINCT run_id FROM run_events";
        using var rows = command.ExecuteReader();
        var runs = new List<string>();
        while (rows.Read()) runs.Add(rows.GetString(0));
        return Task.FromResult<IReadOnlyList<string>>(runs);
    }

    public Task DeleteAsync(string runId, long expectedVersion, CancellationToken cancellation)
    {
        using var connection = database.Open();
        using var transaction = connection.BeginTransaction(deferred: false);
        Expect(connection, runId, expectedVersion);
        using var command = connection.CreateCommand();
        command.CommandText = "DELETE FROM run_events WHERE run_id = $run";
        command.Parameters.AddWithValue("$run", runId);
        command.ExecuteNonQuery();
        transaction.Commit();
        return Task.CompletedTask;
    }

    private static void Expect(SqliteConnection connection, string runId, long expected)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT COALESCE(MAX(version), 0) FROM run_events WHERE run_id = $run";
        command.Parameters.AddWithValue("$run", runId);
        var found = (long)command.ExecuteScalar()!;
        if (found != expected) throw new JournalConflictException(runId, expected, found);
    }
}
