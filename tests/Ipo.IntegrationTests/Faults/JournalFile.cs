using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;

namespace Ipo.IntegrationTests.Faults;

/// <summary>The orchestrator's database, seen from outside.</summary>
internal sealed class JournalFile(string path)
{
    private const int Busy = 5;

    // What differs between two runs that did the same: times, and that a run was interrupted.
    private static readonly string[] Passing = ["at", "usage", "cached", "recovered", "attempt"];
    private static readonly string[] Named = ["type", "step", "call", "image", "part", "template", "text"];
    private static readonly string[] Trajectory =
        ["images-chosen", "description-received", "descriptions-chosen", "proposal-answered", "template-scored", "template-refused", "step-completed",
            "confusions-found", "search-ended", "winner-chosen", "template-evaluated", "duplicates-found", "run-completed"];

    public string Path => path;

    /// <summary>The events of a run after so many.</summary>
    public IReadOnlyList<JsonObject> Events(string run, long after = 0)
    {
        using var connection = Open();
        return Events(connection, run, after);
    }

    /// <summary>What the run found on its way, without when: equal for two runs that did the same. Answers that came side by side, and
    /// refusals beside scores, may be written in any order.</summary>
    public static IReadOnlyList<string> TrajectoryOf(IReadOnlyList<JsonObject> events) =>
        [.. events.Where(happened => Trajectory.Contains(Type(happened))).Select(Words).GroupBy(words => words.Contains("description-received", StringComparison.Ordinal) || words.Contains("template-refused", StringComparison.Ordinal))
            .SelectMany(group => group.Key ? group.Order(StringComparer.Ordinal) : group.AsEnumerable())];

    /// <summary>Tells of each event as soon as it stands there, until it is told to end.</summary>
    /// <param name="run">The run.</param>
    /// <param name="passes">Told of each.</param>
    /// <param name="until">Ends it.</param>
    public async Task FollowAsync(string run, Func<string, Task> passes, CancellationToken until)
    {
        using var connection = Open();
        using var length = connection.CreateCommand();
        length.CommandText = "SELECT length FROM runs WHERE run_id = $run";
        length.Parameters.AddWithValue("$run", run);
        for (var seen = 0L; !until.IsCancellationRequested;)
        {
            // SQLite tells nobody in another process of a commit, so it is asked as often as a thread of its own can.
            if (Convert.ToInt64(length.ExecuteScalar() ?? 0L, null) == seen) Thread.Sleep(1);
            else
                foreach (var happened in Events(connection, run, seen))
                {
                    seen++;
                    await passes($"written: {Key(happened)}");
                }
        }
    }

    /// <summary>Keeps everybody from writing until it is disposed.</summary>
    public IDisposable Lock()
    {
        var connection = Open();
        while (true)
            try
            {
                using var begin = connection.CreateCommand();
                begin.CommandText = "BEGIN IMMEDIATE";
                begin.CommandTimeout = 1;
                begin.ExecuteNonQuery();
                return connection; // its end takes back what was not committed
            }
            catch (SqliteException taken) when (taken.SqliteErrorCode == Busy) { }
    }

    /// <summary>Runs a statement, as a person with a tool could.</summary>
    public int Execute(string statement)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = statement;
        return command.ExecuteNonQuery();
    }

    public static string Type(JsonObject happened) => happened["type"]!.GetValue<string>();

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    private static List<JsonObject> Events(SqliteConnection connection, string run, long after)
    {
        using var read = connection.CreateCommand();
        read.CommandText = "SELECT event FROM run_events JOIN runs ON key = run WHERE run_id = $run AND version > $after ORDER BY version";
        read.Parameters.AddWithValue("$run", run);
        read.Parameters.AddWithValue("$after", after);
        using var rows = read.ExecuteReader();
        var events = new List<JsonObject>();
        while (rows.Read()) events.Add(JsonNode.Parse(rows.GetString(0))!.AsObject());
        return events;
    }

    private static string Key(JsonObject happened) => string.Join(' ', Named
        .Select(field => happened[field]?.ToString()).OfType<string>().Select(value => value.Length > 60 ? value[..12] : value));

    private static string Words(JsonObject happened) =>
        JsonSerializer.Serialize(happened.Where(field => !Passing.Contains(field.Key)).ToDictionary(field => field.Key, field => field.Value));
}
