using CsCheck;
using Ipo.Cli.Output;
using Xunit;

namespace Ipo.Tests.Cli.Output;

public class AmountsTests
{
    [Theory]
    [InlineData("90s", 90)]
    [InlineData("10m", 600)]
    [InlineData("1h30m", 5400)]
    [InlineData("1.5d", 129600)]
    [InlineData("0s", 0)]
    public void A_time_is_a_number_with_a_unit(string text, double seconds)
    {
        Assert.True(Amounts.TryParseTime(text, out var time));
        Assert.Equal(seconds, time.TotalSeconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("m")]
    [InlineData("-5m")]
    [InlineData("5 m")]
    [InlineData("5w")]
    [InlineData("10m\n")]
    [InlineData("999999999d")]
    public void Anything_else_is_no_time(string text) => Assert.False(Amounts.TryParseTime(text, out _));

    [Fact]
    public void Any_text_is_read_or_refused_without_a_fault() => Gen.String.Sample(text => Amounts.TryParseTime(text, out _) | true);

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

    [Theory]
    [InlineData("abc", 3, "abc")]
    [InlineData("abcd", 3, "ab…")]
    [InlineData("花の写真", 5, "花の…")]
    [InlineData("abc", 0, "")]
    public void Text_is_cut_by_columns(string text, int width, string expected) => Assert.Equal(expected, ScreenText.Fit(text, width));
}
