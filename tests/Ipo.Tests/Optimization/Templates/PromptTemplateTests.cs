using System.Globalization;
using System.Text;
using CsCheck;
using Ipo.Optimization.Templates;
using Xunit;

namespace Ipo.Tests.Optimization.Templates;

public sealed class PromptTemplateTests
{
    private static readonly string[] Classes = ["cat", "sea horse", "car_side", "Crème brûlée", "CLASS"];

    // Pieces that sit on every border the parser knows, and whatever else a string can hold.
    private static readonly Gen<string> AnyText = Gen.OneOf(
        Gen.OneOf(
                "<CLASS>", "<CLASS>", "<class>", "<", ">", " ", "  ", "\t", "\n", "\u00a0", "_", ".", "a photo of a ", "cat", "CAT", "cats",
                "category", "sea  horse", "car side", "crème BRÛLÉE", "CLASS", "\u200b", "\u2028", "\ue000", "\ud834\udd1e", "\ud834",
                "\udd1e",
                "\ufffd", "\uffff", "\0", new string('x', 245), new string('y', 248))
            .Array[0, 6].Select(string.Concat),
        Gen.String,
        Gen.Select(Gen.String, Gen.String, (a, b) => $"{a}<CLASS>{b}"));

    [Fact]
    public void What_is_accepted_is_one_printable_line_with_one_class_token_and_no_class_name()
    {
        var accepted = 0;
        AnyText.Sample(text =>
        {
            if (!PromptTemplate.TryParse(text, Classes, out var template, out _)) return;
            Interlocked.Increment(ref accepted);
            Assert.Equal(text.Trim(), template.Text);
            Assert.InRange(template.Text.Length, PromptTemplate.ClassToken.Length, 500);
            Assert.Single(Occurrences(template.Text, "<CLASS>"));
            Assert.Equal(1, template.Text.Count(c => c == '<'));
            Assert.Equal(1, template.Text.Count(c => c == '>'));
            Assert.All(template.Text.EnumerateRunes(), rune => Assert.True(IsPrintable(rune), $"U+{rune.Value:X4}"));
            var words = template.Text.Replace("<CLASS>", "|").Replace('_', ' ').ToLowerInvariant()
                .Split([' ', '\u00a0', '.', '|'], StringSplitOptions.RemoveEmptyEntries);
            Assert.DoesNotContain("cat", words);
            Assert.DoesNotContain(" sea horse ", $" {string.Join(' ', words)} ");
        }, iter: 20_000);
        Assert.True(accepted > 200, $"Only {accepted} of the texts were accepted.");
    }

    [Fact]
    public void Parsing_what_was_accepted_changes_nothing() => AnyText.Sample(text =>
    {
        if (PromptTemplate.TryParse(text, Classes, out var template, out _))
            Assert.Equal(template, PromptTemplate.Parse(template.Text));
    }, iter: 10_000);

    [Fact]
    public void Whatever_is_refused_is_refused_with_a_sentence() => AnyText.Sample(text =>
    {
        var accepted = PromptTemplate.TryParse(text, Classes, out var template, out var refusal);
        Assert.Equal(accepted, template is not null);
        Assert.Equal(accepted, refusal is null);
        if (refusal is not null) Assert.EndsWith(".", refusal.Message, StringComparison.Ordinal);
    }, iter: 10_000);

