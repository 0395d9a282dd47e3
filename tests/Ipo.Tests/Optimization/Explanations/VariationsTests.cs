using CsCheck;
using Ipo.Optimization.Explanations;
using Ipo.Optimization.Facts;
using Ipo.Optimization.State;
using Ipo.Optimization.Templates;
using Ipo.Tests.Optimization.Facts;
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
    public void Every_run_draws_five_controls_from_68_common_words()
    {
        var winner = PromptTemplate.Parse("a sharp photo of a <CLASS>");
        var drawn = Enumerable.Range(0, 80).SelectMany(seed =>
        {
            var controls = Variations.Of(winner, [], seed).Where(variation => variation.Kind == VariationKind.RandomWords).ToList();
            Assert.Equal(Variations.Controls, controls.Count);
            return controls.SelectMany(control => control.Template.Text.Split(' ').SkipLast(1));
        }).ToHashSet();
        Assert.Equal(68, drawn.Count);
        Assert.All(drawn, word => Assert.Matches("^[a-z]+$", word));
    }

    [Fact]
    public void A_runs_variations_name_none_of_its_classes_base_or_novel()
    {
        static List<string> Of(string name, string novel) => [.. Variations.Of(RunState.Fold(
        [
            new RunCreated(Events.At, "run-1", Events.Settings),
            Events.Prepared with { ClassNames = [name], NovelClassNames = [novel] },
            new SearchEnded(Events.At, StopReason.StepsDone, "a sharp <CLASS>"),
        ])).Select(variation => variation.Template.Text)];
        static bool HasHabit(string text) => text.Split(' ').Contains("habit");
        Assert.Contains(Of("heron", "newt"), HasHabit);
        Assert.DoesNotContain(Of("habit", "newt"), HasHabit);
        Assert.DoesNotContain(Of("heron", "habit"), HasHabit);
    }

    [Fact]
    public void An_ensemble_loses_a_template_at_a_time_and_then_its_sentences_even_a_single_one()
    {
        PromptTemplate[] templates = [PromptTemplate.Parse("a <CLASS>"), PromptTemplate.Parse("the <CLASS>")];
        static IEnumerable<string> Removed(PromptSet set) => Variations.Of(set, [], 1)
            .Where(variation => variation.Kind != VariationKind.RandomWords).Select(variation => variation.Removed);
        Assert.Equal(["a <CLASS>", "the <CLASS>"], Removed(PromptSet.Of(templates)));
        Assert.Equal(
            ["a <CLASS>", "the <CLASS>", "the sentences of the classes"],
            Removed(PromptSet.Of(templates, [new("heron", PromptTemplate.Parse("a <CLASS>, with long legs"))])));
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
