using System.Globalization;

namespace Ipo.Orchestrator.Storage;

/// <summary>What made the database's schema, version by version. A version that was released is not changed any more. The
/// statements are SQLite's; <see cref="PostgresDatabase"/> says them in PostgreSQL's words.</summary>
internal static class Migrations
{
    /// <summary>The schema that this version of Ipo works with.</summary>
    public static int Newest => All.Length;

    /// <summary>Brings a database to the newest schema.</summary>
    /// <param name="writing">A transaction that nobody else writes beside.</param>
    /// <param name="version">The schema that it has; 0 where it is empty.</param>
    public static void Run(Writing writing, int version)
    {
        for (; version < Newest; version++)
        {
            writing.Define(All[version]);
            // Before tenants there was one row of each id.
            if (version + 1 == Listed) FillLists(writing);
            if (version + 1 == Chained) EventChain.Build(writing);
        }
    }

    private static void FillLists(Writing writing)
    {
        foreach (var bytes in writing.Query<byte[]>("SELECT operation FROM operations", new { }))
        {
            var operation = V1.Operation.Parser.ParseFrom(bytes);
            var createdAt = operation.CreatedAt?.ToDateTime().ToString("O", CultureInfo.InvariantCulture) ?? "";
            writing.Execute(
                "UPDATE operations SET created_at = @createdAt, state = @State WHERE operation_id = @OperationId",
                new { createdAt, State = (int)operation.State, operation.OperationId });
        }
    }

    // The versions from which on lists of operations are ordered, and every event carries a digest.
    private const int Listed = 4;
    private const int Chained = 6;