    [Theory]
    [InlineData("", RefusalReason.Empty)]
    [InlineData(" \n\t", RefusalReason.Empty)]
    [InlineData("a photo", RefusalReason.NoClass)]
    [InlineData("a photo of a <class>", RefusalReason.NoClass)]
    [InlineData("a photo of a < CLASS >", RefusalReason.NoClass)]
    [InlineData("<CLASS><CLASS>", RefusalReason.SeveralClasses)]
    [InlineData("a <CLASS> beside a <CLASS>.", RefusalReason.SeveralClasses)]
    [InlineData("a <b>photo</b> of a <CLASS>.", RefusalReason.Markup)]
    [InlineData("<CLASS> <3", RefusalReason.Markup)]
    [InlineData("-> <CLASS>", RefusalReason.Markup)]
    [InlineData("a photo\nof a <CLASS>.", RefusalReason.ControlCharacter)]
    [InlineData("a photo\0of a <CLASS>.", RefusalReason.ControlCharacter)]
    [InlineData("a \u202ephoto of a <CLASS>.", RefusalReason.ControlCharacter)] // turns the reading direction
    [InlineData("a photo\u200b of a <CLASS>.", RefusalReason.ControlCharacter)] // hides
    [InlineData("a photo\u2028of a <CLASS>.", RefusalReason.ControlCharacter)]
    [InlineData("a photo\u2029of a <CLASS>.", RefusalReason.ControlCharacter)]
    [InlineData("a photo \ue000 of a <CLASS>.", RefusalReason.ControlCharacter)]
    [InlineData("a photo \uffff of a <CLASS>.", RefusalReason.ControlCharacter)]
    [InlineData("a photo \ufffd of a <CLASS>.", RefusalReason.ControlCharacter)]
    [InlineData("a cat, not a <CLASS>.", RefusalReason.NamesAClass)]
    [InlineData("a CAT, not a <CLASS>.", RefusalReason.NamesAClass)]
    [InlineData("<CLASS>cat", RefusalReason.NamesAClass)]
    [InlineData("a <CLASS>, a kind of cat", RefusalReason.NamesAClass)]
    [InlineData("cats and a cat with a <CLASS>", RefusalReason.NamesAClass)]
    [InlineData("a sea  horse <CLASS>", RefusalReason.NamesAClass)]
    [InlineData("a sea_horse <CLASS>", RefusalReason.NamesAClass)]
    [InlineData("the car side of a <CLASS>", RefusalReason.NamesAClass)]
    [InlineData("a crème brûlée and a <CLASS>", RefusalReason.NamesAClass)]
    public void Refuses(string text, RefusalReason reason)
    {
        Assert.False(PromptTemplate.TryParse(text, Classes, out _, out var refusal));
        Assert.Equal(reason, refusal.Reason);
    }

    [Theory]
    [InlineData('\ud834')]
    [InlineData('\udd1e')]
    public void Refuses_half_a_surrogate_pair_because_no_journal_could_carry_it(char half)
    {
        Assert.False(PromptTemplate.TryParse($"a photo {half} of a <CLASS>.", [], out _, out var refusal));
        Assert.Equal(RefusalReason.ControlCharacter, refusal.Reason);
    }

    [Theory]
    [InlineData("<CLASS>")]
    [InlineData("a category of <CLASS>.")]
    [InlineData("concat <CLASS>")]
    [InlineData("cat9 <CLASS>")]
    [InlineData("a class of <CLASS>s", "cat")]
    [InlineData("une photo d’un <CLASS>, « très » nette 🎵")]
    [InlineData("a photo of a <CLASS>.", "")]
    [InlineData("a photo of a <CLASS>.", " _ ")]
    public void Accepts(string text, params string[] classes)
    {
        Assert.True(PromptTemplate.TryParse(text, classes.Length > 0 ? classes : ["cat"], out var template, out _));
        Assert.Equal(text, template.Text);
    }

    [Theory]
    [InlineData("a photo of a <CLASS>.", "A")]
    [InlineData("a photo of a <CLASS> on the table.", "on")]
    [InlineData("no people, only a <CLASS>.", "no")]
    [InlineData("an image I took of a <CLASS>.", "I")]
    [InlineData("an x-ray of a <CLASS>.", "X")]
    [InlineData("it's a T-shirt with a <CLASS>.", "S")]
    [InlineData("a T-shirt with a <CLASS>.", "T")]
    [InlineData("don’t miss the <CLASS>.", "t")]
    [InlineData("e.g. a <CLASS>.", "G")]
    [InlineData("a B-flat <CLASS>.", "B")]
    [InlineData("B-flat <CLASS>.", "B")]
    [InlineData("flat-B <CLASS>.", "B")]
    [InlineData("a-B <CLASS>", "B")]
    [InlineData("<CLASS> B-a", "B")]
    public void A_word_of_every_sentence_or_a_part_of_one_names_no_class(string text, string className) =>
        Assert.True(PromptTemplate.TryParse(text, [className], out _, out _));

    [Theory]
    [InlineData("the letter B beside a <CLASS>.", "B")]
    [InlineData("a <CLASS> in a can.", "can")]
    [InlineData("vitamin C and a <CLASS>.", "c")]
    [InlineData("a <CLASS>, not on top.", "on top")]
    [InlineData("a <CLASS> with a B.", "B")]
    [InlineData("a - B <CLASS>.", "B")]
    [InlineData("1-B <CLASS>.", "B")]
    [InlineData("B-1 <CLASS>.", "B")]
    [InlineData("-B <CLASS>.", "B")]
    [InlineData("xx B <CLASS>.", "B")]
    [InlineData("<CLASS> B-", "B")]
    [InlineData("B xx <CLASS>", "B")]
    [InlineData("x-cat <CLASS>", "cat")]
    [InlineData("a cat <CLASS>", " cat_")]
    public void Any_other_word_names_one(string text, string className)
    {
        Assert.False(PromptTemplate.TryParse(text, [className], out _, out var refusal));
        Assert.Equal(RefusalReason.NamesAClass, refusal.Reason);
    }

