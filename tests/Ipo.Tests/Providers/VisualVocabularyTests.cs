using Ipo.Providers;
using Xunit;

namespace Ipo.Tests.Providers;

public sealed class VisualVocabularyTests
{
    [Theory]
    [InlineData("photo", "a ")]
    [InlineData("x-ray", "an ")]
    [InlineData("Ink drawing", "an ")]
    [InlineData("pixel art", "")]
    [InlineData("pixel art image", "a ")]
    [InlineData("blurry pixel art", "a ")]
    [InlineData("", "")]
    public void Knows_what_stands_before_a_phrase(string phrase, string article) => Assert.Equal(article, VisualVocabulary.ArticleFor(phrase));

    [Fact]
    public void Says_nothing_twice_in_a_facet() => Assert.All(
        (IReadOnlyList<string>[])[
            VisualVocabulary.Media, VisualVocabulary.Qualities, VisualVocabulary.Colours, VisualVocabulary.Lightings,
            VisualVocabulary.Backgrounds, VisualVocabulary.Viewpoints, VisualVocabulary.Categories],
        facet => Assert.Equal(facet.Count, facet.Distinct(StringComparer.OrdinalIgnoreCase).Count()));

    // Captions come in both, and to CLIP's tokenizer they are different words.
    [Theory]
    [InlineData("watercolor", "watercolour")]
    [InlineData("grayscale", "greyscale")]
    [InlineData("colorful", "colourful")]
    [InlineData("in the center", "in the centre")]
    public void Has_both_spellings(string american, string british)
    {
        string[] all = [.. VisualVocabulary.Media, .. VisualVocabulary.Colours, .. VisualVocabulary.Viewpoints];

        Assert.Contains(american, all);
        Assert.Contains(british, all);
    }

    [Theory]
    [InlineData("render")]
    [InlineData("pixel art")]
    [InlineData("newspaper print")]
    [InlineData("thermal image")]
    [InlineData("foggy picture")]
    public void Names_media_that_a_photograph_alone_does_not(string medium) => Assert.Contains(medium, VisualVocabulary.Media);

    [Theory]
    [InlineData("body part")]
    [InlineData("office item")]
    [InlineData("sports gear")]
    [InlineData("household object")]
    [InlineData("machine")]
    [InlineData("sea creature")]
    [InlineData("weather")]
    public void Names_kinds_of_things_that_share_names(string category) => Assert.Contains(category, VisualVocabulary.Categories);
}
