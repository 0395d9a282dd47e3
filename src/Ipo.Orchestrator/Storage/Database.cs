using System.Data.Common;
using Dapper;

namespace Ipo.Orchestrator.Storage;

/// <summary>Where the orchestrator keeps what must last: journal, datasets, digests of files, operations. A file
/// (<see cref="SqliteDatabase"/>) or a server (<see cref="PostgresDatabase"/>); the statements are the same for
/// both.</summary>
internal abstract class Database : IDisposable
{
    // Of what takes as long as all that is kept is large.
    internal const int NoLimit = 0;

    static Database() => DefaultTypeMap.MatchNamesWithUnderscores = true;

    /// <summary>Why it could not be written when that was tried last; null if it could.</summary>
    public string? Fault { get; private set; }

    /// <summary>Reads rows. A column goes to the property of its name, underscores aside.</summary>
    /// <param name="sql">The statement, with <c>@name</c> for a parameter.</param>
    /// <param name="values">The parameters, as properties of an object.</param>
    /// <exception cref="DatabaseException">It cannot be read.</exception>
    public IReadOnlyList<T> Query<T>(string sql, object? values = null) => Read(connection => connection.Query<T>(sql, values).AsList());

    /// <summary>Reads the one value of the one row.</summary>
    /// <exception cref="DatabaseException">It cannot be read.</exception>
    public T Scalar<T>(string sql, object? values = null) => Read(connection => connection.ExecuteScalar<T>(sql, values)!);

    /// <summary>Reads rows one by one until the end or the first that cannot be read, of which the exception is.</summary>
    /// <exception cref="DatabaseException">After the last row that can be read.</exception>
    public IEnumerable<T> Stream<T>(string sql, object values)
    {
        using var connection = Told(Open);
        using var rows = Told(() => connection.Query<T>(sql, values, buffered: false).GetEnumerator());
        while (Told(rows.MoveNext)) yield return rows.Current;
    }

    /// <summary>Writes, all or nothing. When it returns, it is on disk. Nobody writes between what the work reads and what
    /// it writes of it: in SQLite one writes at a time, in PostgreSQL a row that is changed is held.</summary>
    /// <exception cref="DatabaseException">It cannot be written.</exception>
    public void Write(Action<Writing> work)
    {
        try
        {
            Told(() =>
            {
                using var connection = Open();
                using var transaction = Begin(connection);
                work(new(connection, transaction, this));
                transaction.Commit();
                return true;
            });
            Fault = null;
        }
        catch (DatabaseException fault)
        {
            Fault = fault.Message;
            throw;
        }
    }

    /// <summary>Finds out whether it can be written, by writing.</summary>
    /// <exception cref="DatabaseException">It cannot.</exception>
    public void Probe() => Write(writing =>
    {
        writing.Execute("DELETE FROM usage WHERE day = ''", new { });
        writing.Execute("INSERT INTO usage (tenant, caller, day, kind, amount) VALUES ('', '', '', '', 0)", new { });
    });

    /// <summary>Makes sure that there is space for what is going to be written.</summary>
    /// <exception cref="DatabaseUnavailableException">There is too little.</exception>
    public abstract void DemandSpace();

    /// <summary>A condition that a column holds one of a list's elements.</summary>
    public abstract string In(string column, string parameter);

    /// <summary>Bytes that it takes on its disk.</summary>
    public abstract long Bytes();

    /// <summary>Looks whether what is kept can be read and hangs together.</summary>
    /// <returns>What is wrong, a sentence each.</returns>
    public abstract IReadOnlyList<string> Check();

    /// <summary>Gives back the space of what was deleted.</summary>
    /// <exception cref="DatabaseException">It cannot be written.</exception>
    public void Compact() => Read(connection => connection.Execute(CompactStatement, commandTimeout: NoLimit));

    /// <summary>The statement that gives back space.</summary>
    protected abstract string CompactStatement { get; }

    public abstract void Dispose();

    /// <summary>Opens a connection; a commit on it is on disk when it returns.</summary>
    protected internal abstract DbConnection Open();

    protected abstract DbTransaction Begin(DbConnection connection);

    /// <summary>A statement that defines tables, in this database's words.</summary>
    protected internal abstract string Translate(string definition);

    /// <summary>What a fault of the driver means; null if it is a mistake of ours.</summary>
    protected abstract DatabaseException? Explain(DbException fault);

    private T Read<T>(Func<DbConnection, T> read) => Told(() =>
    {
        using var connection = Open();
        return read(connection);
    });

    private T Told<T>(Func<T> work)
    {
        try { return work(); }
        catch (DbException fault) when (Explain(fault) is { } explained) { throw explained; }
    }
}

/// <summary>One transaction that writes.</summary>
internal sealed class Writing(DbConnection connection, DbTransaction transaction, Database database)
{
    /// <summary>Runs a statement, once for each element where the values are a list.</summary>
    /// <returns>Rows that it changed.</returns>
    public int Execute(string sql, object values) => connection.Execute(sql, values, transaction);

    /// <summary>Reads the one value of the one row.</summary>
    public T Scalar<T>(string sql, object values) => connection.ExecuteScalar<T>(sql, values, transaction)!;

    /// <summary>Reads rows.</summary>
    public IReadOnlyList<T> Query<T>(string sql, object values) => connection.Query<T>(sql, values, transaction).AsList();

    /// <summary>Defines tables.</summary>
    public void Define(string sql) =>
        connection.Execute(database.Translate(sql), transaction: transaction, commandTimeout: Database.NoLimit);
}
