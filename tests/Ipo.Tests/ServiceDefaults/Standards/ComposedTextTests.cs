using System.Globalization;
using System.Text;
using Ipo.ServiceDefaults.Standards;
using Xunit;

namespace Ipo.Tests.ServiceDefaults.Standards;

public sealed class ComposedTextTests
{
    // Written by Python's unicodedata.normalize("NFC", …), Unicode 14: words, Hangul, marks in every order, exclusions.
    [Fact]
    public void Gives_what_python_gives()
    {
        var lines = File.ReadAllLines(Path.Combine(Shared.Repository, "tests/Ipo.Tests/ServiceDefaults/Standards/composed.txt"));
        foreach (var line in lines)
        {
            var (text, composed) = (Text(line.Split(';')[0]), Text(line.Split(';')[1]));
            Assert.True(composed == ComposedText.Of(text), line);
            Assert.True(composed == ComposedText.Of(composed), line);
        }
        Assert.True(lines.Length > 800);
    }

    [Fact]
    public void Half_a_surrogate_pair_becomes_the_replacement_character() => Assert.Equal("ñ\uFFFD", ComposedText.Of("n\u0303\uD834"));

    private static string Text(string codes) =>
        string.Concat(codes.Split(' ').Select(code => new Rune(int.Parse(code, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString()));
}
