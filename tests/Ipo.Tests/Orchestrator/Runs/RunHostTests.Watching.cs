using Ipo.Optimization.Facts;
using Ipo.Optimization.Settings;
using Ipo.Optimization.State;
using Ipo.Orchestrator.Configuration;
using Ipo.Orchestrator.Journal;
using Ipo.Orchestrator.Runs;
using Ipo.Tests.Fakes;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Ipo.Tests.Orchestrator.Runs;

public sealed partial class RunHostTests
{
    [Fact]
    public async Task Watchers_see_the_run_at_once_live_and_to_its_end_and_a_stuck_one_holds_nobody_up()
    {
        await using var lab = await OrchestratorLab.StartAsync(_folder, _fakes);
        await lab.RegisterAsync("tiny");
        var gate = new TaskCompletionSource();
        _fakes.PromptGen.Instead = async _ => { await gate.Task; return null; };
        await CreateAsync(lab, "run");

        await using var stuck = lab.Book.WatchAsync("run", Cancellation).GetAsyncEnumerator(Cancellation);
        Assert.True(await stuck.MoveNextAsync());
        Assert.True(stuck.Current.State.IsRunning);
        var watchers = Enumerable.Range(0, 20).Select(_ => lab.Book.WatchAsync("run", Cancellation).ToListAsync(Cancellation).AsTask())
            .ToList();
        gate.SetResult();

        foreach (var views in await Task.WhenAll(watchers))
        {
            Assert.Equal(RunStatus.Completed, views[^1].State.Status);
            Assert.True(views.Count > 1);
            Assert.Single(views, view => !view.State.IsRunning);
        }
        // The one that slept sees the latest state next, not all that it missed.
        Assert.True(await stuck.MoveNextAsync());
        Assert.Equal(RunStatus.Completed, stuck.Current.State.Status);
        Assert.False(await stuck.MoveNextAsync());
    }

    [Fact]
    public async Task A_watcher_sees_what_another_orchestrator_does()
    {
        var gate = new TaskCompletionSource();
        _fakes.PromptGen.Instead = async _ => { await gate.Task; return null; };
        await using var host = await OrchestratorLab.StartAsync(_folder, _fakes);
        await host.RegisterAsync("tiny");
        await CreateAsync(host, "run");
        using var database = new Ipo.Orchestrator.Storage.SqliteDatabase(Path.Combine(_folder, "state/ipo.db"));
        using var meters = new Meters();
        using var book = StoreOf(new SqlRunJournal(database, NullLogger<SqlRunJournal>.Instance), database, meters, TimeProvider.System);

        var watching = book.WatchAsync("run", Cancellation).ToListAsync(Cancellation).AsTask();
        gate.SetResult();
        Assert.Equal(RunStatus.Completed, (await watching)[^1].State.Status);
    }

    [Fact]
    public async Task Runs_that_nothing_happens_to_are_not_read_again_whoever_looks_at_them()
    {
        var (journal, clock) = (new MemoryJournal(), new Microsoft.Extensions.Time.Testing.FakeTimeProvider());
        using var database = new Ipo.Orchestrator.Storage.SqliteDatabase(Path.Combine(_folder, "other.db"));
        using var meters = new Meters();
        using var store = StoreOf(journal, database, meters, clock);
        foreach (var id in new[] { "one", "two", "three" })
            await journal.AppendAsync(id, 0, [new RunCreated(clock.GetUtcNow(), id, Presets.Get("ipo-paper", "birds"))], Cancellation);
        await journal.AppendAsync("three", 1, [new RunCancelled(clock.GetUtcNow())], Cancellation);
        Assert.Equal(["one", "two"], (await store.ListUnfinishedAsync(Cancellation)).Select(one => one.Run.RunId).Order());
        Assert.Equal(3, journal.Reads);

        for (var look = 0; look < 5; look++) Assert.Equal(2, (await store.ListUnfinishedAsync(Cancellation)).Count);
        Assert.Equal(3, (await store.ListAsync(Cancellation)).Count);
        Assert.Equal(3, journal.Reads);
        await journal.AppendAsync("two", 1, [new RunCancelled(clock.GetUtcNow())], Cancellation);
        Assert.Equal(["one"], (await store.ListUnfinishedAsync(Cancellation)).Select(one => one.Run.RunId));
        Assert.Equal(4, journal.Reads);

        var watchers = Enumerable.Range(0, 20).Select(_ => store.WatchAsync("one", Cancellation).ToListAsync(Cancellation).AsTask()).ToList();
        var (reads, lists) = (journal.Reads, journal.Lists);
        for (var second = 0; second < 20; second++) clock.Advance(TimeSpan.FromSeconds(1));
        await journal.AppendAsync("one", 1, [new RunCancelled(clock.GetUtcNow())], Cancellation);
        while (watchers.Any(watcher => !watcher.IsCompleted))
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
        Assert.All(await Task.WhenAll(watchers), views => Assert.Equal(RunStatus.Cancelled, views[^1].State.Status));
        Assert.InRange(journal.Lists - lists, 1, int.MaxValue);
        Assert.InRange(journal.Reads - reads, 1, 20); // the one news, by each that came before it was known
    }

