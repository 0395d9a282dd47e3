using Ipo.Optimization.Facts;
using Ipo.Optimization.State;
using Ipo.Optimization.Templates;
using Ipo.Tests.Optimization.Facts;
using Ipo.Tests.Optimization.Loop.Fakes;
using Xunit;

namespace Ipo.Tests.Optimization.State;

public sealed class ProposerCreditsTests
{
    private static readonly ProviderFacts Rules = new("evolve", "rules-1", false);
    private static readonly ProviderFacts Chance = new("random-words", "random-words-1", false);

    private static readonly RunEvent[] Journal =
    [
        new RunCreated(Events.At, "run-1", Events.Settings),
        Events.Prepared with { Proposer = Rules, Mix = [Rules, Chance] },
        new TemplateScored(Events.At, 0, "a photo of a <CLASS>.", 0.5, 1),
        // The second call repeats the first one's template: it is the first one's.
        new ProposalAnswered(Events.At, 1, 1, "<INS>a dark <CLASS></INS><INS>a maybe <CLASS></INS>", CallUsage.None, ""),
        new ProposalAnswered(Events.At, 1, 0, "<INS>a Dark <CLASS></INS><INS>a small thing</INS>", CallUsage.None, ""),
        new TemplateScored(Events.At, 1, "a Dark <CLASS>", 0.75, 1),
        new TemplateScored(Events.At, 1, "a maybe <CLASS>", 0.5, 0.5),
        new StepCompleted(Events.At, 1),
        new ProposalAnswered(Events.At, 2, 0, "no tags", CallUsage.None, ""),
        new ProposalAnswered(Events.At, 2, 1, "<INS>an often <CLASS></INS><INS>a far too long <CLASS></INS>", CallUsage.None, ""),
        new TemplateScored(Events.At, 2, "an often <CLASS>", 0.875, 1),
        new TemplateRefused(Events.At, 2, "a far too long <CLASS>", RefusalReason.Unscorable, "It is too long."),
        new StepCompleted(Events.At, 2),
    ];

    [Fact]
    public void Every_scored_template_is_of_the_first_call_that_said_it()
    {
        var run = RunState.Fold(Journal);
        Assert.Equal(
            ["evolve", "random-words", "random-words"], run.Scored.Skip(1).Select(prompt => run.Credits.ProposerOf(prompt.Template)));
        Assert.Null(run.Credits.ProposerOf(PromptTemplate.Baseline));
        Assert.Null(run.Credits.ProposerOf(PromptTemplate.Parse("a far too long <CLASS>")));
    }

    [Fact]
    public void Shares_count_answers_candidates_refusals_and_leads()
    {
        var run = RunState.Fold(Journal);
        double Gain(int scored) => run.Scored[scored].Accuracy - run.Scored[0].Accuracy;
        Assert.Equal(
            [new(Rules, 2, 1, 2, 1, run.Scored[1], Gain(1)), new(Chance, 2, 2, 2, 1, run.Scored[3], Gain(3))],
            ProposerCredits.Shares(run));
    }

    [Fact]
    public void One_proposer_has_it_all()
    {
        var host = new SimulatedHost(Events.Settings);
        Assert.True(host.Run());
        var share = Assert.Single(ProposerCredits.Shares(host.State));
        Assert.Equal((Events.Prepared.Proposer, 8, host.State.Scored.Count - 1), (share.Proposer, share.Answers, share.Scored));
        Assert.Equal(host.State.Refusals.Values.Sum(), share.Refused);
        Assert.Equal(host.State.Best, share.Best);
    }

    [Fact]
    public void Before_a_run_is_prepared_there_are_none() =>
        Assert.Empty(ProposerCredits.Shares(RunState.Fold([new RunCreated(Events.At, "run-1", Events.Settings)])));
}
