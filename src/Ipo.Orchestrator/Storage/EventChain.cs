using System.Security.Cryptography;
using System.Text;

namespace Ipo.Orchestrator.Storage;

/// <summary>Binds each event of a run to those before it: its digest is the SHA-256 of the digest before it, of the run and of
/// itself. An event that was altered, moved or taken out is found when the run is read. It is no signature: whoever may write to
/// the database and knows how can make a chain of his own.</summary>
internal static class EventChain
{
    /// <summary>The digest before a run's first event.</summary>
    public const string Start = "";

    /// <summary>The digest of an event.</summary>
    /// <param name="before">Of the one before it.</param>
    /// <param name="tenant">Whose run it is.</param>
    /// <param name="runId">The run.</param>
    /// <param name="version">Its place among the run's, from 1 on.</param>
    /// <param name="type">Its stored type.</param>
    /// <param name="text">Its stored text.</param>
    /// <returns>64 lower-case hexadecimal digits.</returns>
    public static string Digest(string before, string tenant, string runId, long version, string type, string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{before}\n{tenant}\n{runId}\n{version}\n{type}\n{text}")));

    /// <summary>Gives digests to the events of a database from before there were any.</summary>
    public static void Build(Writing writing)
    {
        foreach (var run in writing.Query<RunRow>("SELECT key, tenant, run_id FROM runs", new { }))
        {
            var digest = Start;
            foreach (var happened in writing.Query<EventRow>(
                "SELECT version, type, event FROM run_events WHERE run = @Key ORDER BY version", new { run.Key }))
            {
                digest = Digest(digest, run.Tenant, run.RunId, happened.Version, happened.Type, happened.Event);
                writing.Execute(
                    "UPDATE run_events SET digest = @digest WHERE run = @Key AND version = @Version",
                    new { digest, run.Key, happened.Version });
            }
            writing.Execute("UPDATE runs SET digest = @digest WHERE key = @Key", new { digest, run.Key });
        }
    }

    private sealed record RunRow(long Key, string Tenant, string RunId);

    private sealed record EventRow(long Version, string Type, string Event);
}