    [Fact]
    public async Task Of_many_runs_that_are_over_the_states_of_those_used_last_are_kept_and_all_are_listed_without_a_read()
    {
        var (journal, clock) = (new MemoryJournal(), new Microsoft.Extensions.Time.Testing.FakeTimeProvider());
        using var database = new Ipo.Orchestrator.Storage.SqliteDatabase(Path.Combine(_folder, "other.db"));
        using var meters = new Meters();
        using var store = StoreOf(journal, database, meters, clock);
        string[] ids = [.. Enumerable.Range(0, 200).Select(number => $"run-{number:000}")];
        foreach (var id in ids)
        {
            var prepared = new RunPrepared(
                clock.GetUtcNow(), "dataset", ["robin"], [], [], [], "a photo of a <CLASS>.", new("clip", "checkpoint", "CPU", "fp32", "1", 100), new("evolve", "", false), null);
            await journal.AppendAsync(
                id, 0, [new RunCreated(clock.GetUtcNow(), id, Presets.Get("ipo-paper", "birds")), prepared, new RunCancelled(clock.GetUtcNow())], Cancellation);
        }
        var listed = await store.ListAsync(Cancellation);
        Assert.Equal(ids, listed.Select(run => run.RunId).Order());
        Assert.Equal(200, journal.Reads);
        Assert.All(listed, run => Assert.Equal(RunStatus.Cancelled, run.Status));

        // Neither a list nor a message of it reads anything.
        foreach (var run in await store.ListAsync(Cancellation))
        {
            var message = (await store.MessageAsync(run, Cancellation))!;
            Assert.Equal((run.RunId, V1.RunState.Cancelled, "clip"), (message.RunId, message.State, message.Model.Name));
        }
        Assert.Equal(200, journal.Reads);
        Assert.Same(store.Known(ids[0])!.Prepared, store.Known(ids[1])!.Prepared); // they are equal, and kept once

        // Who asks for one gets it as it was, and is told that it goes on.
        Assert.Equal(3, (await store.GetAsync(ids[0], Cancellation)).State.Length);
        Assert.True(await store.FindAsync("none", Cancellation) is null);
        await store.DeleteAsync(ids[1], allowMissing: false, Cancellation);
        Assert.Equal(199, (await store.ListAsync(Cancellation)).Count);
        Assert.Null(store.Known(ids[1]));
    }

    // As a database that changes to a standby which had fallen behind does.
    [Fact]
    public async Task What_a_journal_loses_while_an_orchestrator_looks_on_is_known()
    {
        var journal = new MemoryJournal();
        using var database = new Ipo.Orchestrator.Storage.SqliteDatabase(Path.Combine(_folder, "other.db"));
        using var meters = new Meters();
        using var store = StoreOf(journal, database, meters, TimeProvider.System);
        var created = new RunCreated(TimeProvider.System.GetUtcNow(), "run", Presets.Get("ipo-paper", "birds"));
        await store.CreateAsync(created, Cancellation);
        var before = await store.AppendAsync(RunState.Fold([created]), [new RunPickedUp(created.At), new RunPickedUp(created.At)], Cancellation);
        Assert.Null(store.Lost(before));

        await journal.CutAsync("run", 2, Cancellation);
        var after = await store.GetAsync("run", Cancellation);
        Assert.Equal(new LostTail(1, 0, 0), store.Lost(after.State));
        Assert.Null(store.Lost(after.State)); // it is told once
    }

    private static RunStore StoreOf(IRunJournal journal, Ipo.Orchestrator.Storage.Database database, Meters meters, TimeProvider clock) =>
        new(
            journal, new(null, NullLogger<RunWitness>.Instance), new(meters),
            new(database, Microsoft.Extensions.Options.Options.Create(new AccessOptions()), clock), clock, NullLogger<RunStore>.Instance);
}
