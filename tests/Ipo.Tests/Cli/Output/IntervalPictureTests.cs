using CsCheck;
using Ipo.Cli.Output;
using Ipo.V1;
using Xunit;

namespace Ipo.Tests.Cli.Output;

public class IntervalPictureTests
{
    [Fact]
    public void Bars_stand_on_one_scale_whose_ends_are_named() => Assert.Equal(
        [
            "baseline    ├────●────┤",
            "winner               ├─────────●─────────┤",
            "            40.0 %                  70.0 %",
        ],
        IntervalPicture.Lines([("baseline", Score(0.40, 0.45, 0.50)), ("winner", Score(0.49, 0.60, 0.70))], 42));

    [Theory]
    [InlineData(31, 0)]
    [InlineData(32, 2)]
    public void A_screen_too_narrow_for_a_scale_gets_none(int width, int lines) =>
        Assert.Equal(lines, IntervalPicture.Lines([("winner", Score(0.4, 0.5, 0.6))], width).Count);

    [Fact]
    public void An_interval_of_no_width_is_its_point() =>
        Assert.Equal("winner      ●", IntervalPicture.Lines([("winner", Score(1, 1, 1))], 40)[0]);

    [Fact]
    public void Nothing_scored_is_nothing_drawn() => Assert.Empty(IntervalPicture.Lines([], 80));

    [Fact]
    public void Whatever_the_scores_the_point_is_within_its_interval_and_no_line_too_wide() =>
        Gen.Select(Gen.Double[0, 1], Gen.Double[0, 1], Gen.Double[0, 1], Gen.Int[32, 200]).Sample((one, two, three, width) =>
        {
            double[] sorted = [.. new[] { one, two, three }.Order()];
            var lines = IntervalPicture.Lines([("baseline", Score(0.2, 0.5, 0.8)), ("winner", Score(sorted[0], sorted[1], sorted[2]))], width);
            return lines.All(line => ScreenText.Width(line) <= width) && lines.Take(2).All(line => line.Count(sign => sign == '●') == 1);
        });

    private static SplitScore Score(double low, double accuracy, double high) => new() { AccuracyLow = low, Accuracy = accuracy, AccuracyHigh = high };
}
