using Ipo.Optimization.Facts;
using Ipo.Orchestrator.Storage;
using Ipo.ServiceDefaults;
using Ipo.Tests.Fakes;
using Xunit;

namespace Ipo.Tests.Orchestrator.Journal;

[Collection(WithPostgres.Name)]
public sealed class PostgresJournalTests(PostgresServer server) : SqlJournalContract
{
    private static readonly DateTimeOffset Time = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly string _address = server.CreateDatabase();
    private PostgresDatabase? _database;

    internal override Database Database => _database ??= new PostgresDatabase(_address);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Another_orchestrator_sees_what_was_appended()
    {
        await Journal.AppendAsync("run", 0, [Created("run"), new RunPickedUp(Time)], Cancellation);
        using var other = new PostgresDatabase(_address);
        Assert.Equal(2, (await Of(other).ReadAsync("run", 0, Cancellation)).Count);
    }

    [Fact]
    public async Task Many_that_start_at_once_make_one_schema()
    {
        using var empty = new DatabasesOf(await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => new PostgresDatabase(_address)))));
        Assert.Equal([Migrations.Newest], Database.Query<int>("SELECT version::int FROM ipo_schema"));
    }

    [Theory]
    [InlineData("fast")]
    [InlineData("immediate")]
    public async Task A_server_that_is_away_is_told_and_what_was_written_is_there_when_it_is_back(string how)
    {
        await Journal.AppendAsync("run", 0, [Created("run"), new RunPickedUp(Time)], Cancellation);
        await server.StopAsync(how);
        try
        {
            var refusal = await Assert.ThrowsAsync<DatabaseUnavailableException>(
                async () =>
                {
                    // The first call may be told of the stop over the connection that it had.
                    await Assert.ThrowsAsync<DatabaseUnavailableException>(() => Journal.AppendAsync("run", 2, [new RunCancelled(Time)], Cancellation));
                    await Journal.AppendAsync("run", 2, [new RunCancelled(Time)], Cancellation);
                });
            Assert.Contains("cannot be reached: ", refusal.Message, StringComparison.Ordinal);
            Assert.Equal(refusal.Message, Database.Fault);
            Assert.Equal(refusal.Message, (await Assert.ThrowsAsync<DatabaseUnavailableException>(() => Journal.ReadAsync("run", 0, Cancellation))).Message);
            var start = Assert.Throws<ServiceStartException>(() => new PostgresDatabase(_address));
            Assert.Equal(refusal.Message, start.Message);
        }
        finally { await server.StartAsync(); }

        await Journal.AppendAsync("run", 2, [new RunCancelled(Time)], Cancellation);
        Assert.Null(Database.Fault);
        Assert.Equal(3, (await Journal.ReadAsync("run", 0, Cancellation)).Count);
    }

    [Fact]
    public async Task A_server_that_only_reads_is_told()
    {
        await Journal.AppendAsync("run", 0, [Created("run")], Cancellation);
        var name = Database.Scalar<string>("SELECT current_database()");
        Execute($"ALTER DATABASE {name} SET default_transaction_read_only = on");
        using var database = new PostgresDatabase($"{_address};Timeout=7");
        var refusal = await Assert.ThrowsAsync<DatabaseUnavailableException>(() => Of(database).AppendAsync("run", 1, [new RunPickedUp(Time)], Cancellation));
        Assert.Contains("read-only transaction", refusal.Message, StringComparison.Ordinal);
        Assert.Single(await Of(database).ReadAsync("run", 0, Cancellation));
    }

    [Theory]
    [InlineData("no pairs", "ConnectionStrings:postgres is no connection string of PostgreSQL: ")]
    [InlineData("Host=127.0.0.1;Port=1;Username=ipo", "The database 127.0.0.1:1/ cannot be reached: ")]
    public void Why_it_cannot_start_is_one_sentence(string address, string message) =>
        Assert.StartsWith(message, Assert.Throws<ServiceStartException>(() => new PostgresDatabase(address)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_schema_of_a_newer_version_is_refused_and_left_alone()
    {
        Execute("UPDATE ipo_schema SET version = 99");
        var refusal = Assert.Throws<InvalidDataException>(() => new PostgresDatabase(_address));
        Assert.Contains("has schema 99", refusal.Message, StringComparison.Ordinal);
    }

    public override void Dispose() => _database?.Dispose();

    private sealed record DatabasesOf(IReadOnlyList<PostgresDatabase> All) : IDisposable
    {
        public void Dispose()
        {
            foreach (var database in All) database.Dispose();
        }
    }
}
