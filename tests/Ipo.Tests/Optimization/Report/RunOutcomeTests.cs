using Ipo.Optimization.Facts;
using Ipo.Optimization.Proof;
using Ipo.Optimization.Report;
using Ipo.Optimization.Settings;
using Ipo.Optimization.Statistics;
using Ipo.Optimization.Templates;
using Ipo.Orchestrator.Runs;
using Ipo.Tests.Optimization.Facts;
using Xunit;

namespace Ipo.Tests.Optimization.Report;

public class RunOutcomeTests
{
    private static readonly PromptTemplate Found = PromptTemplate.Parse("a sharp photo of a <CLASS>.");

    [Theory]
    [InlineData(Judgement.Better, null, AdviceKind.UseWinner, "Use the winner.")]
    [InlineData(Judgement.Better, Judgement.Same, AdviceKind.UseWinner, "Use the winner.")]
    [InlineData(
        Judgement.Better, Judgement.Worse, AdviceKind.UseWinnerForSearchedClasses,
        "Use the winner for the 3 classes searched on; on the other 2 it is worse than the baseline.")]
    [InlineData(Judgement.Worse, null, AdviceKind.KeepBaseline, "Keep the baseline: what the search chose is worse on images that it did not see.")]
    [InlineData(
        Judgement.Same, null, AdviceKind.GatherImages,
        "Keep the baseline for now: 200 test images cannot tell the two apart. If the difference is real, about 1,960 would show it.")]
    public void Advice_follows_from_what_was_proved(Judgement onTest, Judgement? onNovel, AdviceKind expected, string words)
    {
        var outcome = Outcome(Found, onTest, VerdictGround.TestImages) with
        {
            NovelComparison = onNovel is { } judgement ? Comparison(judgement) : null,
        };
        Assert.Equal((expected, words), (outcome.Advice.Kind, OutcomeSentences.Advice(outcome)));
        Assert.Equal(onTest == Judgement.Better ? (PromptSet)Found : PromptTemplate.Baseline, outcome.Recommended);
    }

    [Fact]
    public void A_baseline_that_stays_is_kept_and_images_of_the_search_prove_nothing()
    {
        var stays = Outcome(PromptTemplate.Baseline, Judgement.Same, VerdictGround.BaselineStays);
        Assert.Equal("Keep the baseline: the search found nothing better.", OutcomeSentences.Advice(stays));
        var unproved = Outcome(Found, Judgement.Same, VerdictGround.SearchImages);
        Assert.EndsWith("Add test images to judge it.", OutcomeSentences.Advice(unproved), StringComparison.Ordinal);
        var lower = Outcome(Found, Judgement.Same, VerdictGround.TestImages) with { Comparison = new(10, 12, 200, 1) };
        Assert.Equal("Keep the baseline for now: 200 test images show no gain.", OutcomeSentences.Advice(lower));
    }

    [Fact]
    public void A_search_without_a_candidate_that_could_be_scored_asks_to_look_at_the_proposer() =>
        Assert.Equal(
            AdviceKind.CheckProposer, Outcome(PromptTemplate.Baseline, Judgement.Same, VerdictGround.NothingScored).Advice.Kind);

    [Theory]
    [InlineData("robust", VerdictGround.ValidationImages)]
    [InlineData("ipo-paper", VerdictGround.SearchImages)]
    public void Without_test_images_the_images_that_chose_are_the_ground(string preset, VerdictGround ground)
    {
        var run = RunReportTests.Completed(new(Presets.Get(preset, "animals") with { Steps = 2, DescriptionLimit = 4 })
        {
            Prepared = Events.Prepared with { Parts = [DatasetPart.Search, DatasetPart.Validation] },
            Scorer = (template, _) => template == PromptTemplate.Baseline.Text ? (0.1, 2) : (0.9, 1),
        }).State;
        var outcome = RunOutcome.Of(run);
        Assert.Equal((ground, run.Winner), (outcome.Verdict.Ground, outcome.Winner.Text));
    }

    private static RunOutcome Outcome(PromptSet winner, Judgement judgement, VerdictGround ground) => new()
    {
        Winner = winner,
        Verdict = new(judgement, ground),
        Part = DatasetPart.TestBase,
        BaselineScore = PartScore.Of(0.5, 1, [100, 100], [50, 50]),
        WinnerScore = PartScore.Of(0.52, 1, [100, 100], [52, 52]),
        Comparison = Comparison(judgement),
        SearchedClasses = 3,
        DatasetClasses = 5,
    };

    private static PairedComparison Comparison(Judgement judgement) => judgement switch
    {
        Judgement.Better => new(30, 5, 200, 1),
        Judgement.Worse => new(5, 30, 200, 1),
        _ => new(12, 8, 200, 1),
    };
}
