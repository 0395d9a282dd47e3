using Ipo.ClipScorer.Text.Repair;
using Xunit;

namespace Ipo.Tests.ClipScorer.Text.Repair;

public sealed class HtmlEntitiesTests
{
    // Each expected value is what Python 3.11's html.unescape gives.
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("&amp;", "&")]
    [InlineData("&hellip;&rsquo;", "…’")]
    [InlineData("AT&T", "AT&T")]
    [InlineData("salt&ampere", "salt&ere")]
    [InlineData("&notit;", "¬it;")]
    [InlineData("&notin;", "∉")]
    [InlineData("&paragraph", "¶graph")]
    [InlineData("&NotEqualTilde;", "≂̸")]
    [InlineData("&apos;&nosuch;", "'&nosuch;")]
    [InlineData("&#65;&#x41;&#X41", "AAA")]
    [InlineData("&#0;&#xD800;&#x110000;&#99999999999999999999;", "����")]
    [InlineData("&#x80;&#150;", "€–")]
    [InlineData("&#1;&#xFFFE;&#x1FFFF;x", "x")]
    [InlineData("&#13;", "\r")]
    [InlineData("&#129;", "\u0081")]
    [InlineData("&#128512;", "😀")]
    [InlineData("& amp;", "& amp;")]
    [InlineData("&", "&")]
    public void Unescapes_as_python_does(string text, string expected) => Assert.Equal(expected, HtmlEntities.Unescape(text));

    // What Windows-1252 has there, as browsers and Python read it; five places are control characters and stay so.
    [Fact]
    public void Numbers_of_control_characters_are_those_of_Windows_1252() => Assert.Equal(
        "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ",
        string.Concat(Enumerable.Range(0x80, 32).Select(code => HtmlEntities.Unescape($"&#{code};"))));
}
