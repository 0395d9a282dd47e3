using CsCheck;
using Ipo.Optimization.Descriptions;
using Xunit;

namespace Ipo.Tests.Optimization.Descriptions;

public sealed class WordSetTests
{
    [Fact]
    public void Keeps_each_word_that_says_something_once_whatever_its_case_and_punctuation() =>
        Assert.Equal(
            ["2", "bright", "neon", "sign"], WordSet.Of("A bright NEON sign; the sign of an object, with 2 objects. ").Words.Order());

    [Theory]
    [InlineData("a neon sign in the water", "A NEON sign, water", 1)]
    [InlineData("a vivid neon sign in water", "a neon sign in water", 3 / 4.0)]
    [InlineData("a neon sign", "a clay pot", 0)]
    [InlineData("the object", "an image", 1)]
    [InlineData("the object", "a pot", 0)]
    public void Resemblance_is_the_share_of_words_in_both(string one, string other, double expected) =>
        Assert.Equal(expected, WordSet.Of(one).Resemblance(WordSet.Of(other)));

    [Fact]
    public void Resemblance_is_symmetric_within_0_and_1_and_1_for_the_same_text() =>
        Gen.Select(Gen.OneOf("red", "blue", "of", "sky", " , ").Array[0, 8], Gen.OneOf("red", "green", "the", "sky").Array[0, 8])
            .Sample((a, b) =>
            {
                var (one, other) = (WordSet.Of(string.Join(' ', a)), WordSet.Of(string.Join(' ', b)));
                return one.Resemblance(other) == other.Resemblance(one) && one.Resemblance(other) is >= 0 and <= 1
                    && one.Resemblance(one) == 1;
            });
}
