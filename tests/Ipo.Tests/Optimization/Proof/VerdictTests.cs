using CsCheck;
using Ipo.Optimization.Choosing;
using Ipo.Optimization.Proof;
using Ipo.Optimization.Statistics;
using Ipo.Optimization.Templates;
using Xunit;

namespace Ipo.Tests.Optimization.Proof;

public sealed class VerdictTests
{
    private static readonly PairedComparison Better = Compare(20, 2);
    private static readonly PairedComparison Same = Compare(12, 8);
    private static readonly PairedComparison Worse = Compare(2, 20);

    [Fact]
    public void A_comparison_follows_the_exact_test_and_the_sign()
    {
        Assert.Equal(
            [Judgement.Better, Judgement.Same, Judgement.Worse], new[] { Better, Same, Worse }.Select(comparison => comparison.Judgement));
        Assert.Equal(0.18, Better.Difference, 1e-12);
        Assert.True(Better.Interval.Low > 0 && Worse.Interval.High < 0 && Same.Interval.Holds(0));
    }

    [Fact]
    public void Comparing_the_other_way_round_turns_the_judgement_round() => Gen.Bool.Array[60].Array[2].Sample(outcomes =>
    {
        var (a, b) = (Text(outcomes[0]), Text(outcomes[1]));
        var (forth, back) = (PairedComparison.Of(a, b, 1), PairedComparison.Of(b, a, 1));
        Assert.Equal(forth.McNemar, back.McNemar, 1e-12);
        Assert.Equal(forth.Difference, -back.Difference);
        Assert.Equal(
            forth.Judgement,
            back.Judgement switch { Judgement.Better => Judgement.Worse, Judgement.Worse => Judgement.Better, _ => Judgement.Same });
    }, iter: 30);

    [Fact]
    public void Test_images_decide_where_there_are_any()
    {
        Assert.Equal(new(Judgement.Worse, VerdictGround.TestImages), Verdict.Of(false, Worse, Finalist(Better, 0.001), null));
        Assert.Equal(new(Judgement.Same, VerdictGround.TestImages), Verdict.Of(false, Same, null, null));
    }

    [Fact]
    public void Without_test_images_the_winners_p_value_pays_for_all_finalists()
    {
        Assert.Equal(new(Judgement.Better, VerdictGround.ValidationImages), Verdict.Of(false, null, Finalist(Better, 0.004), null));
        Assert.Equal(new(Judgement.Same, VerdictGround.ValidationImages), Verdict.Of(false, null, Finalist(Better, 0.06), null));
        Assert.Equal(
            new(Judgement.Better, VerdictGround.FoldedSearchImages),
            Verdict.Of(false, null, Finalist(Better, 0.06), new FoldedGain(0.05, 0.02)));
        Assert.Equal(
            new(Judgement.Same, VerdictGround.FoldedSearchImages),
            Verdict.Of(false, null, Finalist(Better, 0.001), new FoldedGain(0.05, 0.025)));
        Assert.Equal(new(Judgement.Same, VerdictGround.SearchImages), Verdict.Of(false, null, null, null));
    }

    [Fact]
    public void A_baseline_that_stays_is_no_better_than_itself() =>
        Assert.Equal(new(Judgement.Same, VerdictGround.BaselineStays), Verdict.Of(true, Better, null, null));

    [Fact]
    public void Outcomes_of_other_images_are_refused() => Assert.Throws<ArgumentException>(() => PairedComparison.Of("10", "1", 1));

    private static Finalist Finalist(PairedComparison comparison, double holm) =>
        new(PromptTemplate.Baseline, new("1", 1), comparison, holm);

    private static PairedComparison Compare(int onlyWinner, int onlyBaseline)
    {
        var agreed = new string('1', 100 - onlyWinner - onlyBaseline);
        return PairedComparison.Of(
            new string('1', onlyWinner) + new string('0', onlyBaseline) + agreed,
            new string('0', onlyWinner) + new string('1', onlyBaseline) + agreed, 1);
    }

    private static string Text(bool[] outcomes) => string.Concat(outcomes.Select(right => right ? '1' : '0'));
}
