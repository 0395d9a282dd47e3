using Ipo.V1;
using Xunit;

namespace Ipo.Tests.Protos;

public class AmountsTests
{
    [Theory]
    [InlineData(0, "0:00")]
    [InlineData(0.2, "0:01")]
    [InlineData(59.5, "1:00")]
    [InlineData(3599, "59:59")]
    [InlineData(3723, "1:02:03")]
    [InlineData(-4, "0:00")]
    public void A_clock_rounds_up_and_never_shows_less_than_nothing(double seconds, string expected) =>
        Assert.Equal(expected, Amounts.Clock(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(0, "0 seconds")]
    [InlineData(0.2, "1 second")]
    [InlineData(59, "59 seconds")]
    [InlineData(59.5, "1 min 0 s")]
    [InlineData(750, "12 min 30 s")]
    [InlineData(3723, "1 h 2 min")]
    [InlineData(36_000_000, "10,000 h 0 min")]
    public void A_time_in_a_sentence_says_its_units(double seconds, string expected) =>
        Assert.Equal(expected, Amounts.Spell(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(0, "$0.00")]
    [InlineData(2100, "$0.0021")]
    [InlineData(1_500_000, "$1.50")]
    public void Money_shows_fractions_of_a_cent_where_there_are_any(long microUsd, string expected) => Assert.Equal(expected, Amounts.Money(microUsd));

    [Theory]
    [InlineData(0.031, "+3.1 points")]
    [InlineData(-0.005, "-0.5 points")]
    [InlineData(0, "+0.0 points")]
    [InlineData(-0.00001, "+0.0 points")]
    public void A_gain_has_a_sign(double difference, string expected) => Assert.Equal(expected, Amounts.Points(difference));
}
