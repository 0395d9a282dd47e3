using CsCheck;
using Ipo.V1;
using Xunit;

namespace Ipo.Tests.Protos;

public class SparklineTests
{
    [Theory]
    [InlineData("▁▄█", 0.0, 0.4, 1.0)]
    [InlineData("█▁", 2.0, 1.0)]
    [InlineData("▁▁", 0.7, 0.7)]
    [InlineData("▁", 0.7)]
    public void Numbers_are_bars_from_the_lowest_to_the_highest(string bars, params double[] values) => Assert.Equal(bars, Sparkline.Of(values));

    [Fact]
    public void Of_more_than_fit_the_last_of_each_part_is_shown() => Assert.Equal("▂▄▆█", Sparkline.Of([0, 1, 2, 3, 4, 5, 6, 7], 4));

    [Fact]
    public void The_last_value_is_always_shown_and_never_more_bars_than_columns() =>
        Gen.Select(Gen.Double[0, 1].List[1, 300], Gen.Int[1, 120]).Sample((values, columns) =>
        {
            values.Add(2);
            var line = Sparkline.Of(values, columns);
            return line.Length == Math.Min(values.Count, columns) && (line[^1] == '█' || line.Length == 1);
        });
}
