using System.Globalization;
using Ipo.Optimization.Facts;
using Ipo.Orchestrator.Access;
using Ipo.Orchestrator.Storage;

namespace Ipo.Orchestrator.Journal;

/// <summary>The journal in the orchestrator's database. Its drivers work synchronously, and a commit takes
/// milliseconds.</summary>
internal sealed partial class SqlRunJournal(Database database, ILogger<SqlRunJournal> log) : IRunJournal
{
    public Task AppendAsync(string runId, long expectedVersion, IReadOnlyList<RunEvent> events, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfZero(events.Count);
        cancellation.ThrowIfCancellationRequested();
        database.Write(writing =>
        {
            var head = Take(writing, runId, expectedVersion, expectedVersion + events.Count);
            var (version, digest) = (expectedVersion, head.Digest);
            foreach (var happened in events)
            {
                version++;
                // An answer that is bought has to find its place; nothing is bought that may not.
                if (happened is ProposalRequested or DescriptionRequested) database.DemandSpace();
                var (type, text) = (StoredEvent.TypeOf(happened), StoredEvent.Write(happened));
                digest = EventChain.Digest(digest, Tenant.Current, runId, version, type, text);
                writing.Execute(
                    "INSERT INTO run_events (run, version, type, at, event, digest) VALUES (@Key, @version, @type, @at, @text, @digest)",
                    new { head.Key, version, type, at = happened.At.ToString("O", CultureInfo.InvariantCulture), text, digest });
            }
            SetDigest(writing, head.Key, digest);
        });
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<RunEvent>> ReadAsync(string runId, long from, CancellationToken cancellation)
    {
        return Task.FromResult<IReadOnlyList<RunEvent>>([.. Sound(runId, from)]);
    }

    public Task<SoundEvents> ReadSoundAsync(string runId, CancellationToken cancellation)
    {
        var events = new List<RunEvent>();
        try
        {
            foreach (var happened in Sound(runId, 0)) events.Add(happened);
            return Task.FromResult(new SoundEvents(events, null));
        }
        catch (JournalDamagedException damaged) { return Task.FromResult(new SoundEvents(events, damaged.Message)); }
    }

    public Task<IReadOnlyList<KeptRun>> ListAsync(CancellationToken cancellation) => Task.FromResult(
        database.Query<KeptRun>("SELECT tenant, run_id, length FROM runs WHERE tenant = @tenant", new { tenant = Tenant.Current }));

    public Task<IReadOnlyList<KeptRun>> ListAllAsync(CancellationToken cancellation) =>
        Task.FromResult(database.Query<KeptRun>("SELECT tenant, run_id, length FROM runs"));

    public Task DeleteAsync(string runId, long? expectedVersion, CancellationToken cancellation)
    {
        Head? head = null;
        database.Write(writing =>
        {
            head = expectedVersion is { } expected ? Take(writing, runId, expected, expected) : Find(writing, runId);
            if (head is not null) writing.Execute("DELETE FROM runs WHERE key = @Key", new { head.Key });
        });
        if (head is not null) DeleteEvents(runId, head.Key);
        return Task.CompletedTask;
    }

    public Task CutAsync(string runId, long length, CancellationToken cancellation)
    {
        Head? head = null;
        database.Write(writing =>
        {
            head = Find(writing, runId) ?? throw new JournalConflictException(runId, length, 0);
            // Under a key of its own: events that cannot be read may not let themselves be deleted either.
            // The first so many, not those up to a version: for the end of a range the next page would be read.
            writing.Execute("DELETE FROM runs WHERE key = @Key", new { head.Key });
            var cut = Take(writing, runId, 0, length);
            writing.Execute(
                "INSERT INTO run_events (run, version, type, at, event, digest) SELECT @cut, version, type, at, event, digest "
                    + "FROM run_events WHERE run = @Key ORDER BY version LIMIT @length",
                new { cut = cut.Key, head.Key, length });
            SetDigest(writing, cut.Key, writing.Scalar<string>(
                "SELECT digest FROM run_events WHERE run = @Key AND version = @length", new { cut.Key, length }));
        });
        DeleteEvents(runId, head!.Key);
        return Task.CompletedTask;
    }

    // Holds the run's row until the end of the transaction, at its new length. The digest is the one before.
    private static Head Take(Writing writing, string runId, long expected, long next)
    {
        var run = new { tenant = Tenant.Current, runId, expected, next, digest = EventChain.Start };
        var taken = writing.Query<Head>(
            expected == 0
                ? "INSERT INTO runs (tenant, run_id, length, digest) VALUES (@tenant, @runId, @next, @digest) ON CONFLICT DO NOTHING "
                    + "RETURNING key, length, digest"
                : "UPDATE runs SET length = @next WHERE tenant = @tenant AND run_id = @runId AND length = @expected "
                    + "RETURNING key, length, digest", run);
        return taken is [var head] ? head : throw new JournalConflictException(runId, expected, Find(writing, runId)?.Length ?? 0);
    }

    private static Head? Find(Writing writing, string runId) => writing.Query<Head>(
        "SELECT key, length, digest FROM runs WHERE tenant = @tenant AND run_id = @runId", new { tenant = Tenant.Current, runId })
        .SingleOrDefault();

    private static void SetDigest(Writing writing, long key, string digest) =>
        writing.Execute("UPDATE runs SET digest = @digest WHERE key = @key", new { digest, key });

    // What was left of a run that is gone takes space and is seen by nobody.
    private void DeleteEvents(string runId, long key)
    {
        try { database.Write(writing => writing.Execute("DELETE FROM run_events WHERE run = @key", new { key })); }
        catch (DatabaseException fault) { LeftBehind(runId, fault.Message); }
    }

    // Its events after those, checked; ends with the first one that is not as it was written.
    private IEnumerable<RunEvent> Sound(string runId, long from)
    {
        var run = RunKey.Of(runId);
        var (version, digest, head) = (from, EventChain.Start, default(Head));
        using var rows = database.Stream<CheckedRow>(
            """
            SELECT runs.key, runs.length, runs.digest AS head, here.version, here.type, here.event, here.digest,
                (SELECT digest FROM run_events WHERE run = runs.key AND version = @from) AS before
            FROM runs LEFT JOIN run_events here ON here.run = runs.key AND here.version > @from
            WHERE runs.tenant = @Tenant AND runs.run_id = @RunId ORDER BY here.version
            """, new { run.Tenant, run.RunId, from }).GetEnumerator();
        while (true)
        {
            CheckedRow row;
            try
            {
                if (!rows.MoveNext()) break;
                row = rows.Current;
            }
            catch (DatabaseDamagedException fault)
            {
                throw new JournalDamagedException(
                    $"Event {version + 1} of run {runId} cannot be read: {fault.Message} {Remedy(runId, version)}", fault);
            }
            if (head is null)
            {
                head = new(row.Key, row.Length, row.Head);
                digest = row.Before ?? EventChain.Start;
                if (head.Length < from) throw new JournalWentBackException(runId, from, head.Length);
            }
            if (row.Version is not { } at) break; // it has no further ones
            if (at != version + 1) throw Missing(version + 1);
            version = at;
            digest = EventChain.Digest(digest, run.Tenant, run.RunId, version, row.Type!, row.Event!);
            if (digest != row.Digest)
                throw new JournalDamagedException(
                    $"Event {version} of run {runId} ('{row.Type}') is not as it was written: its digest differs. "
                        + Remedy(runId, version - 1));
            yield return StoredEvent.Read(runId, version, row.Type!, row.Event!);
        }
        if (head is null) yield break;
        if (version != head.Length) throw Missing(version + 1);
        if (version > from && digest != head.Digest)
            throw new JournalDamagedException(
                $"The last event of run {runId} is not the one that was written last. {Remedy(runId, version - 1)}");

        JournalDamagedException Missing(long lacking) => new($"Event {lacking} of run {runId} is missing. {Remedy(runId, lacking - 1)}");
    }

    private static string Remedy(string runId, long sound) => JournalDamagedException.Remedy(runId, sound);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Events of the deleted run {RunId} stay behind and take space: {Reason}")]
    private partial void LeftBehind(string runId, string reason);

    private sealed record Head(long Key, long Length, string Digest);

    private sealed record CheckedRow
    {
        public required long Key { get; init; }
        public required long Length { get; init; }
        public required string Head { get; init; }
        public long? Version { get; init; }
        public string? Type { get; init; }
        public string? Event { get; init; }
        public string? Digest { get; init; }
        public string? Before { get; init; }
    }
}
