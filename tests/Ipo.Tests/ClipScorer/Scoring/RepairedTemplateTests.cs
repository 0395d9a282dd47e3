using Ipo.ClipScorer.Scoring;
using Ipo.ClipScorer.Text;
using Xunit;

namespace Ipo.Tests.ClipScorer.Scoring;

public sealed class RepairedTemplateTests
{
    [Theory]
    [InlineData("a photo of a <CLASS>.", null)]
    [InlineData("A  Photo of\u00A0a <CLASS>. ", null)]
    [InlineData("un cafe\u0301 <CLASS>", null)]
    [InlineData("somebody’s <CLASS>", "somebody's <CLASS>")]
    [InlineData("<CLASS> &lt;3 &eacute;", "<CLASS> <3 é")]
    [InlineData("cafÃ© ClassName <CLASS>", "café ClassName <CLASS>")]
    public void Only_what_a_reader_would_see_is_told(string template, string? readAs)
    {
        var repaired = RepairedTemplate.Of(PromptSet.Of(template), ClipWords.Repair).ToList();
        if (readAs is null) Assert.Empty(repaired);
        else Assert.Equal(new(template, readAs), Assert.Single(repaired));
    }

    [Fact]
    public void Each_template_of_a_set_is_told_once() =>
        Assert.Equal(
            [new("a ’<CLASS>", "a '<CLASS>"), new("b ’<CLASS>", "b '<CLASS>")],
            RepairedTemplate.Of(new(["a ’<CLASS>", "a <CLASS>"], [new("dog", "b ’<CLASS>"), new("cat", "a ’<CLASS>")]), ClipWords.Repair));
}
