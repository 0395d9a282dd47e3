using Dapper;
using Ipo.Orchestrator.Configuration;
using Ipo.ServiceDefaults;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace Ipo.Orchestrator.Storage;

/// <summary>The orchestrator's one SQLite file: journal, datasets, digests of files, operations. One file, so that one copy is a
/// backup.</summary>
internal sealed class Database : IDisposable
{
    private const int SchemaVersion = 5;

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

    // Version 4: what lists of operations are ordered and chosen by; OperationStore fills in what stands there already.
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

    private readonly string _connection;
    private readonly string _file;
    private readonly FileStream? _held;

    static Database() => DefaultTypeMap.MatchNamesWithUnderscores = true;

    /// <exception cref="ServiceStartException">Another orchestrator works in the data directory.</exception>
    /// <exception cref="InvalidDataException">The database is damaged or of a newer version.</exception>
    public Database(IOptions<OrchestratorOptions> options) : this(options.Value.DataDirectory, Hold(options.Value.DataDirectory)) { }

    private Database(string directory, FileStream held) : this(Path.Combine(directory, "ipo.db")) => _held = held;

    public Database(string file)
    {
        _file = file;
        _connection = new SqliteConnectionStringBuilder { DataSource = file, ForeignKeys = true, DefaultTimeout = 30 }.ToString();
        Write(writing =>
        {
            var version = writing.Scalar<long>("PRAGMA user_version", new { });
            if (version > SchemaVersion)
                throw new InvalidDataException(
                    $"The database {file} has schema {version}; this version of Ipo knows {SchemaVersion}. Start the newer version that "
                        + "wrote it, or name another data directory.");
            if (version == 0) writing.Execute(Schema, new { });
            if (version < 2) writing.Execute(TestAccessLog, new { });
            if (version < 3) writing.Execute(Operations, new { });
            if (version < 4) writing.Execute(OperationLists, new { });
            if (version < 5) writing.Execute(Tenants, new { });
            writing.Execute($"PRAGMA user_version = {SchemaVersion}", new { });
        });
    }

    /// <summary>Reads rows. A column goes to the property of its name, underscores aside.</summary>
    /// <param name="sql">The statement, with <c>@name</c> for a parameter.</param>
    /// <param name="values">The parameters, as properties of an object.</param>
    public IReadOnlyList<T> Query<T>(string sql, object? values = null)
    {
        using var connection = Open();
        return connection.Query<T>(sql, values).AsList();
    }

    /// <summary>Reads the one value of the one row.</summary>
    public T Scalar<T>(string sql, object? values = null)
    {
        using var connection = Open();
        return connection.ExecuteScalar<T>(sql, values)!;
    }

    /// <summary>Writes, all or nothing. When it returns, it is on disk. The lock is taken before anything is read, so
    /// that nobody writes in between.</summary>
    public void Write(Action<Writing> work)
    {
        using var connection = Open();
        using var transaction = connection.BeginTransaction(deferred: false);
        work(new(connection, transaction));
        transaction.Commit();
    }

    /// <summary>Opens a connection; a commit on it is on disk when it returns.</summary>
    public SqliteConnection Open()
    {
        var connection = new SqliteConnection(_connection);
        try
        {
            connection.Open();
            // Readers never wait for the writer; FULL, because in WAL mode NORMAL may lose the last commits on a power
            // cut.
            connection.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
            return connection;
        }
        catch (SqliteException fault) when (fault.SqliteErrorCode is 26 or 11)
        {
            connection.Dispose();
            throw new InvalidDataException(
                $"{_file} is not a database or is damaged ({fault.Message}). Restore a backup, or move it away to start with an empty one.",
                fault);
        }
    }

    public void Dispose()
    {
        using var connection = new SqliteConnection(_connection);
        SqliteConnection.ClearPool(connection);
        _held?.Dispose();
    }

    // Two on one journal would both work on each run and buy its answers twice. The system lets go of the file when the
    // process ends, also after kill -9.
    private static FileStream Hold(string directory)
    {
        try
        {
            return new(Path.Combine(directory, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            throw new ServiceStartException(
                $"another orchestrator works in {directory}; stop it, or set {OrchestratorOptions.Section}:DataDirectory to another "
                    + "folder.");
        }
    }
}

/// <summary>One transaction that writes.</summary>
internal sealed class Writing(SqliteConnection connection, SqliteTransaction transaction)
{
    /// <summary>Runs a statement, once for each element where the values are a list.</summary>
    public void Execute(string sql, object values) => connection.Execute(sql, values, transaction);

    /// <summary>Reads the one value of the one row.</summary>
    public T Scalar<T>(string sql, object values) => connection.ExecuteScalar<T>(sql, values, transaction)!;

    /// <summary>Reads rows.</summary>
    public IReadOnlyList<T> Query<T>(string sql, object values) => connection.Query<T>(sql, values, transaction).AsList();
}
