using Dapper;
using Google.Protobuf;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Settings;
using Ipo.Orchestrator.Access;
using Ipo.Orchestrator.Datasets;
using Ipo.Orchestrator.Journal;
using Ipo.Orchestrator.Operations;
using Ipo.Orchestrator.Storage;
using Ipo.Tests.Fakes;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Ipo.Tests.Orchestrator.Storage;

public sealed class DatabaseTests : IDisposable
{
    // As version 3 wrote it, before there were tenants.
    private const string Version3 =
        """
        CREATE TABLE run_events (
            run_id TEXT NOT NULL, version INTEGER NOT NULL, type TEXT NOT NULL, at TEXT NOT NULL, event TEXT NOT NULL,
            PRIMARY KEY (run_id, version)) WITHOUT ROWID;
        CREATE TABLE datasets (
            name TEXT NOT NULL, digest TEXT NOT NULL, folder TEXT NOT NULL, layout TEXT NOT NULL, class_names TEXT NOT NULL,
            hand_written_template TEXT NOT NULL, warnings TEXT NOT NULL, registered_at TEXT NOT NULL, is_current INTEGER NOT NULL,
            PRIMARY KEY (name, digest)) WITHOUT ROWID;
        CREATE TABLE dataset_images (
            name TEXT NOT NULL, digest TEXT NOT NULL, position INTEGER NOT NULL,
            path TEXT NOT NULL, sha256 TEXT NOT NULL, label INTEGER NOT NULL, split INTEGER NOT NULL,
            PRIMARY KEY (name, digest, position)) WITHOUT ROWID;
        CREATE TABLE file_digests (
            path TEXT NOT NULL PRIMARY KEY, bytes INTEGER NOT NULL, modified INTEGER NOT NULL, sha256 TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE rejected_images (
            sha256 TEXT NOT NULL, preprocessing_version TEXT NOT NULL, reason TEXT NOT NULL,
            PRIMARY KEY (sha256, preprocessing_version)) WITHOUT ROWID;
        CREATE TABLE test_looks (dataset_digest TEXT NOT NULL, who TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (dataset_digest, who))
            WITHOUT ROWID;
        CREATE TABLE operations (operation_id TEXT NOT NULL PRIMARY KEY, updated_at TEXT NOT NULL, operation BLOB NOT NULL) WITHOUT ROWID;
        INSERT INTO datasets VALUES ('birds', 'digest', '/data/birds', 'folders', '["a","b"]', '', '[]', '2026-01-02T03:04:05Z', 1);
        INSERT INTO dataset_images VALUES ('birds', 'digest', 0, 'a/1.png', 'aa', 0, 0), ('birds', 'digest', 1, 'b/1.png', 'bb', 1, 2);
        INSERT INTO test_looks VALUES ('digest', 'run', '2026-01-02T03:04:05Z');
        INSERT INTO operations VALUES ('op', '2026-01-02T03:04:05Z', x'');
        PRAGMA user_version = 3;
        """;

    private readonly TempFolder _folder = new();

    private string FilePath => Path.Combine(_folder, "ipo.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_was_there_before_there_were_tenants_is_locals_and_reads_the_same()
    {
        RunEvent[] events =
        [
            new RunCreated(DateTimeOffset.UnixEpoch, "run", Presets.Get("ipo-paper", "birds")), new RunPickedUp(DateTimeOffset.UnixEpoch),
        ];
        using (var old = new SqliteConnection($"Data Source={FilePath};Pooling=false"))
        {
            old.Open();
            old.Execute(Version3);
            var operation = new V1.Operation { OperationId = "op", State = V1.OperationState.Failed, CreatedAt = new(), UpdatedAt = new() };
            old.Execute("UPDATE operations SET operation = @bytes", new { bytes = operation.ToByteArray() });
            foreach (var (happened, position) in events.Select((happened, position) => (happened, position)))
                old.Execute(
                    "INSERT INTO run_events VALUES ('run', @version, @type, '', @text)",
                    new { version = position + 1, type = StoredEvent.TypeOf(happened), text = StoredEvent.Write(happened) });
        }
        using var database = new SqliteDatabase(FilePath);
        var (journal, datasets, looks) = (new SqlRunJournal(database, NullLogger<SqlRunJournal>.Instance), new DatasetStore(database), new TestAccessLog(database, TimeProvider.System));
        Assert.Equal(events.Select(StoredEvent.Write), (await journal.ReadAsync("run", 0, TestContext.Current.CancellationToken)).Select(StoredEvent.Write));
        Assert.Equal([new("local", "run", events.Length)], await journal.ListAllAsync(TestContext.Current.CancellationToken));
        Assert.Equal(["aa", "bb"], datasets.Get("birds").Images.Select(image => image.Sha256));
        Assert.Equal((1, 0), (looks.CountBefore("digest", "another"), looks.CountBefore("digest", "run")));
        var failed = new OperationStore(database).List([V1.OperationState.Failed], [], withWorking: true, withInterrupted: true, 0, "");
        Assert.Equal("op", Assert.Single(failed.Entries).OperationId);
        Assert.Equal(["local op"], database.Query<string>("SELECT tenant || ' ' || operation_id FROM operations"));

        using var _ = Tenant.Enter("another");
        Assert.Empty(await journal.ListAsync(TestContext.Current.CancellationToken));
        Assert.Empty(await journal.ReadAsync("run", 0, TestContext.Current.CancellationToken));
        Assert.Empty(datasets.List());
        Assert.Null(datasets.Find("birds", "digest"));
        Assert.Equal(0, looks.CountBefore("digest", "another"));
    }
}
