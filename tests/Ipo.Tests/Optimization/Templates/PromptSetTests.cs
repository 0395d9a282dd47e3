using CsCheck;
using Ipo.Optimization.Templates;
using Xunit;

namespace Ipo.Tests.Optimization.Templates;

public sealed class PromptSetTests
{
    private static readonly Gen<PromptTemplate[]> Templates = Gen.Int[0, 999]
        .Select(number => PromptTemplate.Parse($"A  photo {number} of a <CLASS>.")).Array[1, 16];

    [Fact]
    public void A_set_reads_back_from_its_text() => Templates.Sample(templates =>
    {
        var set = PromptSet.Of(templates);
        Assert.Equal(templates, set.Templates);
        Assert.Equal(set, PromptSet.Parse(set.Text));
        Assert.Equal(templates.Length > 1, set.IsEnsemble);
        Assert.Equal([.. templates, PromptTemplate.Baseline], set.With(PromptTemplate.Baseline).Templates);
        Assert.Equal(string.Join('\n', templates.Select(template => template.Identity)), set.Identity);
    });

    [Fact]
    public void A_set_of_one_reads_as_its_template()
    {
        PromptSet set = PromptTemplate.Baseline;
        Assert.Equal((PromptTemplate.Baseline.Text, PromptTemplate.Baseline.Identity, false), (set.Text, set.Identity, set.IsEnsemble));
    }

    [Fact]
    public void Sentences_of_single_classes_stand_behind_the_templates()
    {
        ClassSentence[] sentences =
            [new("heron", PromptTemplate.Parse("a grey <CLASS>")), new("sea horse", PromptTemplate.Parse("a small <CLASS>")),
                new("heron", PromptTemplate.Parse("a tall <CLASS>"))];
        var set = PromptSet.Of([PromptTemplate.Baseline], sentences);
        Assert.Equal("a photo of a <CLASS>.\nheron\ta grey <CLASS>\nsea horse\ta small <CLASS>\nheron\ta tall <CLASS>", set.Text);
        Assert.Equal(set, PromptSet.Parse(set.Text));
        Assert.Equal(sentences, set.Sentences);
        Assert.Equal([PromptTemplate.Baseline], set.Templates);
        Assert.True(set.IsEnsemble);
        Assert.Equal("a photo of a <class>.\nheron\ta grey <class>\nsea horse\ta small <class>\nheron\ta tall <class>", set.Identity);
        Assert.Equal(["a photo of a heron.", "a grey heron", "a tall heron"], set.PromptsOf("heron"));
        Assert.Equal(["a photo of a newt."], set.PromptsOf("newt"));
        var grown = set.With(PromptTemplate.Parse("a <CLASS>"));
        Assert.Equal((2, 3), (grown.Templates.Count, grown.Sentences.Count));
    }

    [Theory]
    [InlineData("newt\ta <CLASS>", RefusalReason.Empty)]
    [InlineData("a <CLASS>\nnewt\tno class", RefusalReason.NoClass)]
    [InlineData("a <CLASS>\nnewt\ta <CLASS>\tmore", RefusalReason.ControlCharacter)]
    [InlineData("a <CLASS>\n", RefusalReason.Empty)]
    [InlineData("a <CLASS>\nno class", RefusalReason.NoClass)]
    [InlineData("a heron like a <CLASS>\na <CLASS>", RefusalReason.NamesAClass)]
    public void A_line_that_is_no_template_is_refused(string text, RefusalReason reason)
    {
        Assert.False(PromptSet.TryParse(text, ["heron"], out _, out var refusal));
        Assert.Equal(reason, refusal.Reason);
        if (reason != RefusalReason.NamesAClass) Assert.Throws<FormatException>(() => PromptSet.Parse(text));
    }
}
