using CsCheck;
using Ipo.Optimization.Actions;
using Ipo.Optimization.Descriptions;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Instructions;
using Ipo.Optimization.Loop;
using Ipo.Optimization.Settings;
using Ipo.Optimization.State;
using Ipo.Optimization.Statistics;
using Ipo.Optimization.Templates;
using Ipo.Tests.Optimization.Facts;
using Ipo.Tests.Optimization.Loop.Fakes;
using Xunit;

namespace Ipo.Tests.Optimization.Loop;

public sealed partial class PlannerTests
{
    private static readonly Lazy<SimulatedHost> Undisturbed = new(() => Completed(new(Events.Settings)));

    [Fact]
    public void A_run_prepares_embeds_scores_the_baseline_describes_searches_proves_and_completes()
    {
        var host = Undisturbed.Value;
        Assert.Equal(
            [
                nameof(Prepare), nameof(EmbedImages), nameof(ScoreTemplates), nameof(DescribeImages),
                nameof(Propose), nameof(ScoreTemplates), nameof(Propose), nameof(ScoreTemplates), nameof(Propose), nameof(ScoreTemplates),
                nameof(Propose), nameof(ScoreTemplates),
                nameof(EndSearch), nameof(Evaluate), nameof(Complete), nameof(Nothing),
            ],
            host.Actions.Select(action => action.GetType().Name));
        Assert.Equal(PromptTemplate.Baseline, host.State.Scored[0].Template);
        Assert.Equal(host.State.Best!.Template.Text, host.State.Ended!.Winner);
    }

    [Fact]
    public void The_simulated_search_is_worth_testing_on()
    {
        var run = Undisturbed.Value.State;
        Assert.InRange(run.Scored.Count, 8, 24);
        Assert.NotEqual(PromptTemplate.Baseline.Text, run.Ended!.Winner);
        Assert.Superset(
            new HashSet<RefusalReason> { RefusalReason.Surplus, RefusalReason.NoClass, RefusalReason.NamesAClass, RefusalReason.Duplicate },
            run.Refusals.Keys.ToHashSet());
    }

    [Fact]
    public void Baseline_winner_and_the_hand_written_template_are_proved_on_every_part()
    {
        var run = Undisturbed.Value.State;
        var expected = from template in new[] { "a photo of a <CLASS>.", run.Ended!.Winner, "a photo of a <CLASS>, a kind of animal." }
                       from part in Events.Prepared.Parts
                       select (template, part);
        Assert.Equal(expected, run.Evaluations.Select(done => (done.Template, done.Part)));
    }

    [Fact]
    public void A_winning_baseline_is_proved_once_and_the_hand_written_template_never_enters_the_search()
    {
        var host = Completed(
            new(Events.Settings) { Scorer = (template, _) => template == PromptTemplate.Baseline.Text ? (1, 0) : (0.5, 1) });
        Assert.Equal(PromptTemplate.Baseline.Text, host.State.Ended!.Winner);
        Assert.Equal(6, host.State.Evaluations.Count);
        Assert.DoesNotContain(host.State.Scored, prompt => prompt.Template.Text == Events.Prepared.HandWrittenTemplate);
        Assert.All(host.Instructions, instruction => Assert.DoesNotContain("a kind of animal", instruction));
    }

    [Fact]
    public void A_run_stopped_after_any_append_goes_on_to_the_same_trajectory_and_asks_nothing_twice_that_was_answered()
    {
        var expected = Events.Trajectory(Undisturbed.Value.State);
        var stops = 0;
        for (var stop = 1; ; stop++)
        {
            var host = new SimulatedHost(Events.Settings) { StopAfter = stop };
            if (host.Run()) break;
            host.StopAfter = null;
            Assert.True(host.Reopen(host.Journal).Run());
            Assert.Equal(expected, Events.Trajectory(host.State));
            AssertNothingIsAskedTwice(host);
            stops++;
        }
        Assert.True(stops > 40, $"Only {stops} stops.");
    }

    [Fact]
    public void Failures_and_stops_in_any_order_leave_the_trajectory_as_it_is()
    {
        var expected = Events.Trajectory(Undisturbed.Value.State);
        // How often each call fails first and how; and after how many appends each host stops.
        var kinds = Gen.OneOf(
            FailureKind.RateLimited, FailureKind.Unavailable, FailureKind.TimedOut, FailureKind.Empty, FailureKind.Malformed,
            FailureKind.Interrupted);
        Gen.Select(Gen.Select(Gen.Int[0, 5], kinds).Array[7], Gen.Int[5, 60].Array[0, 4]).Sample((failures, stops) =>
        {
            var host = new SimulatedHost(Events.Settings)
            {
                Failing = (call, before) =>
                {
                    var (times, kind) = failures[call.Sum(c => c) % failures.Length];
                    return before < times ? Events.Failure(kind) : null;
                },
            };
            foreach (var stop in stops)
            {
                host.StopAfter = stop;
                if (host.Run()) break;
                host.Reopen(host.Journal);
            }
            host.StopAfter = null;
            Assert.True(host.Run());
            Assert.Equal(expected, Events.Trajectory(host.State));
            AssertNothingIsAskedTwice(host);
            AssertAttemptsAreCounted(host);
        }, iter: 200);
    }

