using Ipo.Optimization.Facts;
using Ipo.Optimization.Settings;
using Ipo.Orchestrator.Access;
using Ipo.Orchestrator.Journal;
using Xunit;

namespace Ipo.Tests.Orchestrator.Journal;

/// <summary>What every journal promises.</summary>
public abstract class JournalContract
{
    private static readonly DateTimeOffset Time = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    internal abstract IRunJournal Journal { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Gives_back_every_kind_of_event_as_it_was()
    {
        var events = SampleEvents.EveryEvent();
        Assert.Equal(
            [.. typeof(RunEvent).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(RunEvent))).Select(type => type.Name).Order()],
            events.Select(happened => happened.GetType().Name).Distinct().Order());

        await Journal.AppendAsync("run", 0, events, Cancellation);

        var read = await Journal.ReadAsync("run", 0, Cancellation);
        Assert.Equal(events.Select(StoredEvent.Write), read.Select(StoredEvent.Write));
        Assert.Equal(events.Select(happened => happened.GetType()), read.Select(happened => happened.GetType()));
        var created = Assert.IsType<RunCreated>(read[0]);
        Assert.Equal(((RunCreated)events[0]).Settings, created.Settings);
    }

    [Fact]
    public async Task Reads_from_a_version_on()
    {
        await Journal.AppendAsync("run", 0, [Created("run"), new RunPickedUp(Time), new RunCancelled(Time)], Cancellation);

        Assert.Equal([new RunCancelled(Time)], await Journal.ReadAsync("run", 2, Cancellation));
        Assert.Empty(await Journal.ReadAsync("run", 3, Cancellation));
        Assert.Empty(await Journal.ReadAsync("another", 0, Cancellation));
    }

    [Fact]
    public async Task Says_that_a_run_has_fewer_events_than_somebody_knew()
    {
        await Journal.AppendAsync("run", 0, [Created("run"), new RunPickedUp(Time), new RunCancelled(Time)], Cancellation);
        await Journal.CutAsync("run", 2, Cancellation);

        var back = await Assert.ThrowsAsync<JournalWentBackException>(() => Journal.ReadAsync("run", 3, Cancellation));
        Assert.Equal("Run run went back from 3 events to 2: a backup was restored, or what was written last was lost.", back.Message);
        await Journal.AppendAsync("run", 2, [new RunResumed(Time)], Cancellation);
        Assert.Equal([new RunResumed(Time)], await Journal.ReadAsync("run", 2, Cancellation));
    }

    [Fact]
    public async Task Refuses_an_append_to_another_version_and_writes_nothing_of_it()
    {
        await Journal.AppendAsync("run", 0, [Created("run"), new RunPickedUp(Time)], Cancellation);

        foreach (var wrong in new long[] { 0, 1, 3 })
            await Assert.ThrowsAsync<JournalConflictException>(
                () => Journal.AppendAsync("run", wrong, [new RunResumed(Time), new RunCancelled(Time)], Cancellation));

        Assert.Equal(2, (await Journal.ReadAsync("run", 0, Cancellation)).Count);
    }

    [Fact]
    public async Task Lets_one_of_many_writers_at_one_version_win()
    {
        await Journal.AppendAsync("run", 0, [Created("run")], Cancellation);

        var wins = await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            try
            {
                await Journal.AppendAsync("run", 1, [new RunFailed(Time, $"{writer} a"), new RunFailed(Time, $"{writer} b")], Cancellation);
                return 1;
            }
            catch (JournalConflictException) { return 0; }
        })));

        Assert.Equal(1, wins.Sum());
        var reasons = (await Journal.ReadAsync("run", 1, Cancellation)).Cast<RunFailed>().Select(failed => failed.Reason).ToList();
        Assert.Equal(2, reasons.Count);
        Assert.Equal(reasons[0][0], reasons[1][0]);
    }

    [Fact]
    public async Task Lists_runs_and_forgets_deleted_ones()
    {
        await Journal.AppendAsync("one", 0, [Created("one")], Cancellation);
        await Journal.AppendAsync("two", 0, [Created("two"), new RunPickedUp(Time)], Cancellation);
        Assert.Equal([new(Tenant.Current, "one", 1), new(Tenant.Current, "two", 2)], (await Journal.ListAsync(Cancellation)).OrderBy(run => run.RunId));

        await Assert.ThrowsAsync<JournalConflictException>(() => Journal.DeleteAsync("two", 1, Cancellation));
        await Journal.DeleteAsync("two", 2, Cancellation);

        Assert.Equal([new(Tenant.Current, "one", 1)], await Journal.ListAsync(Cancellation));
        Assert.Empty(await Journal.ReadAsync("two", 0, Cancellation));
        // A host that still held it cannot bring back half a run.
        await Assert.ThrowsAsync<JournalConflictException>(() => Journal.AppendAsync("two", 2, [new RunPickedUp(Time)], Cancellation));
    }

    [Fact]
    public async Task Says_how_far_the_runs_of_all_tenants_are()
    {
        await Journal.AppendAsync("run", 0, [Created("run"), new RunPickedUp(Time)], Cancellation);
        using (Tenant.Enter("another")) await Journal.AppendAsync("run", 0, [Created("run")], Cancellation);
        await Journal.AppendAsync("run", 2, [new RunFailed(Time, "why"), new RunResumed(Time)], Cancellation);
        await Journal.AppendAsync("cut", 0, [Created("cut"), new RunPickedUp(Time)], Cancellation);
        await Journal.CutAsync("cut", 1, Cancellation);

        Assert.Equal(
            [new("another", "run", 1), new(Tenant.Current, "cut", 1), new(Tenant.Current, "run", 4)],
            (await Journal.ListAllAsync(Cancellation)).OrderBy(run => run.Tenant).ThenBy(run => run.RunId));
        Assert.Equal(["cut", "run"], (await Journal.ListAsync(Cancellation)).Select(run => run.RunId).Order());
    }

    private protected static RunCreated Created(string runId) => new(Time, runId, Presets.Get("ipo-paper", "flowers"));
}
