using CsCheck;
using Ipo.Optimization.Choosing;
using Ipo.Optimization.Templates;
using Xunit;

namespace Ipo.Tests.Optimization.Choosing;

public sealed class FoldedTestTests
{
    // With one candidate that is better in every fold's complement the choice is always that one, so the test is the one-sided
    // sign test on the images that differ: Cavo's data, 16 against 6, exactly 13757/524288 (Fagerland, Lydersen and Laake
    // 2013). An exchange that makes it worse leaves the baseline, which gains nothing.
    [Fact]
    public void One_candidate_gives_the_published_sign_test_up_to_the_noise_of_the_draws()
    {
        var contenders =
            new ImageOutcomes[] { new(new string('0', 16) + new string('1', 6), 1), new(new string('1', 16) + new string('0', 6), 1) };
        const double Exact = 13757 / 524288.0;
        Assert.Equal(Exact, FoldedTest.PValue(contenders, few: false, new Random(2)), 4 * Math.Sqrt(Exact / FoldedTest.Permutations));
    }

    [Fact]
    public void Gains_of_choices_that_do_not_hold_are_no_surprise()
    {
        var contenders = new List<ImageOutcomes> { new("1111111111", 1) };
        contenders.AddRange(
            Enumerable.Range(0, 5)
                .Select(fold =>
                    new ImageOutcomes(string.Concat(Enumerable.Range(0, 10).Select(image => image % 5 == fold ? '0' : '1')), 1)));
        Assert.Equal(1, FoldedTest.PValue(contenders, few: false, new Random(1)));
        Assert.Equal(1, FoldedTest.PValue([contenders[0]], few: false, new Random(1)));
    }

    [Fact]
    public void Its_observed_gain_is_that_of_the_cross_validated_choice() =>
        Gen.Select(Gen.Int[6, 40], Gen.Int[1, 4], Gen.Bool).SelectMany((images, others, few) => Gen.Select(
            Gen.Select(Gen.Bool, Gen.Float[0.01f, 5f]).Array[images].Array[others + 1], Gen.Const(few))).Sample((all, few) =>
        {
            ImageOutcomes[] contenders = [.. all.Select(one => new ImageOutcomes(
                string.Concat(one.Select(image => image.Item1 ? '1' : '0')), one.Average(image => (double)image.Item2),
                [.. one.Select(image => image.Item2)]))];
            // Where many choose by accuracy, ties go by the loss of all images, as in a journal without single losses.
            if (!few) contenders = [.. contenders.Select(one => one with { Losses = null })];
            var gained = Choice.CrossValidate(contenders, few).Unseen.Count(image => image == '1') - contenders[0].Right;
            Assert.Equal(gained > 0, FoldedTest.PValue(contenders, few, new Random(1)) < 1);
        }, iter: 300);

    // A candidate is right on one image more and 1 nat better on each of ten, two a fold. It gains that image where the image
    // is not exchanged and the eight of the other folds choose it: their gains, each 1 or -1, sum to s, and s/8 spreads more
    // than noise where s^2/64 > (1 - s^2/64)/7, from s = 4 on. So it is 1/2 times (28 + 8 + 1)/256; were losses not exchanged
    // with the outcomes, 1/2.
    [Fact]
    public void Few_images_are_exchanged_with_their_losses()
    {
        ImageOutcomes[] contenders =
            [new("0111111111", 2, [.. Enumerable.Repeat(2f, 10)]), new("1111111111", 1, [.. Enumerable.Repeat(1f, 10)])];
        const double Exact = 37 / 512.0;
        Assert.Equal(Exact, FoldedTest.PValue(contenders, few: true, new Random(2)), 4 * Math.Sqrt(Exact / FoldedTest.Permutations));
    }

    // Alike in every loss, so only accuracy tells them apart; the first of them gains no image.
    [Theory]
    [InlineData("0000000000", "1111111111")]
    [InlineData("1111111111", "0000000000")]
    public void Of_two_with_the_same_losses_the_more_accurate_is_followed(string first, string second)
    {
        float[] low = [.. Enumerable.Repeat(1f, 10)];
        ImageOutcomes[] contenders = [new("0000000000", 2, [.. Enumerable.Repeat(2f, 10)]), new(first, 1, low), new(second, 1, low)];
        Assert.InRange(FoldedTest.PValue(contenders, few: true, new Random(1)), 0, 0.05);
    }

    // Losses are whole 64ths, so that no sum depends on its order.
    [Fact]
    public void Its_p_value_is_that_of_choices_among_outcomes_that_really_changed_sides() =>
        Gen.Select(Gen.Int[2, 24], Gen.Int[1, 3], Gen.Bool, Gen.Int[0, 1000]).SelectMany((images, others, few, seed) => Gen.Select(
            Gen.Select(Gen.Int[0, 9], Gen.Int[0, 128]).Array[images].Array[others + 1], Gen.Const(few), Gen.Const(seed)))
                .Sample((all, few, seed) =>
        {
            // The baseline is right on 4 images of 10 and the others on 6, at a loss half a nat lower: most of the time a choice gains.
            ImageOutcomes[] contenders = [.. all.Select((one, place) => Outcomes(
                string.Concat(one.Select(image => image.Item1 < (place == 0 ? 4 : 6) ? '1' : '0')),
                [.. one.Select(image => (image.Item2 + (place == 0 ? 32 : 0)) / 64f)]))];
            if (!few) contenders = [.. contenders.Select(one => one with { Losses = null })];
            Assert.Equal(PlainPValue(contenders, few, new Random(seed)), FoldedTest.PValue(contenders, few, new Random(seed)));
        }, iter: 60);

    // The exchanges are drawn as the test draws them, a word for each fold whose bits are its images.
    private static double PlainPValue(ImageOutcomes[] contenders, bool few, Random random)
    {
        var observed = Gained(contenders, few);
        if (observed <= 0) return 1;
        var folds = Math.Min(Choice.Folds, contenders[0].Images);
        var reached = 1;
        for (var permutation = 0; permutation < FoldedTest.Permutations; permutation++)
        {
            var words = Enumerable.Range(0, folds).Select(_ => (ulong)random.NextInt64(long.MinValue, long.MaxValue)).ToArray();
            if (Gained([.. contenders.Select(one => Mirrored(one, image => (words[image % folds] >> image / folds & 1) == 1))],
                few) >= observed) reached++;
        }
        return reached / (FoldedTest.Permutations + 1.0);
    }

    private static int Gained(ImageOutcomes[] contenders, bool few) =>
        Choice.CrossValidate(contenders, few).Unseen.Count(image => image == '1') - contenders[0].Right;

    // Where an image is exchanged all contenders are mirrored on it: right is wrong and a low loss a high one, so that each
    // stands to the baseline as the baseline stood to it. The loss of all images breaks ties and is not exchanged.
    private static ImageOutcomes Mirrored(ImageOutcomes one, Func<int, bool> exchanged) => new(
        string.Concat(one.Correct.Select((right, image) => exchanged(image) == (right == '1') ? '0' : '1')),
        one.Loss,
        one.Losses?.Select((loss, image) => exchanged(image) ? 4 - loss : loss).ToArray());

    private static ImageOutcomes Outcomes(string correct, float[] losses) => new(correct, losses.Average(loss => (double)loss), losses);
}
