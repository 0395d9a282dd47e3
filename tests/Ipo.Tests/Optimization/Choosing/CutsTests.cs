using Ipo.Optimization.Choosing;
using Ipo.Optimization.Templates;
using Xunit;

namespace Ipo.Tests.Optimization.Choosing;

public sealed class CutsTests
{
    [Theory]
    [InlineData("a glowing negative image of the <CLASS>, a type of boat, on a grey background in the centre.",
        "glowing: a negative image of the <CLASS>, a type of boat, on a grey background in the centre.",
        "negative: a glowing image of the <CLASS>, a type of boat, on a grey background in the centre.",
        "a type of boat: a glowing negative image of the <CLASS>, on a grey background in the centre.",
        "on a grey background in the centre: a glowing negative image of the <CLASS>, a type of boat.",
        "on a grey background: a glowing negative image of the <CLASS>, a type of boat in the centre.",
        "in the centre: a glowing negative image of the <CLASS>, a type of boat, on a grey background.")]
    [InlineData("an old x-ray of a <CLASS>, in the dark, on paper.",
        "old: an x-ray of a <CLASS>, in the dark, on paper.",
        "in the dark: an old x-ray of a <CLASS>, on paper.",
        "on paper: an old x-ray of a <CLASS>, in the dark.")]
    [InlineData("a plain ink stamp of a small <CLASS> on a dark background",
        "plain: an ink stamp of a small <CLASS> on a dark background",
        "small: a plain ink stamp of a <CLASS> on a dark background",
        "on a dark background: a plain ink stamp of a small <CLASS>")]
    [InlineData("an unusual unique photo of a <CLASS> seen from above indoors",
        "unusual: a unique photo of a <CLASS> seen from above indoors",
        "seen from above indoors: an unusual unique photo of a <CLASS>")]
    [InlineData("a photo of a <CLASS>, seen up close, indoors.",
        "seen up close: a photo of a <CLASS>, indoors.",
        "indoors: a photo of a <CLASS>, seen up close.")]
    [InlineData("Take a well-composed picture showing <CLASS>. Capture it from below.",
        "well-composed: Take a picture showing <CLASS>. Capture it from below.",
        "from below: Take a well-composed picture showing <CLASS>. Capture it.",
        "Capture it from below.: Take a well-composed picture showing <CLASS>.")]
    [InlineData("a photo of a <CLASS> with its wings spread in flight.",
        "with its wings spread: a photo of a <CLASS> in flight.",
        "in flight: a photo of a <CLASS> with its wings spread.")]
    [InlineData("pixel art of a <CLASS>.")]
    [InlineData("a pixel art image of a <CLASS>.")]
    [InlineData("a stained glass window of the <CLASS>.")]
    [InlineData("a photo of a <CLASS>")]
    [InlineData("<CLASS>")]
    [InlineData("a photo of a <CLASS> with good light, focus, and few distractions.")]
    public void Leaves_a_whole_sentence(string template, params string[] cuts)
    {
        var found = Cuts.Of(PromptTemplate.Parse(template)).Select(cut => $"{cut.Removed}: {cut.Template.Text}").ToList();

        Assert.Equal(cuts.Order(), found.Order());
    }
}
