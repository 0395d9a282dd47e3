using CsCheck;
using Ipo.Providers;
using Xunit;

namespace Ipo.Tests.Providers;

public sealed class ClassNamesTests
{
    [Theory]
    [InlineData("A beagle sleeps.", "An object sleeps.")]
    [InlineData("Two BEAGLES sleep.", "Two objects sleep.")]
    [InlineData("Beagles sleep. Beagle!", "Objects sleep. Object!")]
    [InlineData("the beagle's ear", "the object's ear")]
    [InlineData("a sea horse, a Sea-Horse, seahorses", "an object, an object, objects")]
    [InlineData("a cellphone and a cell phone", "an object and an object")]
    [InlineData("crème brûlée and creme brulee", "object and object")]
    [InlineData("mice, a mouse; knives; cherries; buses; dishes", "objects, an object; objects; objects; objects; objects")]
    [InlineData("a category of doghouses and eagles", "a category of doghouses and eagles")]
    [InlineData("nothing of it", "nothing of it")]
    [InlineData("", "")]
    public void Replaces_names_however_they_are_written(string text, string expected) =>
        Assert.Equal(expected, Scrub(text, "beagle", "sea_horse", "cellphone", "creme_brulee", "mouse", "knife", "cherry", "bus", "dish", "cat", "dog"));

    [Theory]
    [InlineData("It is an Audi TT with shiny wheels.", "It is an object with shiny wheels.")]
    [InlineData("The Audi has shiny wheels.", "The object has shiny wheels.")]
    [InlineData("A TT Hatchback from 2011", "An object from object")]
    public void Replaces_what_is_left_of_the_images_own_class(string text, string expected) =>
        Assert.Equal(expected, Scrub(text, "Audi TT Hatchback 2011"));

    [Fact]
    public void Replaces_of_other_classes_only_runs_of_words() =>
        Assert.Equal("a hound, an object and stop", Scrub("a hound, a stop sign and stop", "beagle", "basset hound", "stop sign here"));

    [Fact]
    public void Keeps_plain_words_of_the_own_class() =>
        Assert.Equal("a black object seen from the side", Scrub("a black car seen from the side", "car_side"));

    [Fact]
    public void Finds_no_name_across_a_sentence() =>
        Assert.False(ClassNames.Whole(["sea horse", "acorn"]).StandIn("at sea. Horse and a corn"));

    [Fact]
    public void Finds_nothing_without_names() => Assert.False(ClassNames.Whole(["", " ", "--"]).StandIn("anything at all"));

    [Fact]
    public void Leaves_no_name_behind() =>
        Gen.Select(Gen.String[Gen.Char["ab -.s"], 0, 30], Gen.String[Gen.Char["abs "], 1, 8].Array[1, 3]).Sample((text, names) =>
            !ClassNames.WithParts(names).StandIn(ClassNames.WithParts(names).Scrub(text)));

    private static string Scrub(string text, params string[] names) => ClassNames.WithParts(names).Scrub(text);

    [Theory]
    [InlineData("A grainy photo of a bird on a wooden table.")]
    [InlineData("I see no person; it's an X-ray of a T-shirt, e.g. in blue.")]
    public void Words_of_every_sentence_stay_where_classes_are_called_by_them(string text)
    {
        var names = ClassNames.Whole([.. Enumerable.Range('A', 26).Select(letter => $"{(char)letter}"), "on", "no", "of"]);
        Assert.Equal(text, names.Scrub(text));
        Assert.False(names.StandIn(text));
        Assert.Equal("The letter object.", names.Scrub("The letter B."));
    }

    [Fact]
    public void Both_lists_of_such_words_are_one() =>
        Assert.All(
            Ipo.Optimization.Text.FunctionWords.All, word => Assert.False(ClassNames.Whole([word]).StandIn($"what {word} is"), word));
}
