using Ipo.Optimization.Actions;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Instructions;
using Ipo.Optimization.Settings;
using Ipo.Optimization.State;
using Ipo.Tests.Optimization.Facts;
using Ipo.Tests.Optimization.Loop.Fakes;
using Xunit;

namespace Ipo.Tests.Optimization.Loop;

/// <summary>Runs that several proposers share.</summary>
public sealed class MixTests
{
    private static readonly RunPrepared Mixed = Events.Prepared with
    {
        Proposer = new("ipo", "words-1", Paid: true),
        Mix = [new("ipo", "words-1", Paid: true), new("reflect", "words-1", Paid: true), new("evolve/no-history", "rules-1", Paid: false)],
    };

    private static readonly RunSettings Settings = Events.Settings with { Steps = 6, Proposer = "ipo,reflect,evolve/no-history" };

    [Fact]
    public void Calls_are_dealt_in_turn_and_on_from_step_to_step()
    {
        var host = Completed();
        var dealt = host.Actions.OfType<Propose>()
            .SelectMany(propose => propose.Calls.Select(call => (propose.Step, call.Call, propose.Proposer.Name))).Order();
        string[] turns = ["ipo", "reflect", "evolve/no-history"];
        Assert.Equal(Enumerable.Range(0, 12).Select(turn => (1 + (turn / 2), turn % 2, turns[turn % 3])), dealt);
    }

    [Fact]
    public void With_one_call_a_step_everybody_has_a_turn_all_the_same()
    {
        var host = Completed(Settings with { CallsPerStep = 1 });
        Assert.Equal(
            ["ipo", "reflect", "evolve/no-history", "ipo", "reflect", "evolve/no-history"], host.Actions.OfType<Propose>()
                .Select(propose => propose.Proposer.Name));
    }

    [Fact]
    public void Each_is_asked_its_own_question()
    {
        var host = Completed(Settings with { CallsPerStep = 3 });
        foreach (var step in host.Actions.OfType<Propose>().GroupBy(propose => propose.Step).Skip(1))
        {
            var (paper, reflect, blind) = (step.ElementAt(0), step.ElementAt(1), step.ElementAt(2));
            Assert.Equal(Instruction.Write(paper.Memory, paper.Descriptions, 3, InstructionOrder.Paper), paper.Instruction);
            Assert.Contains("2 images of \"heron\" taken for \"sea horse\"", reflect.Instruction, StringComparison.Ordinal);
            Assert.Equal(paper.Memory, reflect.Memory);
            Assert.Equal(Instruction.Write([], paper.Descriptions, 3, InstructionOrder.Paper), blind.Instruction);
            Assert.Empty(blind.Memory);
        }
    }

    [Fact]
    public void What_the_best_template_confuses_is_found_once_for_each_best_template_and_only_where_it_is_shown()
    {
        var host = Completed();
        var found = host.Journal.OfType<ConfusionsFound>().Select(found => found.Template).ToList();
        Assert.Equal(found.Distinct(), found);
        Assert.NotEmpty(found);
        Assert.Empty(Completed(prepared: Events.Prepared).Journal.OfType<ConfusionsFound>());
        Assert.Empty(
            Completed(prepared: Events.Prepared with
            {
                Proposer = new(
                "reflect/no-history", "words-1", true)
            }).Journal.OfType<ConfusionsFound>());
    }

    [Fact]
    public void A_run_stopped_after_any_append_goes_on_to_the_same_trajectory_and_the_same_origins()
    {
        var undisturbed = Completed();
        var digests = Digests(undisturbed);
        var stops = 0;
        for (var stop = 1; ; stop++)
        {
            var host = Host(Settings, Mixed);
            host.StopAfter = stop;
            if (host.Run()) break;
            host.StopAfter = null;
            Assert.True(host.Reopen(host.Journal).Run());
            Assert.Equal(Events.Trajectory(undisturbed.State), Events.Trajectory(host.State));
            Assert.Equal(ProposerCredits.Shares(undisturbed.State), ProposerCredits.Shares(host.State));
            Assert.Equal(digests, Digests(host));
            stops++;
        }
        Assert.True(stops > 50, $"Only {stops} stops.");
    }

    [Fact]
    public void Only_calls_of_paid_proposers_count_against_the_budget()
    {
        // 4 descriptions and 8 of the 12 proposals are paid.
        var run = Completed().State;
        Assert.Equal((16, 12), (run.Spending.Calls, run.Spending.PaidCalls));

        var poor = Completed(Settings with { Budget = new(Calls: 6) }).State;
        // The two of step 1, and the free one that opens step 2; then the next paid one is forbidden.
        Assert.Equal(
            (StopReason.CallsSpent, 2, 6, 7), (poor.Ended!.Reason, poor.StepsCompleted, poor.Spending.PaidCalls, poor.Spending.Calls));
    }

    [Fact]
    public void Calls_in_flight_when_a_host_stopped_are_paid_by_whom_they_were_made_to()
    {
        RunEvent[] journal = [new RunCreated(Events.At, "run-1", Settings), Mixed];
        // Step 1 is ipo's and reflect's; step 2 begins with evolve's turn.
        Assert.Equal(
            1, RunState.Fold([.. journal, new ProposalRequested(Events.At, 1, 1, 1, ""), new RunPickedUp(Events.At)]).Spending.PaidCalls);
        Assert.Equal(
            0, RunState.Fold([.. journal, new ProposalRequested(Events.At, 2, 0, 1, ""), new RunPickedUp(Events.At)]).Spending.PaidCalls);
    }

    private static SimulatedHost Completed(RunSettings? settings = null, RunPrepared? prepared = null)
    {
        var host = Host(settings ?? Settings, prepared ?? Mixed);
        Assert.True(host.Run());
        return host;
    }

    private static SimulatedHost Host(RunSettings settings, RunPrepared prepared) => new(settings) { Prepared = prepared };

    private static string[] Digests(SimulatedHost host) =>
        [.. host.Journal.OfType<ProposalRequested>().Select(asked => $"{asked.Step}.{asked.Call} {asked.InstructionDigest}").Distinct()
            .Order(StringComparer.Ordinal)];
}