    // Letters, digits and switches: the baseline has to be possible whatever the classes are called.
    [Fact]
    public void Classes_of_one_letter_leave_the_baseline_a_template() =>
        Assert.True(PromptTemplate.TryParse(PromptTemplate.Baseline.Text, [.. Enumerable.Range('A', 26).Select(letter => $"{(char)letter}"), "on", "off", "of"], out _, out _));

    [Fact]
    public void The_token_itself_names_no_class()
    {
        Assert.True(PromptTemplate.TryParse("a photo of a <CLASS>.", ["CLASS"], out _, out _));
        Assert.False(PromptTemplate.TryParse("a photo of the class <CLASS>.", ["CLASS"], out _, out _));
    }

    [Fact]
    public void Takes_500_characters_and_not_501_counted_without_the_white_space_around()
    {
        var longest = new string('x', 493) + "<CLASS>";
        Assert.True(PromptTemplate.TryParse($"  {longest}\n", [], out var template, out _));
        Assert.Equal(500, template.Text.Length);
        Assert.False(PromptTemplate.TryParse("y" + longest, [], out _, out var refusal));
        Assert.Equal(new(RefusalReason.TooLong, "The template has 501 characters; at most 500 are allowed."), refusal);
    }

    [Fact]
    public void A_refusal_says_what_was_found()
    {
        Assert.False(PromptTemplate.TryParse("<CLASS> <CLASS> <CLASS>", [], out _, out var several));
        Assert.Equal("The template has 3 times <CLASS>; exactly one is allowed.", several.Message);
        Assert.False(PromptTemplate.TryParse("a Cat <CLASS>", ["dog", "cat"], out _, out var named));
        Assert.Equal("The template names the class 'cat'.", named.Message);
        Assert.False(PromptTemplate.TryParse("a dog and a cat <CLASS> owl", ["owl", "dog", "cat"], out _, out var first));
        Assert.Equal("The template names the class 'dog'.", first.Message);
    }

    [Fact]
    public void Parse_throws_with_the_refusal_as_its_message()
    {
        var thrown = Assert.Throws<FormatException>(() => PromptTemplate.Parse("a photo"));
        Assert.Equal("The template has no <CLASS>, so every class would get the same prompt.", thrown.Message);
    }

    [Fact]
    public void The_prompt_of_a_class_is_the_template_with_its_name_in_it()
    {
        Assert.Equal("a photo of a sea horse.", PromptTemplate.Baseline.For("sea horse"));
        Assert.Equal("a photo of a <CLASS>.", PromptTemplate.Baseline.For("<CLASS>"));
        Assert.Equal("a photo of a $1.", PromptTemplate.Baseline.For("$1"));
    }

    [Fact]
    public void The_baseline_is_a_template_like_any_other() =>
        Assert.Equal(PromptTemplate.Baseline, PromptTemplate.Parse("a photo of a <CLASS>."));

    [Fact]
    public void Case_and_white_space_do_not_make_another_template()
    {
        Assert.Equal(PromptTemplate.Baseline.Identity, PromptTemplate.Parse("A  PHOTO\u00a0of a <CLASS>.").Identity);
        Assert.NotEqual(PromptTemplate.Baseline.Identity, PromptTemplate.Parse("a photo of a <CLASS>").Identity);
        Assert.NotEqual(PromptTemplate.Baseline, PromptTemplate.Parse("A photo of a <CLASS>."));
        Assert.NotEqual(PromptTemplate.Parse("a black board <CLASS>").Identity, PromptTemplate.Parse("a blackboard <CLASS>").Identity);
        Assert.Equal("a photo of a <class>.", PromptTemplate.Baseline.Identity);
    }

    private static bool IsPrintable(Rune rune) => rune.Value != 0xFFFD && Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or
        UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    private static IEnumerable<int> Occurrences(string text, string part)
    {
        for (var at = text.IndexOf(part, StringComparison.Ordinal); at >= 0; at = text.IndexOf(part, at + 1, StringComparison.Ordinal))
            yield return at;
    }
}
