using System.Collections;
using Ipo.Optimization.Facts;
using Ipo.Orchestrator.Storage;
using Ipo.Tests.Fakes;
using Xunit;

namespace Ipo.Tests.Orchestrator.Journal;

public sealed class SqliteJournalTests : SqlJournalContract
{
    private static readonly DateTimeOffset Time = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly TempFolder _folder = new();
    private readonly SqliteDatabase _database;

    public SqliteJournalTests()
    {
        _database = new SqliteDatabase(Path.Combine(_folder, "ipo.db"));
    }

    internal override Database Database => _database;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Another_process_sees_what_was_appended()
    {
        await Journal.AppendAsync("run", 0, [Created("run"), new RunPickedUp(Time)], Cancellation);

        using var other = new SqliteDatabase(Path.Combine(_folder, "ipo.db"));
        Assert.Equal(2, (await Of(other).ReadAsync("run", 0, Cancellation)).Count);
    }

    // The files as they lie on disk at any moment are what a killed process leaves behind.
    [Fact]
    public async Task A_kill_in_the_middle_of_an_append_leaves_all_or_nothing_of_it()
    {
        await Journal.AppendAsync("run", 0, [Created("run"), new RunPickedUp(Time)], Cancellation);
        // More than SQLite's cache of 2 MB: pages of the open transaction reach the log early, and nobody may take them for written.
        RunEvent[] large = [.. Enumerable.Range(0, 40).Select(i => new RunFailed(Time, new string('x', 100_000)))];
        await Journal.AppendAsync("run", 2, new Interrupted(large, beforeLast: () => Copy("killed")), Cancellation);

        Assert.Equal(2 + 40, (await Journal.ReadAsync("run", 0, Cancellation)).Count);
        Assert.True(new FileInfo(Path.Combine(_folder, "killed", "ipo.db-wal")).Length > 1_000_000);
        using var after = new SqliteDatabase(Path.Combine(_folder, "killed", "ipo.db"));
        var events = await Of(after).ReadAsync("run", 0, Cancellation);
        Assert.Equal(2, events.Count);
        await Of(after).AppendAsync("run", 2, [new RunCancelled(Time)], Cancellation);
    }

    [Fact]
    public async Task An_append_that_fails_before_its_last_event_leaves_nothing_of_it_and_lets_the_next_one_through()
    {
        await Journal.AppendAsync("run", 0, [Created("run"), new RunPickedUp(Time)], Cancellation);
        var failing = new Interrupted([new RunFailed(Time, "a"), new RunResumed(Time)], beforeLast: () => throw new IOException("a fault"));
        await Assert.ThrowsAsync<IOException>(() => Journal.AppendAsync("run", 2, failing, Cancellation));

        Assert.Equal(2, (await Journal.ReadAsync("run", 0, Cancellation)).Count);
        await Journal.AppendAsync("run", 2, [new RunCancelled(Time)], Cancellation);
        Assert.Equal([new RunCancelled(Time)], await Journal.ReadAsync("run", 2, Cancellation));
    }

    [Fact]
    public async Task A_log_that_is_cut_anywhere_gives_a_whole_number_of_appends()
    {
        for (var i = 0; i < 5; i++)
            await Journal.AppendAsync("run", 2 * i, [new RunFailed(Time, $"{i} a"), new RunFailed(Time, $"{i} b")], Cancellation);
        Copy("cut");
        var wal = await File.ReadAllBytesAsync(Path.Combine(_folder, "cut", "ipo.db-wal"), Cancellation);
        for (var length = 0; length < wal.Length; length += 1 + wal.Length / 40)
        {
            foreach (var file in Directory.GetFiles(Path.Combine(_folder, "cut"), "*-shm")) File.Delete(file);
            File.Copy(Path.Combine(_folder, "ipo.db"), Path.Combine(_folder, "cut", "ipo.db"), overwrite: true);
            await File.WriteAllBytesAsync(Path.Combine(_folder, "cut", "ipo.db-wal"), wal[..length], Cancellation);

            using var after = new SqliteDatabase(Path.Combine(_folder, "cut", "ipo.db"));
            var events = await Of(after).ReadAsync("run", 0, Cancellation);
            Assert.Equal(0, events.Count % 2);
            Assert.Equal(
                [.. Enumerable.Range(0, events.Count).Select(i => $"{i / 2} {(char)('a' + i % 2)}")], events.Cast<RunFailed>()
                    .Select(failed => failed.Reason));
        }
    }

    [Fact]
    public void Commits_reach_the_disk_before_they_are_acknowledged()
    {
        using var connection = _database.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode";
        Assert.Equal("wal", command.ExecuteScalar());
        command.CommandText = "PRAGMA synchronous";
        Assert.Equal(2L, command.ExecuteScalar()); // FULL
    }

    [Fact]
    public void A_database_of_a_newer_version_is_refused_and_left_alone()
    {
        Execute("PRAGMA user_version = 99");
        var refusal = Assert.Throws<InvalidDataException>(() => new SqliteDatabase(Path.Combine(_folder, "ipo.db")));
        Assert.Contains("schema 99", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_database_is_named()
    {
        var refusal = Assert.Throws<InvalidDataException>(() => new SqliteDatabase(_folder.Write("other.db", new string('x', 4096))));
        Assert.Contains("other.db is not a database", refusal.Message, StringComparison.Ordinal);
    }

    public override void Dispose()
    {
        _database.Dispose();
        _folder.Dispose();
    }

    private void Copy(string to)
    {
        Directory.CreateDirectory(Path.Combine(_folder, to));
        foreach (var file in Directory.GetFiles(_folder, "ipo.db*").Where(file => !file.EndsWith("-shm", StringComparison.Ordinal)))
            File.Copy(file, Path.Combine(_folder, to, Path.GetFileName(file)));
    }

    /// <summary>Events of an append, of which all but the last are written when something happens.</summary>
    private sealed class Interrupted(IReadOnlyList<RunEvent> events, Action beforeLast) : IReadOnlyList<RunEvent>
    {
        private bool _interrupted;

        public int Count => events.Count;

        public RunEvent this[int index]
        {
            get
            {
                if (index == Count - 1 && !_interrupted)
                {
                    _interrupted = true;
                    beforeLast();
                }
                return events[index];
            }
        }

        public IEnumerator<RunEvent> GetEnumerator()
        {
            for (var at = 0; at < Count; at++) yield return this[at];
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
