using Ipo.Cli.Output;
using Xunit;

namespace Ipo.Tests.Cli.Output;

public class ScreenTextTests
{
    [Theory]
    [InlineData("abc", 3, "abc")]
    [InlineData("abcd", 3, "ab…")]
    [InlineData("花の写真", 5, "花の…")]
    [InlineData("abc", 0, "")]
    public void Text_is_cut_by_columns(string text, int width, string expected) => Assert.Equal(expected, ScreenText.Fit(text, width));
}
