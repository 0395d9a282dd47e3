using Ipo.Optimization.Facts;
using Ipo.Orchestrator.Journal;
using Ipo.Orchestrator.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Ipo.Tests.Orchestrator.Journal;

/// <summary>What a journal in a database promises besides, whichever database it is.</summary>
public abstract class SqlJournalContract : JournalContract, IDisposable
{
    private static readonly DateTimeOffset Time = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    internal abstract Database Database { get; }

    internal override IRunJournal Journal => Of(Database);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    internal static SqlRunJournal Of(Database database) => new(database, NullLogger<SqlRunJournal>.Instance);

    private protected void Execute(string sql)
    {
        using var connection = Database.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    [Theory]
    [InlineData("DELETE FROM run_events WHERE version = 2", "Event 2 of run run is missing. ")]
    [InlineData("DELETE FROM run_events WHERE version = 3", "Event 3 of run run is missing. ")]
    [InlineData("UPDATE run_events SET type = 'run-flew' WHERE version = 2", "Event 2 of run run ('run-flew') is not as it was written")]
    [InlineData("UPDATE run_events SET event = substr(event, 1, 20) WHERE version = 2", "Event 2 of run run ('run-picked-up') is not as it was written")]
    [InlineData("UPDATE run_events SET event = replace(event, '2026', '2027') WHERE version = 2",
        "Event 2 of run run ('run-picked-up') is not as it was written")]
    [InlineData("UPDATE run_events SET digest = 'x' WHERE version = 2", "Event 2 of run run ('run-picked-up') is not as it was written")]
    [InlineData("UPDATE runs SET digest = 'x'", "The last event of run run is not the one that was written last.")]
    [InlineData("UPDATE runs SET length = 4", "Event 4 of run run is missing. ")]
    public async Task Says_which_event_is_damaged_and_goes_on_from_the_one_before(string damage, string message)
    {
        RunEvent[] events = [Created("run"), new RunPickedUp(Time), new RunCancelled(Time)];
        await Journal.AppendAsync("run", 0, events, Cancellation);
        Execute(damage);

        var damaged = await Assert.ThrowsAsync<JournalDamagedException>(() => Journal.ReadAsync("run", 0, Cancellation));
        Assert.StartsWith(message, damaged.Message, StringComparison.Ordinal);
        var sound = await Journal.ReadSoundAsync("run", Cancellation);
        Assert.Equal(damaged.Message, sound.Damage);
        Assert.Equal(events.Take(sound.Events.Count).Select(StoredEvent.Write), sound.Events.Select(StoredEvent.Write));

        await Journal.CutAsync("run", sound.Events.Count, Cancellation);
        await Journal.AppendAsync("run", sound.Events.Count, [new RunResumed(Time)], Cancellation);
        Assert.Equal(new RunResumed(Time), (await Journal.ReadAsync("run", 0, Cancellation))[^1]);
        await Journal.DeleteAsync("run", expectedVersion: null, Cancellation);
        Assert.Equal(0, Database.Scalar<long>("SELECT COUNT(*) FROM run_events"));
    }

    [Fact]
    public async Task An_event_of_a_newer_version_stops_its_run_alone()
    {
        await Journal.AppendAsync("run", 0, [Created("run"), new RunPickedUp(Time)], Cancellation);
        await Journal.AppendAsync("other", 0, [Created("other")], Cancellation);
        var event2 = Database.Query<string>("SELECT digest FROM run_events WHERE run = 1 AND version = 1").Single();
        Execute(
            $"UPDATE run_events SET type = 'run-flew', event = '{{}}', digest = '{EventChain.Digest(event2, "local", "run", 2, "run-flew", "{}")}' "
                + "WHERE run = 1 AND version = 2");

        var damaged = await Assert.ThrowsAsync<JournalDamagedException>(() => Journal.ReadAsync("run", 0, Cancellation));
        Assert.Equal(
            "Event 2 of run run is a 'run-flew', which this version of Ipo does not know; start the newer version that wrote it.", damaged.Message);
        Assert.Single(await Journal.ReadAsync("other", 0, Cancellation));
    }

    [Fact]
    public async Task Two_runs_cannot_change_places()
    {
        await Journal.AppendAsync("one", 0, [Created("one"), new RunPickedUp(Time)], Cancellation);
        await Journal.AppendAsync("two", 0, [Created("two"), new RunPickedUp(Time)], Cancellation);
        Execute("UPDATE runs SET run_id = 'three' WHERE run_id = 'one'");
        Assert.StartsWith(
            "Event 1 of run three",
            (await Assert.ThrowsAsync<JournalDamagedException>(() => Journal.ReadAsync("three", 0, Cancellation))).Message, StringComparison.Ordinal);
    }

    // An early orchestrator would overwrite what a later one wrote, and a late one append to what it does not know.
    [Fact]
    public async Task One_of_two_writers_wins_each_version_however_they_interleave()
    {
        var versions = Environment.GetEnvironmentVariable("IPO_FAULTS") == "full" ? 10_000 : 300;
        await Journal.AppendAsync("run", 0, [Created("run")], Cancellation);
        var wins = await Task.WhenAll(Enumerable.Range(0, 2).Select(writer => Task.Run(async () =>
        {
            var (journal, won) = (Of(Database), new List<long>());
            for (var version = 1L; version <= versions; version++)
                try
                {
                    await journal.AppendAsync("run", version, [new RunFailed(Time, $"{writer}")], Cancellation);
                    won.Add(version + 1);
                }
                catch (JournalConflictException) { }
            return won;
        })));

        var events = await Journal.ReadAsync("run", 0, Cancellation);
        Assert.Equal(versions + 1, events.Count);
        Assert.Equal(versions, wins.Sum(won => won.Count));
        foreach (var (won, writer) in wins.Select((won, writer) => (won, writer)))
            Assert.All(won, version => Assert.Equal($"{writer}", ((RunFailed)events[(int)version - 1]).Reason));
    }

    public abstract void Dispose();
}
