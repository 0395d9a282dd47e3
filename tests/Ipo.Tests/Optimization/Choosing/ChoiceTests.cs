using CsCheck;
using Ipo.Optimization.Choosing;
using Ipo.Optimization.Templates;
using Xunit;

namespace Ipo.Tests.Optimization.Choosing;

public sealed class ChoiceTests
{
    private static readonly Gen<ImageOutcomes[]> Contenders = Gen.Select(Gen.Int[2, 60], Gen.Int[1, 6])
        .SelectMany((images, others) => Gen.Select(Gen.Bool, Gen.Float[0.01f, 5f]).Array[images].Array[others + 1])
        .Select(all =>
            all.Select(images =>
                Outcomes(string.Concat(images.Select(image => image.Item1 ? '1' : '0')), [.. images.Select(image => image.Item2)]))
                    .ToArray());

    [Fact]
    public void With_many_images_the_most_accurate_wins_ties_by_loss_and_the_baseline_is_beaten_by_accuracy_alone()
    {
        var baseline = new ImageOutcomes("1100", 1);
        Assert.Equal(0, Choice.Best([baseline, new("1100", 0.1), new("1000", 0.1)], few: false));
        Assert.Equal(2, Choice.Best([baseline, new("1110", 2), new("0111", 1.5), new("0111", 1.6)], few: false));
        Assert.Equal(1, Choice.Best([baseline, new("1110", 2), new("0111", 2)], few: false));
    }

    [Fact]
    public void With_few_images_the_highest_shrunken_likelihood_wins_ties_by_accuracy()
    {
        var baseline = Outcomes("10", [1, 1]);
        Assert.Equal(2, Choice.Best([baseline, Outcomes("11", [0.9f, 0.91f]), Outcomes("10", [0.5f, 0.51f])], few: true));
        Assert.Equal(2, Choice.Best([baseline, Outcomes("10", [0.5f, 0.51f]), Outcomes("11", [0.5f, 0.51f])], few: true));
        Assert.Equal(0, Choice.Best([baseline, Outcomes("11", [1.2f, 1.21f])], few: true));
    }

    [Fact]
    public void The_winner_is_never_worse_than_the_baseline_on_the_images_that_choose() => Contenders.Sample(contenders =>
    {
        var accurate = Choice.Best(contenders, few: false);
        Assert.True(accurate == 0 || contenders[accurate].Right > contenders[0].Right);
        var winner = Choice.Best(contenders, few: true);
        Assert.True(winner == 0 || contenders[winner].Losses!.Sum() < contenders[0].Losses!.Sum());
    });

    [Fact]
    public void Ranks_every_contender_once_and_the_best_first() => Gen.Select(Contenders, Gen.Bool).Sample((contenders, few) =>
    {
        var ranked = Choice.Ranked(contenders, few);
        Assert.Equal(Enumerable.Range(1, contenders.Length - 1), ranked.Select(one => one.Place).Order());
        if (Choice.Best(contenders, few) is > 0 and var best) Assert.Equal(best, ranked[0].Place);
    });

    [Fact]
    public void Cross_validation_judges_each_image_by_a_choice_that_did_not_see_it() =>
        Gen.Select(Contenders, Gen.Bool).Sample((contenders, few) =>
        {
            var choice = Choice.CrossValidate(contenders, few);
            var images = contenders[0].Images;
            var folds = Math.Min(Choice.Folds, images);
            double unseenLoss = 0, baselineLoss = 0;
            for (var fold = 0; fold < folds; fold++)
            {
                var seen = contenders.Select(contender => contender.Where(image => image % folds != fold)).ToArray();
                var chosen = contenders[Choice.Best(seen, few)];
                for (var image = fold; image < images; image += folds)
                {
                    Assert.Equal(chosen.Correct[image], choice.Unseen[image]);
                    unseenLoss += chosen.Losses![image];
                    baselineLoss += contenders[0].Losses![image];
                }
            }
            var beats = few ? unseenLoss < baselineLoss : choice.Unseen.Count(image => image == '1') > contenders[0].Right;
            Assert.Equal(beats ? Choice.Best(contenders, few) : 0, choice.Winner);
        });

    [Fact]
    public void With_few_images_a_choice_of_lower_loss_on_unseen_images_wins_although_it_is_less_accurate()
    {
        ImageOutcomes[] contenders = [Level("1111100000", 1), Level("1111000000", 0.5f)];
        Assert.Equal(new(Winner: 1, Unseen: "1111000000"), Choice.CrossValidate(contenders, few: true));
        Assert.Equal(new(Winner: 0, Unseen: "1111100000"), Choice.CrossValidate(contenders, few: false));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_best_of_all_images_leaves_the_baseline_where_the_folds_choices_do_not_hold(bool few)
    {
        // Each is better than the baseline but on one fold, where the choice falls on it because it was not seen there.
        ImageOutcomes[] contenders = [Level("1111100000", 1), .. Enumerable.Range(0, 5).Select(fold => Outcomes(
            string.Concat(Enumerable.Range(0, 10).Select(image => image % 5 == fold ? '0' : '1')),
            [.. Enumerable.Range(0, 10).Select(image => image % 5 == fold ? 1.5f : 0.5f)]))];
        Assert.Equal(1, Choice.Best(contenders, few));
        Assert.Equal(new(Winner: 0, Unseen: "0000000000"), Choice.CrossValidate(contenders, few));
    }

    [Fact]
    public void A_choice_that_does_not_hold_on_unseen_images_leaves_the_baseline()
    {
        // Each is right where the others are wrong: whoever is best on four folds is at his worst on the fifth.
        var contenders = new List<ImageOutcomes> { new("1111111111", 1) };
        contenders.AddRange(
            Enumerable.Range(0, 5)
                .Select(fold =>
                    new ImageOutcomes(string.Concat(Enumerable.Range(0, 10).Select(image => image % 5 == fold ? '0' : '1')), 1)));
        Assert.Equal(0, Choice.CrossValidate(contenders, few: false).Winner);
    }

    [Fact]
    public void Few_means_at_most_four_a_class()
    {
        Assert.True(Choice.AreFew(40, 10));
        Assert.False(Choice.AreFew(41, 10));
    }

    // Only the images of the first fold tell the two apart, and the choice by the other folds does not fall on it there.
    [Fact]
    public void A_choice_that_does_exactly_as_well_as_the_baseline_on_unseen_images_leaves_it()
    {
        ImageOutcomes[] contenders =
            [Level("1111111111", 2), Outcomes("1111111111", [.. Enumerable.Range(0, 10).Select(image => image % 5 == 0 ? 1f : 2f)])];
        Assert.Equal(1, Choice.Best(contenders, few: true));
        Assert.Equal(0, Choice.CrossValidate(contenders, few: true).Winner);
    }

    [Fact]
    public void Few_images_need_single_losses() =>
        Assert.StartsWith(
            "Few images choose by the losses of single images, and these outcomes have none.",
            Assert.Throws<ArgumentException>(() => Choice.Best([new("10", 1), new("11", 1)], few: true)).Message,
            StringComparison.Ordinal);

    // The same loss on every image.
    private static ImageOutcomes Level(string correct, float loss) => Outcomes(correct, [.. Enumerable.Repeat(loss, correct.Length)]);

    private static ImageOutcomes Outcomes(string correct, float[] losses) => new(correct, losses.Average(loss => (double)loss), losses);
}
