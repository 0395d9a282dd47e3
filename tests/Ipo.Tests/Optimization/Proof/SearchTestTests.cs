using Ipo.Optimization.Facts;
using Ipo.Optimization.Proof;
using Ipo.Optimization.State;
using Ipo.Optimization.Statistics;
using Ipo.Optimization.Templates;
using Ipo.Tests.Optimization.Facts;
using Xunit;

namespace Ipo.Tests.Optimization.Proof;

public sealed class SearchTestTests
{
    [Fact]
    public void The_best_of_all_is_beside_the_baseline_and_not_the_worst()
    {
        // The last template is right where the baseline is wrong on five images and wrong where it is right on one. The other
        // differs on one image, so it never gains four, and the sign test is left: 6 + 1 of 64 exchanges gain four or more.
        var test = SearchTest.Of(Searched("000001", "000000", "111110"))!;
        Assert.Equal(2, test.Templates);
        Assert.Equal((5 - 1) / 6.0, test.LargestGain, 1e-12);
        Assert.Equal(7 / 64.0, test.P, 1e-12);
    }

    [Fact]
    public void The_p_value_pays_for_every_template()
    {
        // Two templates that gain on three images each, none in common: eight exchanges leave the one as it is and eight the
        // other, one of them both.
        var test = SearchTest.Of(Searched("000000", "111000", "000111"))!;
        Assert.Equal(3 / 6.0, test.LargestGain, 1e-12);
        Assert.Equal((8 + 8 - 1) / 64.0, test.P, 1e-12);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void Exchanges_of_many_images_are_drawn_from_the_runs_seed_in_their_own_stream(long seed)
    {
        string baseline = "0000000000111111", better = "1111111111000000", other = "0000011111111100";
        var test = SearchTest.Of(Searched(seed, baseline, better, other))!;
        Assert.Equal((10 - 6) / 16.0, test.LargestGain, 1e-12);
        var draws = new Random((int)(Seeds.For(seed, step: -2, call: 0) >> 32)); // the second stream, apart from every step's
        Assert.Equal(BestOfMany.PValue(baseline, [better, other], draws), test.P);
    }

    [Fact]
    public void Nothing_is_tested_before_a_template_stands_beside_the_baseline()
    {
        Assert.Null(SearchTest.Of(RunState.Fold([new RunCreated(Events.At, "run-1", Events.Settings)])));
        Assert.Null(SearchTest.Of(Searched("0011")));
    }

    private static RunState Searched(string baseline, params IEnumerable<string> others) =>
        Searched(Events.Settings.Seed, baseline, others);

    private static RunState Searched(long seed, string baseline, params IEnumerable<string> others) => RunState.Fold(
    [
        new RunCreated(Events.At, "run-1", Events.Settings with { Seed = seed }),
        Scored(0, PromptTemplate.Baseline.Text, baseline),
        .. others.Select((correct, at) => Scored(1, $"a photo of a <CLASS>, number {at}.", correct)),
    ]);

    private static TemplateScored Scored(int step, string template, string correct) =>
        new(Events.At, step, template, (double)correct.Count(image => image == '1') / correct.Length, 1, correct);
}
