using CsCheck;
using Ipo.Optimization.Choosing;
using Xunit;

namespace Ipo.Tests.Optimization.Choosing;

public sealed class ClassSentencesTests
{
    private static readonly string[] Names = ["heron", "sea horse", "crab"];

    [Fact]
    public void A_class_has_the_clauses_that_its_descriptions_hold_more_often_than_those_of_others()
    {
        var sentences = ClassSentences.Make(
            [
                ["A tall bird, with long legs. On a white background", "with long legs; in water"],
                ["on a white background, with a curled tail."],
                [],
            ], Names, []);
        Assert.Equal(
            [
                "heron: a photo of a heron, with long legs.", // in both of its descriptions
                "heron: a photo of a heron, A tall bird.", // in one of two each, in the order of their appearance
                "heron: a photo of a heron, On a white background.", // letters count
                "heron: a photo of a heron, in water.",
                "sea horse: a photo of a sea horse, on a white background.",
                "sea horse: a photo of a sea horse, with a curled tail.",
            ],
            sentences.Select(sentence => $"{sentence.ClassName}: {sentence.Template.For(sentence.ClassName)}"));
    }

    [Fact]
    public void What_other_classes_are_said_to_be_as_often_says_nothing_of_a_class() =>
        Assert.Equal(
            ["heron"], ClassSentences.Make([["a bright photo, long legs"], ["a bright photo"], ["a bright photo"]], Names, [])
                .Select(sentence => sentence.ClassName));

    // "in water" is said of half the herons and of three quarters of the sea horses, the only others that are described.
    [Fact]
    public void Classes_without_descriptions_say_nothing_of_how_common_a_clause_is() =>
        Assert.Equal(
            ["heron: on sand", "sea horse: in water", "sea horse: with fins"],
            ClassSentences.Make([["in water", "on sand"], ["in water", "in water", "in water", "with fins"], []], Names, [])
                .Select(sentence => $"{sentence.ClassName}: {sentence.Template.Text["a photo of a <CLASS>, ".Length..^1]}"));

    [Theory]
    [InlineData("beside a wild cat")] // a novel class
    [InlineData("like a heron")]
    [InlineData("alone")]
    [InlineData("<b>with markup</b>")]
    [InlineData("a clause that goes on and on and on until it is longer than what a context has room for")]
    public void Names_markup_single_words_and_long_clauses_make_no_sentence(string clause) =>
        Assert.Empty(ClassSentences.Make([[clause], [], []], Names, ["wild cat"]));

    [Fact]
    public void Sentences_are_few_name_no_class_and_come_from_their_own_class() =>
        Gen.Int[0, 30].Select(word => $"with feature {word}").Array[0, 6].Select(clauses => string.Join(", ", clauses)).Array[0, 5].Array[3]
            .Sample(descriptions =>
            {
                var sentences = ClassSentences.Make(descriptions, Names, []);
                Assert.All(sentences.CountBy(sentence => sentence.ClassName),
                    count => Assert.InRange(count.Value, 1, ClassSentences.MostOfAClass));
                Assert.Equal(sentences.Count, sentences.Distinct().Count());
                Assert.All(sentences, sentence => Assert.Contains(
                    descriptions[Array.IndexOf(Names, sentence.ClassName)], text =>
                        text.Split(", ").Contains(sentence.Template.Text["a photo of a <CLASS>, ".Length..^1])));
                Assert.Equal(sentences, ClassSentences.Make(descriptions, Names, []));
            });
}