    [Fact]
    public void Ipo_code_asks_eight_times_a_step_with_one_instruction_and_eight_seeds()
    {
        var settings = Presets.Get("ipo-code", "animals") with { Steps = 3 };
        var host = Completed(new(settings));
        var proposals = host.Actions.OfType<Propose>().ToList();
        Assert.Equal([1, 2, 3], proposals.Select(propose => propose.Step));
        Assert.All(proposals, propose =>
        {
            Assert.Equal(Enumerable.Range(0, 8), propose.Calls.Select(call => call.Call));
            Assert.Equal(
                Enumerable.Range(0, 8).Select(call => Seeds.For(settings.Seed, propose.Step, call)),
                propose.Calls.Select(call => call.Seed));
            Assert.Equal(1, propose.CandidateCount);
        });
        Assert.Equal(3, host.Journal.OfType<ProposalRequested>().Select(asked => asked.InstructionDigest).Distinct().Count());
        Assert.All(host.Journal.OfType<ProposalRequested>().GroupBy(asked => asked.Step),
            step => Assert.Single(step.Select(asked => asked.InstructionDigest).Distinct()));
    }

    [Fact]
    public void Ipo_paper_asks_once_a_step_for_five()
    {
        var host = Completed(new(Presets.Get("ipo-paper", "animals") with { Steps = 3 }));
        Assert.All(host.Actions.OfType<Propose>(), propose => Assert.Equal((1, 5), (propose.Calls.Count, propose.CandidateCount)));
    }

    [Fact]
    public void The_instruction_shows_memory_and_descriptions_as_the_action_names_them()
    {
        var propose = Undisturbed.Value.Actions.OfType<Propose>().Last();
        Assert.Equal(Instruction.Write(propose.Memory, propose.Descriptions, 3, InstructionOrder.Paper), propose.Instruction);
        Assert.Equal(["what a0 shows", "what b0 shows", "what a1 shows", "what b1 shows"], propose.Descriptions);
        Assert.Equal(5, propose.Memory.Count);
        Assert.Contains(propose.Memory, prompt => prompt.Template == PromptTemplate.Baseline);
    }

    [Fact]
    public void Without_a_captioner_nothing_is_described()
    {
        var host = Completed(new(Events.Settings) { Prepared = Events.Prepared with { Captioner = null } });
        Assert.DoesNotContain(host.Calls, call => call.StartsWith("describe", StringComparison.Ordinal));
        Assert.All(host.Actions.OfType<Propose>(), propose => Assert.Empty(propose.Descriptions));
    }

    [Fact]
    public void Images_are_described_four_at_once_the_first_of_every_class_first()
    {
        var host = Completed(new(Events.Settings with { DescriptionLimit = 100 }));
        Assert.Equal(
            [["a0", "b0", "a1", "b1"], ["a2", "b2"]],
            host.Actions.OfType<DescribeImages>().Select(describe => describe.Calls.Select(call => call.Image.Sha256)));
    }

    [Fact]
    public void The_same_image_twice_is_described_once()
    {
        SearchImage[] images = [new("same", 1), new("b1", 1), new("a0", 0), new("same", 0), new("a1", 0)];
        var host = Completed(new(Events.Settings) { Prepared = Events.Prepared with { SearchImages = images } });
        Assert.Equal(
            ["describe a0", "describe a1", "describe b1", "describe same"],
            host.Calls.Where(call => call.StartsWith("describe", StringComparison.Ordinal)).Order());
        Assert.Equal(["a0", "same", "a1", "b1"], ImagesToDescribe.Of(Events.Settings, host.Prepared).Select(image => image.Sha256));
    }

    [Fact]
    public void A_step_takes_its_candidates_in_the_order_of_the_calls_and_each_once()
    {
        var host = Completed(new(Events.Settings with { Steps = 1 })
        {
            Proposer = (_, seed, _) =>
                seed == Seeds.For(1, 1, 0) ? "<INS>a <CLASS></INS><INS>the <CLASS></INS>" : "<INS>one <CLASS></INS><INS>A <CLASS></INS>",
        });
        var score = host.Actions.OfType<ScoreTemplates>().Last();
        Assert.Equal(["a <CLASS>", "the <CLASS>", "one <CLASS>"], score.Templates.Select(template => template.Text));
        Assert.Equal(("A <CLASS>", RefusalReason.Duplicate), (score.Refused.Single().Text, score.Refused.Single().Refusal.Reason));
    }

    [Fact]
    public void Novel_class_names_are_refused_as_base_ones_are()
    {
        var host = Completed(
            new(Events.Settings with { Steps = 1 })
            {
                Proposer = (_, _, _) =>
                "<INS>a wild cat or a <CLASS></INS><INS>a sea horse or a <CLASS></INS>"
            });
        Assert.Equal([new(RefusalReason.NamesAClass, 4)], host.State.Refusals);
    }

