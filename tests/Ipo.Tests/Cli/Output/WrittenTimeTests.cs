using CsCheck;
using Ipo.Cli.Output;
using Xunit;

namespace Ipo.Tests.Cli.Output;

public class WrittenTimeTests
{
    [Theory]
    [InlineData("90s", 90)]
    [InlineData("10m", 600)]
    [InlineData("1h30m", 5400)]
    [InlineData("1.5d", 129600)]
    [InlineData("0s", 0)]
    public void A_time_is_a_number_with_a_unit(string text, double seconds)
    {
        Assert.True(WrittenTime.TryParse(text, out var time));
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
    public void Anything_else_is_no_time(string text) => Assert.False(WrittenTime.TryParse(text, out _));

    [Fact]
    public void Any_text_is_read_or_refused_without_a_fault() => Gen.String.Sample(text => WrittenTime.TryParse(text, out _) | true);
}
