using CsCheck;
using Ipo.Optimization.Explanations;
using Ipo.Optimization.Templates;
using Xunit;

namespace Ipo.Tests.Optimization.Explanations;

public sealed class VariationsTests
{
    [Fact]
    public void Takes_out_every_word_and_every_phrase_of_more_than_one()
    {
        var variations = Variations.Of(PromptTemplate.Parse("a sharp photo of a <CLASS>, seen outdoors, today."), [], 1);
        Assert.Equal(
            [
                "Word 'a': sharp photo of a <CLASS>, seen outdoors, today.",
                "Word 'sharp': a photo of a <CLASS>, seen outdoors, today.",
                "Word 'photo': a sharp of a <CLASS>, seen outdoors, today.",
                "Word 'of': a sharp photo a <CLASS>, seen outdoors, today.",
                "Word 'a': a sharp photo of <CLASS>, seen outdoors, today.",
                "Word 'seen': a sharp photo of a <CLASS>, outdoors, today.",
                "Word 'outdoors': a sharp photo of a <CLASS>, seen, today.",
                "Word 'today': a sharp photo of a <CLASS>, seen outdoors,.",
                "Phrase 'seen outdoors': a sharp photo of a <CLASS>, today.",
            ],
            variations.Where(variation => variation.Kind != VariationKind.RandomWords)
                .Select(variation => $"{variation.Kind} '{variation.Removed}': {variation.Template.Text}"));
    }

    [Fact]
    public void Random_words_stand_in_the_same_number_and_name_no_class()
    {
        var winner = PromptTemplate.Parse("a sharp photo of a <CLASS>, outdoors.");
        var controls = Variations.Of(winner, ["year", "tax"], 1).Where(variation => variation.Kind == VariationKind.RandomWords).ToList();
        Assert.InRange(controls.Count, 3, Variations.Controls);
        Assert.All(controls, control =>
        {
            Assert.Equal(7, control.Template.Text.Split(' ').Length);
            Assert.Contains("<CLASS>, ", control.Template.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("photo", control.Template.Text, StringComparison.Ordinal);
        });
        Assert.Equal(controls, Variations.Of(winner, ["year", "tax"], 1).Where(variation => variation.Kind == VariationKind.RandomWords));
        Assert.NotEqual(
            controls, Variations.Of(winner, ["year", "tax"], 2).Where(variation => variation.Kind == VariationKind.RandomWords));
    }

    [Fact]
    public void Every_variation_is_a_template_other_than_the_winner_and_stands_once() =>
        Gen.OneOf("a", "of", "photo,", "well-lit", "it's", "<CLASS>", "<CLASS>.", "(big)", "—", "bird", ",", ".").Array[1, 12]
            .Sample(words =>
            {
                if (!PromptTemplate.TryParse(string.Join(' ', words), [], out var winner, out _)) return;
                var variations = Variations.Of(winner, ["bird"], 3);
                Assert.DoesNotContain(variations, variation => variation.Template.Identity == winner.Identity);
                Assert.Equal(variations.Count, variations.Select(variation => variation.Template.Identity).Distinct().Count());
            });
}