    [Fact]
    public void Answers_that_bring_nothing_new_still_complete_their_steps()
    {
        var host = Completed(new(Events.Settings) { Proposer = (_, _, _) => "I would rather not." });
        Assert.Equal((3, 1), (host.State.StepsCompleted, host.State.Scored.Count));
        Assert.Equal([new(RefusalReason.NoTags, 6)], host.State.Refusals);
        Assert.Equal(PromptTemplate.Baseline.Text, host.State.Ended!.Winner);
    }

    [Fact]
    public void A_template_that_the_scorer_refused_is_not_sent_to_it_again()
    {
        var sent = new List<string>();
        var host = Completed(new(Events.Settings)
        {
            Proposer = (_, _, _) => "<INS>a very long <CLASS></INS><INS>A very long <CLASS></INS>",
            Scorer = (template, _) =>
            {
                sent.Add(template);
                return template.Contains("long", StringComparison.Ordinal) ? null : SimulatedHost.Score(template);
            },
        });
        Assert.Single(sent, template => template.Contains("long", StringComparison.Ordinal));
        Assert.Equal([new(RefusalReason.Duplicate, (3 * 4) - 1), new(RefusalReason.Unscorable, 1)], host.State.Refusals);
    }

    [Fact]
    public void A_baseline_that_cannot_be_scored_fails_the_run_before_anything_is_spent()
    {
        var host = new SimulatedHost(Events.Settings) { Scorer = (_, _) => null };
        Assert.True(host.Run());
        Assert.Equal(RunStatus.Failed, host.State.Status);
        Assert.Equal(
            "The scorer cannot score the baseline 'a photo of a <CLASS>.': a class name is too long for the checkpoint.",
            host.State.FailureReason);
        Assert.Empty(host.Calls);
    }

    [Fact]
    public void What_cannot_be_scored_on_novel_classes_is_proved_on_the_others_alone()
    {
        var host = Completed(
            new(Events.Settings) { Scorer = (template, part) => part == DatasetPart.TestNovel ? null : SimulatedHost.Score(template) });
        Assert.Equal(6, host.State.Evaluations.Count);
        Assert.DoesNotContain(host.State.Evaluations, done => done.Part == DatasetPart.TestNovel);
        Assert.Equal(3, host.State.Refusals[RefusalReason.Unscorable]);
    }

    [Fact]
    public void A_hand_written_template_that_the_search_saw_refused_is_not_proved()
    {
        var host = Completed(new(Events.Settings)
        {
            Proposer = (_, _, _) => $"<INS>{Events.Prepared.HandWrittenTemplate}</INS>",
            Scorer = (template, _) => template == Events.Prepared.HandWrittenTemplate ? null : (0.5, 1),
        });
        Assert.Equal(["a photo of a <CLASS>."], host.State.Evaluations.Select(done => done.Template).Distinct());
    }

    [Fact]
    public void A_cancelled_run_has_nothing_to_do()
    {
        var host = new SimulatedHost(Events.Settings) { StopAfter = 8 };
        Assert.False(host.Run());
        host.Append(new RunCancelled(host.State.UpdatedAt));
        Assert.Equal(new Nothing(), Planner.Next(host.State));
    }

    private static SimulatedHost Completed(SimulatedHost host)
    {
        Assert.True(host.Run());
        Assert.Equal((RunStatus.Completed, null), (host.State.Status, host.State.FailureReason));
        return host;
    }

    private static void AssertNothingIsAskedTwice(SimulatedHost host)
    {
        var answered = new HashSet<string>();
        foreach (var happened in host.Journal)
        {
            if (happened is ProposalRequested or DescriptionRequested) Assert.DoesNotContain(Asked(happened), answered);
            if (happened is ProposalAnswered or DescriptionReceived)
                Assert.True(answered.Add(Asked(happened)), $"{Asked(happened)} was answered twice.");
        }
        // Every attempt at a call sends the same instruction.
        Assert.All(
            host.Journal.OfType<ProposalRequested>().GroupBy(asked => asked.Step),
            step => Assert.Single(step.Select(asked => asked.InstructionDigest).Distinct()));
    }

    private static void AssertAttemptsAreCounted(SimulatedHost host)
    {
        foreach (var call in host.Journal.Where(happened => happened is ProposalRequested or DescriptionRequested).GroupBy(Asked))
            Assert.Equal(
                Enumerable.Range(1, call.Count()),
                call.Select(happened => happened is ProposalRequested asked ? asked.Attempt : ((DescriptionRequested)happened).Attempt));
    }

    private static string Asked(RunEvent happened) => happened switch
    {
        ProposalRequested e => $"{e.Step}.{e.Call}",
        ProposalAnswered e => $"{e.Step}.{e.Call}",
        DescriptionRequested e => e.Image,
        DescriptionReceived e => e.Image,
        _ => throw new InvalidOperationException($"{happened} asks nothing."),
    };
}
