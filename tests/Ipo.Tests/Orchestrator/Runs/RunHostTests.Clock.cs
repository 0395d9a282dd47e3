using Ipo.Optimization.Facts;
using Ipo.Optimization.State;
using Ipo.Tests.Fakes;
using Xunit;

namespace Ipo.Tests.Orchestrator.Runs;

public sealed partial class RunHostTests
{
    [Fact]
    public async Task A_clock_that_is_set_on_and_back_changes_neither_what_a_run_finds_nor_how_long_it_waits()
    {
        _fakes.PromptGen.Instead = call =>
            Task.FromResult(call is 1 or 2 ? FakePromptGen.Failure(V1.FailureKind.Unavailable) : null);
        await using var lab = await OrchestratorLab.StartAsync(_folder, _fakes);
        await lab.RegisterAsync("tiny");
        await CreateAsync(lab, "undisturbed");
        var undisturbed = await lab.EndAsync("undisturbed");

        var (clock, journal) = (new SetClock(), new MemoryJournal());
        await using var fakes = await FakeServices.StartAsync();
        using var folder = new TempFolder();
        TinyDataset.Write(folder, "data/tiny");
        fakes.PromptGen.Instead = _fakes.PromptGen.Instead;
        journal.Appending = (_, events) =>
        {
            if (events is [ProposalFailed] && clock.Set == TimeSpan.Zero) clock.Set = TimeSpan.FromHours(1);
        };
        // Back at once, as the run looks how long to wait, and from then on to and fro.
        journal.Appended = (_, _) => clock.Set = -clock.Set;
        await using var disturbed = await OrchestratorLab.StartAsync(folder, fakes, journal, clock);
        await disturbed.RegisterAsync("tiny");
        await CreateAsync(disturbed, "disturbed");
        var run = await disturbed.EndAsync("disturbed");
        Assert.Equal(RunStatus.Completed, run.Status);
        Assert.Equal(undisturbed.Scored.Select(one => one.Template.Text), run.Scored.Select(one => one.Template.Text));
    }

    // Somebody sets the time of day; what only counts goes on.
    private sealed class SetClock : TimeProvider
    {
        public TimeSpan Set { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Set;
    }
}
