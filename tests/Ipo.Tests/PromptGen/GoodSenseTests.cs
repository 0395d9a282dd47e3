using Ipo.PromptGen;
using Ipo.Providers;
using Xunit;

namespace Ipo.Tests.PromptGen;

public sealed class GoodSenseTests
{
    private static readonly string[] Plants = ["lotus", "water_lilly", "sunflower", "strawberry", "bonsai", "joshua_tree"];

    // What the embedded captioner said of such photographs: the photograph most often, now and then anything.
    private static readonly string[] Photographs =
    [
        .. Enumerable.Repeat("a close-up photo, of a kind of boat.", 21), .. Enumerable.Repeat("a snapshot, of a kind of bird.", 10),
        .. Enumerable.Repeat("a negative on a green background, of a kind of food.", 4), "a doodle, of a kind of plant.",
        "a rendering, seen up close, of a kind of plant.",
    ];

    [Theory]
    [InlineData("lotus water_lilly sunflower strawberry bonsai joshua_tree", "plant", "boat")]
    [InlineData("crane heron flamingo kite eagle duck", "bird", "machine")]
    [InlineData("crane robot excavator tractor windmill", "machine", "bird")]
    [InlineData("Siamese Persian Sphynx", "cat", "dog")]
    [InlineData("hammer screwdriver saw file nails", "tool", "footwear")]
    [InlineData("electric_guitar grand_piano mandolin saxophone", "musical instrument", "furniture")]
    [InlineData("sea horse|jellyfish|starfish|crab", "sea creature", "household object")]
    [InlineData("Shirts|Trousers|Dresses|Scarves", "clothing", "animal")]
    public void Takes_the_category_from_the_names_of_the_classes(string names, string fits, string fitsNot)
    {
        // The descriptions say the wrong one, as often as they can.
        var sense = Sense([.. Enumerable.Repeat($"a sketch, of a kind of {fitsNot}.", 9)], names.Split(names.Contains('|') ? '|' : ' '));

        Assert.Contains(fits, sense.Categories);
        Assert.DoesNotContain(fitsNot, sense.Categories);
    }

    [Fact]
    public void Takes_it_from_the_descriptions_where_it_does_not_know_the_names() =>
        Assert.Equal(["bird"], Sense(["a photo, a type of bird.", "a photo, a kind of bird", "a photo, a type of boat.", "a photo.", "a",
            "a photo."], ["zorp", "quxil"]).Categories);

    [Fact]
    public void Takes_a_kind_that_the_dictionary_does_not_tell_from_the_descriptions() => Assert.Contains(
        "songbird", Sense(["a photo, a type of songbird.", "a photo, a type of songbird."], ["robin", "wren", "lark"]).Categories);

    [Fact]
    public void Has_no_category_where_neither_says_one()
    {
        Assert.Empty(Sense([], ["zorp", "quxil"]).Categories);
        Assert.Empty(Sense([], ["lion", "hammer", "piano", "cloud"]).Categories);
        Assert.Empty(Sense([], []).Categories);
    }

    [Theory]
    [InlineData("a glowing negative image of the <CLASS>, a type of boat, on a grey background in the centre, on a green background.",
        "a glowing image of the <CLASS>, on a grey background in the centre.")]
    [InlineData("a dark bright photo of a <CLASS>, a type of plant.", "a dark photo of a <CLASS>, a type of plant.")]
    [InlineData("a black-and-white colorful photo of a <CLASS>", "a black-and-white photo of a <CLASS>")]
    [InlineData("a red green photo of a <CLASS>.", "a red photo of a <CLASS>.")]
    [InlineData("a bright photo of a <CLASS> at night.", "a bright photo of a <CLASS>.")]
    [InlineData("a grayscale photo of a <CLASS> on a green background.", "a grayscale photo of a <CLASS>.")]
    [InlineData("a photo of a <CLASS> in the dark, at night.", "a photo of a <CLASS> in the dark.")]
    [InlineData("a photo of a <CLASS>, seen from above, seen up close", "a photo of a <CLASS>, seen from above")]
    [InlineData("a photo of a <CLASS> in a corner, in the center.", "a photo of a <CLASS> in a corner.")]
    [InlineData("a photo of a <CLASS> indoors, in the snow.", "a photo of a <CLASS> indoors.")]
    [InlineData("a close-up photo of a <CLASS>, seen up close.", "a close-up photo of a <CLASS>.")]
    [InlineData("an ink stamp of a <CLASS> on paper.", "a photo of a <CLASS> on paper.")]
    [InlineData("an inverted image of a <CLASS>.", "an image of a <CLASS>.")]
    [InlineData("a photo of <CLASS>.", "a photo of a <CLASS>.")]
    public void Leaves_out_what_does_not_go_together(string template, string mended) =>
        Assert.Equal(mended, Sense(Photographs, Plants).Mend(TemplateShape.Of(template)).ToString());

