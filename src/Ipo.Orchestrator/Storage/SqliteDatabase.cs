using System.Data.Common;
using System.Globalization;
using Dapper;
using Ipo.Orchestrator.Configuration;
using Ipo.ServiceDefaults;
using Microsoft.Data.Sqlite;

namespace Ipo.Orchestrator.Storage;

/// <summary>One SQLite file in the data directory, so that one copy is a backup. One orchestrator has it.</summary>
internal sealed class SqliteDatabase : Database
{
    private readonly string _connection;
    private readonly string _file;
    private readonly long _leastFree;
    private readonly FileStream? _held;

    /// <exception cref="ServiceStartException">Another orchestrator works in the data directory.</exception>
    /// <exception cref="InvalidDataException">The database is damaged or of a newer version.</exception>
    public static SqliteDatabase InFolder(string directory, long leastFree) =>
        new(Path.Combine(directory, "ipo.db"), leastFree, Hold(directory));

    /// <param name="file">The file; made where it is missing.</param>
    /// <param name="leastFree">Bytes that are kept free on its disk before more is bought.</param>
    /// <param name="held">What shows other processes that it is in use.</param>
    public SqliteDatabase(string file, long leastFree = 0, FileStream? held = null)
    {
        (_file, _leastFree, _held) = (file, leastFree, held);
        _connection = new SqliteConnectionStringBuilder { DataSource = file, ForeignKeys = true, DefaultTimeout = 30 }.ToString();
        try { Write(Migrate); }
        catch (DatabaseDamagedException fault)
        {
            throw new InvalidDataException(
                $"{file} is not a database or is damaged ({fault.InnerException!.Message}). Restore a backup, or move it away to start "
                    + "with an empty one.", fault);
        }
        catch (DatabaseUnavailableException fault) { throw new InvalidDataException(fault.Message, fault); }
    }

    public override void DemandSpace()
    {
        if (_leastFree == 0) return;
        var free = new DriveInfo(Path.GetDirectoryName(Path.GetFullPath(_file))!).AvailableFreeSpace;
        if (free < _leastFree)
            throw new DatabaseUnavailableException(string.Create(
                CultureInfo.InvariantCulture,
                $"The disk of {_file} has {free >> 20} MiB left and {_leastFree >> 20} MiB are kept free; make some space, or lower "
                    + $"{OrchestratorOptions.Section}:LeastFreeBytes."));
    }

    public override string In(string column, string parameter) => $"{column} IN {parameter}";

    public override long Bytes()
    {
        var (file, log) = (new FileInfo(_file), new FileInfo($"{_file}-wal"));
        return file.Length + (log.Exists ? log.Length : 0);
    }

    public override IReadOnlyList<string> Check()
    {
        try { return [.. Query<string>("PRAGMA integrity_check").Where(line => line != "ok").Select(line => $"{_file}: {line}")]; }
        catch (DatabaseDamagedException fault) { return [fault.Message]; } // too damaged for a list of its damages
    }

    protected override string CompactStatement => "VACUUM; PRAGMA wal_checkpoint(TRUNCATE);";

    protected internal override DbConnection Open()
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
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    // The lock is taken before anything is read, so that nobody writes in between.
    protected override DbTransaction Begin(DbConnection connection) => ((SqliteConnection)connection).BeginTransaction(deferred: false);

    protected internal override string Translate(string definition) => definition;

    // Primary result codes: https://sqlite.org/rescode.html
    protected override DatabaseException? Explain(DbException fault) => fault is not SqliteException { SqliteErrorCode: var code } ? null
        : code switch
        {
            11 or 26 => new DatabaseDamagedException(
                $"{_file} is damaged ({fault.Message}). Restore a backup; or archive its runs (ipo runs archive), move the file away, "
                    + "and restore them into the new one that the next start makes (ipo runs restore).", fault),
            13 => Unavailable("there is no space left on its disk; make some", fault),
            8 => Unavailable("it may not be written; look at the permissions of the file, its folder and its file system", fault),
            10 or 14 => Unavailable("the file system refuses; look at the disk and at the permissions of the folder", fault),
            5 or 6 => Unavailable("another program holds it; end that one", fault),
            _ => null,
        };

    private DatabaseUnavailableException Unavailable(string reason, DbException fault) =>
        new($"{_file} cannot be written ({fault.Message}): {reason}.", fault);

    private void Migrate(Writing writing)
    {
        var version = writing.Scalar<int>("PRAGMA user_version", new { });
        if (version > Migrations.Newest)
            throw new InvalidDataException(
                $"The database {_file} has schema {version}; this version of Ipo knows {Migrations.Newest}. Start the newer version that "
                    + "wrote it, or name another data directory.");
        Migrations.Run(writing, version);
        writing.Execute($"PRAGMA user_version = {Migrations.Newest}", new { });
    }

    public override void Dispose()
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