    private const string Schema =
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
        """;

    // Version 2: who looked at a dataset's test images, and when.
    private const string TestAccessLog =
        "CREATE TABLE test_looks (dataset_digest TEXT NOT NULL, who TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (dataset_digest, who)) "
            + "WITHOUT ROWID;";

    // Version 3: operations and what came of them, as the contract's messages.
    private const string Operations =
        "CREATE TABLE operations (operation_id TEXT NOT NULL PRIMARY KEY, updated_at TEXT NOT NULL, operation BLOB NOT NULL) "
            + "WITHOUT ROWID;";

    // Version 4: what lists of operations are ordered and chosen by.
    private const string OperationLists =
        """
        ALTER TABLE operations ADD COLUMN created_at TEXT NOT NULL DEFAULT '';
        ALTER TABLE operations ADD COLUMN state INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX newest_operations ON operations (created_at DESC, operation_id);
        """;

    // Version 5: whose each row is, and what each caller used of a day. Two tenants may give two things one name, so it is part of the key.
    private const string Tenants =
        """
        CREATE TABLE run_events_5 (
            tenant TEXT NOT NULL, run_id TEXT NOT NULL, version INTEGER NOT NULL, type TEXT NOT NULL, at TEXT NOT NULL, event TEXT NOT NULL,
            PRIMARY KEY (tenant, run_id, version)) WITHOUT ROWID;
        INSERT INTO run_events_5 SELECT 'local', run_id, version, type, at, event FROM run_events;
        DROP TABLE run_events;
        ALTER TABLE run_events_5 RENAME TO run_events;
        CREATE TABLE datasets_5 (
            tenant TEXT NOT NULL, name TEXT NOT NULL, digest TEXT NOT NULL, folder TEXT NOT NULL, layout TEXT NOT NULL,
            class_names TEXT NOT NULL, hand_written_template TEXT NOT NULL, warnings TEXT NOT NULL, registered_at TEXT NOT NULL,
            is_current INTEGER NOT NULL, PRIMARY KEY (tenant, name, digest)) WITHOUT ROWID;
        INSERT INTO datasets_5
            SELECT 'local', name, digest, folder, layout, class_names, hand_written_template, warnings, registered_at, is_current
            FROM datasets;
        DROP TABLE datasets;
        ALTER TABLE datasets_5 RENAME TO datasets;
        CREATE TABLE dataset_images_5 (
            tenant TEXT NOT NULL, name TEXT NOT NULL, digest TEXT NOT NULL, position INTEGER NOT NULL,
            path TEXT NOT NULL, sha256 TEXT NOT NULL, label INTEGER NOT NULL, split INTEGER NOT NULL,
            PRIMARY KEY (tenant, name, digest, position)) WITHOUT ROWID;
        INSERT INTO dataset_images_5 SELECT 'local', name, digest, position, path, sha256, label, split FROM dataset_images;
        DROP TABLE dataset_images;
        ALTER TABLE dataset_images_5 RENAME TO dataset_images;
        CREATE TABLE test_looks_5 (
            tenant TEXT NOT NULL, dataset_digest TEXT NOT NULL, who TEXT NOT NULL, at TEXT NOT NULL,
            PRIMARY KEY (tenant, dataset_digest, who)) WITHOUT ROWID;
        INSERT INTO test_looks_5 SELECT 'local', dataset_digest, who, at FROM test_looks;
        DROP TABLE test_looks;
        ALTER TABLE test_looks_5 RENAME TO test_looks;
        CREATE TABLE operations_5 (
            tenant TEXT NOT NULL, operation_id TEXT NOT NULL, updated_at TEXT NOT NULL, operation BLOB NOT NULL, created_at TEXT NOT NULL,
            state INTEGER NOT NULL, PRIMARY KEY (tenant, operation_id)) WITHOUT ROWID;
        INSERT INTO operations_5 SELECT 'local', operation_id, updated_at, operation, created_at, state FROM operations;
        DROP TABLE operations;
        ALTER TABLE operations_5 RENAME TO operations;
        CREATE INDEX newest_operations ON operations (tenant, created_at DESC, operation_id);
        CREATE TABLE usage (
            tenant TEXT NOT NULL, caller TEXT NOT NULL, day TEXT NOT NULL, kind TEXT NOT NULL, amount INTEGER NOT NULL,
            PRIMARY KEY (tenant, caller, day, kind)) WITHOUT ROWID;
        """;

    // Version 6: a row for each run, so that they are listed without reading every event and a run whose events cannot be read can be
    // deleted; its key is never given again. Each event carries a digest of itself and of the one before it.
    private const string Runs =
        """
        CREATE TABLE runs (
            key INTEGER PRIMARY KEY AUTOINCREMENT, tenant TEXT NOT NULL, run_id TEXT NOT NULL, length INTEGER NOT NULL,
            digest TEXT NOT NULL, UNIQUE (tenant, run_id));
        INSERT INTO runs (tenant, run_id, length, digest) SELECT tenant, run_id, MAX(version), '' FROM run_events GROUP BY tenant, run_id;
        CREATE TABLE run_events_6 (
            run INTEGER NOT NULL, version INTEGER NOT NULL, type TEXT NOT NULL, at TEXT NOT NULL, event TEXT NOT NULL,
            digest TEXT NOT NULL, PRIMARY KEY (run, version)) WITHOUT ROWID;
        INSERT INTO run_events_6 SELECT runs.key, old.version, old.type, old.at, old.event, ''
            FROM run_events old JOIN runs ON runs.tenant = old.tenant AND runs.run_id = old.run_id;
        DROP TABLE run_events;
        ALTER TABLE run_events_6 RENAME TO run_events;
        """;

    // Version 7: the orchestrators that share the database.
    private const string Members =
        """
        CREATE TABLE cluster_version (cluster INTEGER NOT NULL PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE cluster_members (
            silo TEXT NOT NULL PRIMARY KEY, status INTEGER NOT NULL, alive_at TEXT NOT NULL, entry TEXT NOT NULL,
            etag TEXT NOT NULL) WITHOUT ROWID;
        """;

    private static readonly string[] All = [Schema, TestAccessLog, Operations, OperationLists, Tenants, Runs, Members];
}
