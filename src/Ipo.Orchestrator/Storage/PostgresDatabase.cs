using System.Data.Common;
using System.Net.Sockets;
using Ipo.ServiceDefaults;
using Npgsql;

namespace Ipo.Orchestrator.Storage;

/// <summary>A database of a PostgreSQL server, which several orchestrators may share.</summary>
internal sealed class PostgresDatabase : Database
{
    // Any number, the same for all that bring a schema up to date.
    private const long MigrationLock = 0x49504F;

    private readonly NpgsqlDataSource _source;
    private readonly string _place;

    /// <param name="connectionString">As Npgsql takes it: <c>Host=…;Username=…;Password=…;Database=…</c>.</param>
    /// <exception cref="ServiceStartException">The connection string cannot be read, or the server does not answer.</exception>
    /// <exception cref="InvalidDataException">The schema is of a newer version.</exception>
    public PostgresDatabase(string connectionString)
    {
        try
        {
            var parts = new NpgsqlConnectionStringBuilder(connectionString) { ApplicationName = "ipo-orchestrator" };
            if (!parts.ContainsKey("Timeout")) parts.Timeout = 5;
            // A server that vanished without closing its connections is noticed within a minute.
            if (!parts.ContainsKey("Tcp Keepalive"))
                (parts.TcpKeepAlive, parts.TcpKeepAliveTime, parts.TcpKeepAliveInterval) = (true, 20, 5);
            // Of several hosts each has its own port.
            _place = parts.Host?.Contains(',') is true ? $"{parts.Host}/{parts.Database}" : $"{parts.Host}:{parts.Port}/{parts.Database}";
            _source = NpgsqlDataSource.Create(parts);
            Write(Migrate);
        }
        catch (ArgumentException fault)
        {
            throw new ServiceStartException($"{DatabaseChoice.Setting} is no connection string of PostgreSQL: {fault.Message}", fault);
        }
        catch (DatabaseException fault) { throw new ServiceStartException(fault.Message, fault); }
    }

    // The server's disk is not seen from here.
    public override void DemandSpace() { }

    public override string In(string column, string parameter) => $"{column} = ANY({parameter})";

    public override long Bytes() => Scalar<long>("SELECT pg_database_size(current_database())");

    // The server checks pages itself when it reads them, where it was set up with checksums.
    public override IReadOnlyList<string> Check() => [];

    protected override string CompactStatement =>
        "VACUUM (ANALYZE) run_events, runs, dataset_images, datasets, file_digests, operations";

    protected internal override DbConnection Open() => _source.OpenConnection();

    protected override DbTransaction Begin(DbConnection connection) => connection.BeginTransaction();

    // Texts are compared by their bytes, as SQLite does it: paths are read in that order.
    protected internal override string Translate(string definition) => definition
        .Replace("INTEGER PRIMARY KEY AUTOINCREMENT", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", StringComparison.Ordinal)
        .Replace(" INTEGER", " BIGINT", StringComparison.Ordinal)
        .Replace(" TEXT", " TEXT COLLATE \"C\"", StringComparison.Ordinal)
        .Replace(" BLOB", " BYTEA", StringComparison.Ordinal)
        .Replace(" WITHOUT ROWID", "", StringComparison.Ordinal);

    // Classes of SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html
    protected override DatabaseException? Explain(DbException fault) => fault switch
    {
        PostgresException { SqlState: PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted } =>
            new DatabaseDamagedException($"The database {_place} is damaged ({fault.Message}). Restore a backup.", fault),
        PostgresException { SqlState: var state } when IsPassing(state) =>
            new DatabaseUnavailableException($"The database {_place} refuses: {fault.Message}.", fault),
        PostgresException => null,
        NpgsqlException => new DatabaseUnavailableException(
            $"The database {_place} cannot be reached: {Reason(fault)}. Look whether the server runs and {DatabaseChoice.Setting} is "
                + "right.", fault),
        _ => null,
    };

    // 08 connection, 25006 read only, 28 sign-in, 3D no such database, 42501 no right, 53 no resources, 57 an operator's doing,
    // 58 the system.
    private static bool IsPassing(string state) =>
        state[..2] is "08" or "28" or "3D" or "53" or "57" or "58" || state is "25006" or "42501";

    private static string Reason(DbException fault) => (fault.InnerException switch
    {
        SocketException or IOException or TimeoutException => fault.InnerException.Message,
        _ => fault.Message,
    }).TrimEnd('.');

    private void Migrate(Writing writing)
    {
        writing.Execute("SELECT pg_advisory_xact_lock(@MigrationLock)", new { MigrationLock });
        var isEmpty = writing.Scalar<bool>("SELECT to_regclass('ipo_schema') IS NULL", new { });
        if (isEmpty) writing.Define("CREATE TABLE ipo_schema (version INTEGER NOT NULL)");
        var version = isEmpty ? 0 : writing.Scalar<int>("SELECT version::int FROM ipo_schema", new { });
        if (version > Migrations.Newest)
            throw new InvalidDataException(
                $"The database {_place} has schema {version}; this version of Ipo knows {Migrations.Newest}. Start the newer version that "
                    + "wrote it, or name another database.");
        if (version == Migrations.Newest) return;
        Migrations.Run(writing, version);
        writing.Execute("DELETE FROM ipo_schema", new { });
        writing.Execute("INSERT INTO ipo_schema (version) VALUES (@Newest)", new { Migrations.Newest });
    }

    public override void Dispose() => _source.Dispose();
}