    [Theory]
    [InlineData("a photo of a <CLASS> in a field at night, seen from above, in the center.")]
    [InlineData("a colorful close-up photo of a <CLASS>, a type of plant, on a green background")]
    [InlineData("a plain photo of the <CLASS> on a dark background.")]
    [InlineData("a photo of a <CLASS> on a street, in the rain.")]
    [InlineData("Take a photo of a <CLASS> with optimal lighting, focus, and minimal distractions. Capture it.")]
    [InlineData("<CLASS>")]
    public void Leaves_alone_what_does(string template) =>
        Assert.Equal(template, Sense(Photographs, Plants).Mend(TemplateShape.Of(template)).ToString());

    [Fact]
    public void Lets_the_newest_phrase_stay()
    {
        var shape = TemplateShape.Of("a dark photo of a <CLASS> on grass, on paper.");

        Assert.Equal("a dark photo of a <CLASS>, on paper.", Sense([], Plants).Mend(shape, "on paper").ToString());
    }

    [Fact]
    public void Offers_photographs_alone_where_the_descriptions_see_no_other_medium()
    {
        Assert.Equal(VisualVocabulary.Photographs, Sense(Photographs, Plants).Media);
        Assert.DoesNotContain("negative", Sense(Photographs, Plants).Qualities);
    }

    [Fact]
    public void Offers_every_medium_where_they_see_another_or_say_nothing_of_it()
    {
        string[] some = [.. Photographs, .. Enumerable.Repeat("a pencil sketch, of a kind of plant.", 20)];

        foreach (var descriptions in new[] { some, [], ["green leaves, thin stalks"] })
        {
            Assert.Equal(VisualVocabulary.Media, Sense(descriptions, Plants).Media);
            Assert.Contains("negative", Sense(descriptions, Plants).Qualities);
        }
    }

    [Fact]
    public void Lets_names_that_take_no_article_go_without() =>
        Assert.Equal(
            "a photo of <CLASS>.", Sense([], ["rain", "snow", "fog"]).Mend(TemplateShape.Of("a photo of <CLASS>.")).ToString());

    [Fact]
    public void Speaks_of_phrases_that_the_vocabulary_holds()
    {
        string[] all =
        [
            .. VisualVocabulary.Media, .. VisualVocabulary.Qualities, .. VisualVocabulary.Colours, .. VisualVocabulary.Lightings,
            .. VisualVocabulary.Backgrounds, .. VisualVocabulary.Viewpoints,
        ];

        Assert.Empty(PhraseAspects.Phrases.Except(all));
        Assert.Empty(VisualVocabulary.Photographs.Except(VisualVocabulary.Media));
        Assert.Empty(VisualVocabulary.Positions.Except(VisualVocabulary.Viewpoints));
        Assert.Empty(CommonNouns.Categories.Except(VisualVocabulary.Categories));
    }

    private static GoodSense Sense(IReadOnlyList<string> descriptions, IReadOnlyList<string> names) =>
        new(new DescriptionPhrases(descriptions, ClassNames.Whole(names)), names);
}
