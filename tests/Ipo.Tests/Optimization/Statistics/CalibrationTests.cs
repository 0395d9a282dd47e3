using CsCheck;
using Ipo.Optimization.Statistics;
using Xunit;

namespace Ipo.Tests.Optimization.Statistics;

public sealed class CalibrationTests
{
    // The example in the documentation of torchmetrics' MulticlassCalibrationError (num_classes 3, n_bins 3, norm 'l1'): the
    // nearest classes have .55, .55, .60 and .90, the first two are wrong, and it prints 0.2000.
    [Fact]
    public void It_gives_the_published_value() =>
        Assert.Equal(0.2, Calibration.Error([0.55f, 0.55f, 0.60f, 0.90f], "0011", bins: 3), 1e-7);

    // Bins of 1/15: .30 and .32 stand in (4/15, 5/15], .34 in the next one, 1 in the last.
    // (|(.30 + .32) - 1| + |.34 - 0| + |(1 + 1) - 1|) / 5 = (.38 + .34 + 1) / 5.
    [Fact]
    public void Fifteen_bins_are_the_default() =>
        Assert.Equal(1.72 / 5, Calibration.Error([0.30f, 0.34f, 1f, 0.32f, 1f], "10100"), 1e-7);

    [Fact]
    public void A_bin_holds_its_upper_edge_and_not_its_lower_one() =>
        Assert.Equal((0.5 + 0.75) / 2, Calibration.Error([0.5f, 0.75f], "10", bins: 2), 1e-12); // in one bin they were |1.25 - 1| / 2

    [Fact]
    public void It_is_what_the_definition_says() => Gen.Select(Gen.Float[0.001f, 1f], Gen.Bool).Array[1, 200].Sample(images =>
    {
        var expected = images
            .GroupBy(image => Enumerable.Range(1, Calibration.Bins)
                .First(bin => image.Item1 <= (double)bin / Calibration.Bins || bin == Calibration.Bins))
            .Sum(bin => bin.Count() / (double)images.Length * Math.Abs(
                bin.Average(image => image.Item2 ? 1.0 : 0) - bin.Average(image => (double)image.Item1)));
        var error = Calibration.Error(
            [.. images.Select(image => image.Item1)], string.Concat(images.Select(image => image.Item2 ? '1' : '0')));
        Assert.Equal(expected, error, 1e-9);
        Assert.InRange(error, 0, 1);
    });

    [Fact]
    public void Without_images_there_is_none_and_other_numbers_of_images_are_a_fault()
    {
        Assert.Equal(0, Calibration.Error([], ""));
        Assert.Throws<ArgumentException>(() => Calibration.Error([1], ""));
    }
}
