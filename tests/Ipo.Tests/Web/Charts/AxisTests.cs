using CsCheck;
using Ipo.Web.Charts;
using Xunit;

namespace Ipo.Tests.Web.Charts;

public sealed class AxisTests
{
    [Theory]
    [InlineData(53.2, 69.5, 5, 50, 70, 5)]
    [InlineData(0, 1, 5, 0, 1, 0.2)]
    [InlineData(1.144, 1.152, 4, 1.144, 1.152, 0.002)]
    [InlineData(0, 100, 8, 0, 100, 20)]
    public void An_axis_ends_at_round_ticks(double low, double high, int ticks, double from, double to, double step)
    {
        var axis = Axis.Of([low, high], ticks);
        Assert.Equal(from, axis.Low, 9);
        Assert.Equal(to, axis.High, 9);
        Assert.Equal(step, axis.Step, 9);
    }

    [Fact]
    public void Nothing_and_one_value_have_an_axis_too()
    {
        Assert.Equal(new Axis(0, 1, 0.5), Axis.Of([], 5));
        var one = Axis.Of([70, 70], 5);
        Assert.InRange(one.Share(70), 0.25, 0.75);
    }

    [Fact]
    public void Every_value_lies_on_its_axis_between_a_few_ticks() =>
        Gen.Double[-1e6, 1e6].Array[2, 20].Sample(values =>
        {
            var axis = Axis.Of(values, 5);
            Assert.All(values, value => Assert.InRange(axis.Share(value), -1e-6, 1 + 1e-6));
            Assert.InRange(axis.Ticks.Count(), 2, 12);
        });
}
