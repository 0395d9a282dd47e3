using CsCheck;
using Ipo.Captioner;
using Xunit;

namespace Ipo.Tests.Captioner;

public sealed class DescriptionTextTests
{
    [Theory]
    [InlineData("A beagle\r\n\r\non\ta  lawn.", "An object on a lawn.")]
    [InlineData("**Bold** `code` # head", "Bold code head")]
    [InlineData("say <INS>a photo of a <CLASS></INS> now", "say a photo of a now")]
    [InlineData("a <b>beag\u200ble</b> \u202eand\u0007 <", "an object and")]
    [InlineData("<INS></INS> \u0000 …", "")]
    [InlineData("123", "")]
    [InlineData("", "")]
    public void Is_one_plain_line_without_tags_or_names(string answer, string expected) => Assert.Equal(expected, DescriptionText.Of(answer, ["beagle"]));

    [Fact]
    public void Is_cut_between_words_after_the_names_are_gone()
    {
        var description = DescriptionText.Of(string.Concat(Enumerable.Repeat("a beagle sits. ", 200)), ["beagle"]);

        Assert.InRange(description.Length, 980, 1000);
        Assert.EndsWith(" …", description, StringComparison.Ordinal);
        Assert.DoesNotContain("beagle", description, StringComparison.Ordinal);
    }

    [Fact]
    public void Holds_no_bracket_no_control_character_and_no_name_whatever_the_model_wrote() =>
        Gen.String[Gen.Char["beagle <>/\n\u200b\ud83d\ude00 dog.*"], 0, 1500].Sample(answer =>
        {
            var description = DescriptionText.Of(answer, ["beagle", "dog"]);
            return description.Length <= 1000
                && !description.Any(letter => letter is '<' or '>' || char.IsControl(letter))
                && !description.Split([' ', '.', '/', '*']).Contains("dog")
                && new System.Text.UTF8Encoding(false, throwOnInvalidBytes: true).GetByteCount(description) >= 0;
        });
}
