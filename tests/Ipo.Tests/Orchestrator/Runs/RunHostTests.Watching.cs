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
        using var book =
            new RunStore(new SqlRunJournal(database, NullLogger<SqlRunJournal>.Instance), new(null, NullLogger<RunWitness>.Instance), new(meters),
                new(database, Microsoft.Extensions.Options.Options.Create(new AccessOptions()), TimeProvider.System), TimeProvider.System,
                NullLogger<RunStore>.Instance);

        var watching = book.WatchAsync("run", Cancellation).ToListAsync(Cancellation).AsTask();
        gate.SetResult();
        Assert.Equal(RunStatus.Completed, (await watching)[^1].State.Status);
    }

    // As a database that changes to a standby which had fallen behind does.
    [Fact]
    public async Task What_a_journal_loses_while_an_orchestrator_looks_on_is_known()
    {
        var journal = new MemoryJournal();
        using var database = new Ipo.Orchestrator.Storage.SqliteDatabase(Path.Combine(_folder, "other.db"));
        using var meters = new Meters();
        using var store =
            new RunStore(journal, new(null, NullLogger<RunWitness>.Instance), new(meters),
                new(database, Microsoft.Extensions.Options.Options.Create(new AccessOptions()), TimeProvider.System), TimeProvider.System,
                NullLogger<RunStore>.Instance);
        var created = new RunCreated(TimeProvider.System.GetUtcNow(), "run", Presets.Get("ipo-paper", "birds"));
        await store.CreateAsync(created, Cancellation);
        var before = await store.AppendAsync(RunState.Fold([created]), [new RunPickedUp(created.At), new RunPickedUp(created.At)], Cancellation);
        Assert.Null(store.Lost(before));

        await journal.CutAsync("run", 2, Cancellation);
        var after = await store.GetAsync("run", Cancellation);
        Assert.Equal(new LostTail(1, 0, 0), store.Lost(after.State));
        Assert.Null(store.Lost(after.State)); // it is told once
    }
}
