using CsCheck;
using Ipo.Optimization;
using Xunit;

namespace Ipo.Tests.Optimization.Proof;

public sealed class FoldedTestTests
{
    // With one candidate that is better in every fold's complement the choice is always that one, so the test is the one-sided
    // sign test on the images that differ: Cavo's data, 16 against 6, exactly 13757/524288 (Fagerland, Lydersen and Laake
    // 2013). An exchange that makes it worse leaves the baseline, which gains nothing.
    [Fact]
    public void One_candidate_gives_the_published_sign_test_up_to_the_noise_of_the_draws()
    {
        var contenders = new ImageOutcomes[] { new(new string('0', 16) + new string('1', 6), 1), new(new string('1', 16) + new string('0', 6), 1) };
        const double Exact = 13757 / 524288.0;
        Assert.Equal(Exact, FoldedTest.PValue(contenders, few: false, new Random(2)), 4 * Math.Sqrt(Exact / FoldedTest.Permutations));
    }

    [Fact]
    public void Gains_of_choices_that_do_not_hold_are_no_surprise()
    {
        var contenders = new List<ImageOutcomes> { new("1111111111", 1) };
        contenders.AddRange(Enumerable.Range(0, 5).Select(fold => new ImageOutcomes(string.Concat(Enumerable.Range(0, 10).Select(image => image % 5 == fold ? '0' : '1')), 1)));
        Assert.Equal(1, FoldedTest.PValue(contenders, few: false, new Random(1)));
        Assert.Equal(1, FoldedTest.PValue([contenders[0]], few: false, new Random(1)));
    }

    [Fact]
    public void Its_observed_gain_is_that_of_the_cross_validated_choice() =>
        Gen.Select(Gen.Int[6, 40], Gen.Int[1, 4], Gen.Bool).SelectMany((images, others, few) => Gen.Select(
            Gen.Select(Gen.Bool, Gen.Float[0.01f, 5f]).Array[images].Array[others + 1], Gen.Const(few))).Sample((all, few) =>
        {
            ImageOutcomes[] contenders = [.. all.Select(one => new ImageOutcomes(
                string.Concat(one.Select(image => image.Item1 ? '1' : '0')), one.Average(image => (double)image.Item2), [.. one.Select(image => image.Item2)]))];
            // Where many choose by accuracy, ties go by the loss of all images, as in a journal without single losses.
            if (!few) contenders = [.. contenders.Select(one => one with { Losses = null })];
            var gained = Choice.CrossValidate(contenders, few).Unseen.Count(image => image == '1') - contenders[0].Right;
            Assert.Equal(gained > 0, FoldedTest.PValue(contenders, few, new Random(1)) < 1);
        }, iter: 300);
}
