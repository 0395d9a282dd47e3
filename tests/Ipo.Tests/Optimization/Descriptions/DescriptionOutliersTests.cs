using CsCheck;
using Ipo.Optimization.Descriptions;
using Xunit;

namespace Ipo.Tests.Optimization.Descriptions;

public sealed class DescriptionOutliersTests
{
    // Worked by hand: median 4.5, deviations 3.5 2.5 1.5 .5 .5 1.5 2.5 95.5, their median 2.
    [Fact]
    public void The_score_is_the_modified_z_of_iglewicz_and_hoaglin()
    {
        var scores = DescriptionOutliers.Scores([1, 2, 3, 4, 5, 6, 7, 100]);
        Assert.Equal(0.6745 * -3.5 / 2, scores[0], 12);
        Assert.Equal(0.6745 * 95.5 / 2, scores[7], 12);
    }

    [Fact]
    public void Too_few_values_and_values_that_are_mostly_equal_have_no_misfit()
    {
        Assert.All(DescriptionOutliers.Scores([0.3, 0.3, 0.31, 0.29, 0.3, 0.32, -1]), score => Assert.Equal(0, score));
        Assert.All(DescriptionOutliers.Scores([0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3, -1]), score => Assert.Equal(0, score));
    }

    [Fact]
    public void Neither_unit_nor_zero_matters_and_less_is_never_scored_more() =>
        Gen.Select(Gen.Int[-100, 100].Select(value => value / 100.0).Array[8, 40], Gen.Double[0.5, 20], Gen.Double[-3, 3])
            .Sample((values, scale, shift) =>
            {
                var scores = DescriptionOutliers.Scores(values);
                var moved = DescriptionOutliers.Scores([.. values.Select(value => (value * scale) + shift)]);
                Assert.All(scores.Zip(moved), pair => Assert.Equal(pair.First, pair.Second, 1e-6 * (1 + Math.Abs(pair.First))));
                Assert.Equal(
                    values.Order(), values.Zip(scores).OrderBy(pair => pair.Second).ThenBy(pair => pair.First).Select(pair => pair.First));
            });

    // 3.5 scores are 3.5 standard deviations: one of about 4,300 values of a normal distribution.
    [Fact]
    public void Few_values_of_a_normal_distribution_are_far_below()
    {
        var random = new Random(3);
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        var below = Enumerable.Range(0, 500)
            .Sum(_ => DescriptionOutliers.Scores([.. Enumerable.Range(0, 64).Select(_ => Normal())])
                .Count(score => score < DescriptionOutliers.OutlierThreshold));
        Assert.InRange(below, 1, 60); // of 32,000; the scale of 64 values varies, so some more than 7
    }
}
