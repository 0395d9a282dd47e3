using CsCheck;
using Ipo.PromptGen;
using Xunit;

namespace Ipo.Tests.PromptGen;

public sealed class TemplateShapeTests
{
    [Theory]
    [InlineData("a photo of a <CLASS>.")]
    [InlineData("a blurry chalk drawing of the <CLASS>, a type of bird, on a wall.")]
    [InlineData("an old x-ray of <CLASS>")]
    [InlineData("pixel art of a <CLASS>.")]
    [InlineData("a blurry pixel art of a <CLASS>.")]
    [InlineData("a pixel art of a <CLASS>.")]
    [InlineData("a graffiti photo of the <CLASS>.")]
    [InlineData("<CLASS>.")]
    [InlineData("a <CLASS>, a type of pet!")]
    [InlineData("Take a well-composed photo of a <CLASS> with optimal lighting, focus, and minimal distractions. Capture it.")]
    [InlineData("Classify the intricate <CLASS> texture.")]
    [InlineData("<CLASS>s")]
    public void Gives_back_the_template_it_was_made_of(string template) => Assert.Equal(template, TemplateShape.Of(template).ToString());

    [Fact]
    public void Takes_a_template_apart()
    {
        var shape = TemplateShape.Of("a blurry pale chalk drawing of the <CLASS> on a wall, a type of bird, with spots?");

        Assert.Equal(["blurry", "pale"], shape.Qualities);
        Assert.Equal(("chalk drawing", "the", "bird", "?", null), (shape.Medium, shape.Article, shape.Category, shape.End, shape.FreeOpening));
        Assert.Equal([" on a wall", ", with spots"], shape.Tails);
    }

    [Fact]
    public void Keeps_the_words_of_an_opening_it_does_not_know() =>
        Assert.Equal("Identify the primary ingredient in the", TemplateShape.Of("Identify the primary ingredient in the <CLASS>.").FreeOpening);

    [Fact]
    public void Puts_the_right_article_before_the_medium() =>
        Assert.Equal("an ink drawing of a <CLASS>.", new TemplateShape { Medium = "ink drawing" }.ToString());

    [Fact]
    public void Keeps_what_follows_out_of_the_category() =>
        Assert.Equal("a photo of a <CLASS>, a type of bird, on a wall.", (TemplateShape.Of("a photo of a <CLASS> on a wall.") with { Category = "bird" }).ToString());

    [Fact]
    public void Knows_a_medium_that_takes_no_article() => Assert.Equal(("pixel art", "a", null), TemplateShape.Of("pixel art of a <CLASS>.") switch { var shape => (shape.Medium, shape.Article, shape.FreeOpening) });

    [Fact]
    public void Has_a_shape_for_any_text_around_the_class() =>
        Gen.Select(Gen.String[Gen.Char["aof the,.!"], 0, 25], Gen.String[Gen.Char["a, type of bird.?"], 0, 25]).Sample((before, after) =>
        {
            var once = TemplateShape.Of($"{before}<CLASS>{after}").ToString();
            return TemplateShape.Of(once).ToString() == once && once.Split("<CLASS>").Length == 2;
        });
}
