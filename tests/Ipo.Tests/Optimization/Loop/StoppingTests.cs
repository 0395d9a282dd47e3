using CsCheck;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Loop;
using Ipo.Optimization.Report;
using Ipo.Optimization.Settings;
using Ipo.Optimization.State;
using Ipo.Optimization.Templates;
using Ipo.Tests.Optimization.Facts;
using Ipo.Tests.Optimization.Loop.Fakes;
using Xunit;

namespace Ipo.Tests.Optimization.Loop;

public sealed class StoppingTests
{
    [Fact]
    public void A_search_without_a_better_template_ends_after_as_many_steps_as_it_waits()
    {
        var run = Run(
            Events.Settings with { Steps = 50, Patience = 3 }, (template, _) =>
                template.Contains("number 7", StringComparison.Ordinal) ? (0.8, 1) : (0.5, 1));
        Assert.Equal(StopReason.Plateau, run.Ended!.Reason);
        Assert.Equal(Stopping.LastGain(run) + 3, run.StepsCompleted);
    }

    [Fact]
    public void Patience_counts_from_the_last_better_template() =>
        Gen.Select(Gen.Int[1, 6], Gen.Double[0, 1].Array[1, 20]).Sample((patience, accuracies) =>
        {
            var asked = 0;
            var run = Run(
                Events.Settings with { Steps = accuracies.Length, Patience = patience, CallsPerStep = 1, CandidatesPerCall = 1 },
                (template, _) => int.TryParse(template.Split(' ')[^1], out var step) ? (accuracies[step], 1) : (0.5, 1),
                (_, _, _) => $"<INS>a <CLASS> {asked++}</INS>");
            var (best, last, expected) = (0.5, 0, accuracies.Length);
            for (var step = 1; step <= accuracies.Length; step++)
            {
                if (accuracies[step - 1] > best) (best, last) = (accuracies[step - 1], step);
                if (step - last < patience) continue;
                expected = step;
                break;
            }
            Assert.Equal(expected, run.StepsCompleted);
        }, iter: 100);

    [Fact]
    public void Right_everywhere_is_not_enough_while_the_loss_can_fall()
    {
        var settings = Events.Settings with { Steps = 6, StopsWhenPerfect = true };
        Assert.Equal(StopReason.StepsDone, Run(settings, (_, _) => (1, 0.5)).Ended!.Reason);
        Assert.Equal((StopReason.Perfect, 0), Ended(Run(settings, (_, _) => (1, 0.01))));
        Assert.Equal(StopReason.StepsDone, Run(settings, (_, _) => (0.99, 0.01)).Ended!.Reason);
        Assert.Equal(StopReason.StepsDone, Run(settings with { StopsWhenPerfect = false }, (_, _) => (1, 0)).Ended!.Reason);
    }

    [Fact]
    public void A_loss_that_falls_by_nothing_is_no_better_template()
    {
        RunEvent[] events =
            [new RunCreated(Events.At, "run-1", Events.Settings), new TemplateScored(Events.At, 0, "a photo of a <CLASS>.", 0.5, 1)];
        int After(double accuracy, double loss) =>
            Stopping.LastGain(RunState.Fold([.. events, new TemplateScored(Events.At, 1, "a <CLASS>", accuracy, loss)]));
        Assert.Equal(0, After(0.5, 0.9995));
        Assert.Equal(1, After(0.5, 0.998));
        Assert.Equal(1, After(0.51, 3));
        Assert.Equal(0, After(0.49, 0));
    }

    [Fact]
    public void A_search_in_which_nothing_can_be_scored_ends_after_a_few_steps_and_keeps_an_example()
    {
        var run = Run(Events.Settings with { Steps = 50 }, (_, _) => (0.5, 1), (_, _, _) => "<INS>a photo of it.</INS>");

        Assert.Equal((StopReason.NothingUsable, 3), Ended(run));
        var nothing = NothingScored.Of(run)!;
        Assert.Equal((3, "a photo of it.", RefusalReason.NoClass), (nothing.Steps, nothing.Example!.Text, nothing.Example.Reason));
        Assert.Equal([new(RefusalReason.NoClass, 6)], nothing.Refusals);
    }

    [Fact]
    public void One_candidate_that_was_scored_keeps_a_search_going()
    {
        var asked = 0;
        var run = Run(
            Events.Settings with { Steps = 8 }, (_, _) => (0.5, 1), (_, _, _) => asked++ == 0 ? "<INS>a bad <CLASS></INS>" : "No.");

        Assert.Equal((StopReason.StepsDone, 8), Ended(run));
        Assert.Null(NothingScored.Of(run));
    }

    [Fact]
    public void A_person_ends_the_search_and_what_was_bought_is_scored_first()
    {
        var host = new SimulatedHost(Events.Settings with { Steps = 50 });
        for (var stop = 1; stop < 40; stop += 3)
        {
            host = new SimulatedHost(Events.Settings with { Steps = 50 }) { StopAfter = stop };
            Assert.False(host.Run());
            var answered = host.Journal.OfType<ProposalAnswered>().Count();
            host.StopAfter = null;
            host.Append(new StopRequested(host.State.UpdatedAt));
            Assert.True(host.Run());
            Assert.Equal((RunStatus.Completed, StopReason.Requested), (host.State.Status, host.State.Ended!.Reason));
            Assert.Equal(answered, host.Journal.OfType<ProposalAnswered>().Count());
            Assert.Equal((answered + 1) / 2, host.State.StepsCompleted); // two calls a step; half a step is scored too
        }
    }

    [Fact]
    public void A_run_that_is_paused_anywhere_goes_on_to_the_same_trajectory()
    {
        var whole = new SimulatedHost(Events.Settings with { Steps = 6 });
        Assert.True(whole.Run());
        for (var stop = 1; stop < 30; stop += 2)
        {
            var host = new SimulatedHost(Events.Settings with { Steps = 6 }) { StopAfter = stop };
            Assert.False(host.Run());
            host.StopAfter = null;
            host.Append(new PauseRequested(host.State.UpdatedAt));
            host.Run();
            Assert.Equal((RunStatus.Paused, 0), (host.State.Status, host.State.Answers.Count));
            host.Append(new RunResumed(host.State.UpdatedAt));
            Assert.True(host.Run());
            Assert.Equal(RunStatus.Completed, host.State.Status);
            Assert.Equal(whole.State.Scored.Select(prompt => prompt.Template), host.State.Scored.Select(prompt => prompt.Template));
        }
    }

    private static (StopReason, int) Ended(RunState run) => (run.Ended!.Reason, run.StepsCompleted);

    private static RunState Run(
        RunSettings settings, Func<string, DatasetPart?, (double, double)?> scorer, Func<string, long, int, string>? proposer = null)
    {
        var prepared = Events.Prepared with { Captioner = null };
        var host = proposer is null
            ? new SimulatedHost(settings) { Scorer = scorer, Prepared = prepared }
            : new SimulatedHost(settings) { Scorer = scorer, Prepared = prepared, Proposer = proposer };
        Assert.True(host.Run());
        return host.State;
    }
}
