using System.Text.RegularExpressions;
using CsCheck;
using Ipo.Optimization.Candidates;
using Ipo.Optimization.Templates;
using Xunit;

namespace Ipo.Tests.Optimization.Candidates;

public sealed partial class ParsedAnswerTests
{
    private static readonly HashSet<string> Nothing = [];

    private static readonly Gen<string> AnyAnswer = Gen.OneOf(
        Gen.OneOf(
                "<INS>", "<INS>", "<ins>", "</INS>", "</INS>", "</ins>", "<IN", "INS>", "<", ">", "<CLASS>", "<CLASS>", " ", "\n", "**",
                "\"", "`", "“",
                "a photo of a ", "a sketch of a ", "cat", "1. ", "\ud834", "\u200b", "\0", new string('z', 260))
            .Array[0, 24].Select(string.Concat),
        Gen.String);

    [Fact]
    public void No_answer_throws_and_every_pair_of_tags_is_accounted_for() =>
        Gen.Select(AnyAnswer, Gen.Int[0, 4]).Sample((text, wanted) =>
        {
            var answer = ParsedAnswer.Parse(text, wanted, ["cat"], Nothing);

            var pairs = Pairs().Matches(text);
            var rest = pairs.Count == 0 ? text : text[(pairs[^1].Index + pairs[^1].Length)..];
            var cut = rest.Contains("<INS>", StringComparison.OrdinalIgnoreCase);
            var without = answer.Refused.Count(refused => refused.Refusal.Reason == RefusalReason.NoTags);
            Assert.Equal(cut ? 1 : 0, answer.Refused.Count(refused => refused.Refusal.Reason == RefusalReason.UnclosedTag));
            Assert.InRange(without, 0, pairs.Count == 0 && !cut ? 1 : 0);
            // An answer without tags holds the entries of a list, or is refused as a whole.
            var count = answer.Candidates.Count + answer.Refused.Count;
            if (pairs.Count > 0 || cut) Assert.Equal(pairs.Count + (cut ? 1 : 0), count);
            else Assert.True(without == 1 ? count == 1 : count > 0);
        }, iter: 20_000);

    [Fact]
    public void Candidates_are_distinct_templates_no_more_than_wanted_and_what_is_refused_is_short_and_on_one_line() =>
        Gen.Select(AnyAnswer, Gen.Int[0, 4]).Sample((text, wanted) =>
        {
            var answer = ParsedAnswer.Parse(text, wanted, ["cat"], Nothing);
            Assert.InRange(answer.Candidates.Count, 0, wanted);
            Assert.Distinct(answer.Candidates.Select(template => template.Identity));
            Assert.All(answer.Candidates, template => Assert.True(PromptTemplate.TryParse(template.Text, ["cat"], out _, out _)));
            Assert.All(answer.Refused, refused =>
            {
                Assert.InRange(refused.Text.Length, 0, 202);
                Assert.DoesNotContain(refused.Text, char.IsControl);
            });
        }, iter: 20_000);

    [Fact]
    public void Reads_the_candidates_in_the_order_of_the_answer()
    {
        var answer = Read("Sure!\n1. <INS>a photo of a <CLASS>.</INS>\n2. <INS>a sketch of a <CLASS>.</INS>\n");
        Assert.Equal(["a photo of a <CLASS>.", "a sketch of a <CLASS>."], Texts(answer));
        Assert.Empty(answer.Refused);
    }

    [Theory]
    [InlineData("<ins>a <CLASS></Ins>")]
    [InlineData("<INS>\n  a\n\t<CLASS>  </INS>")]
    [InlineData("<INS>**a <CLASS>**</INS>")]
    [InlineData("<INS>a **<CLASS>**</INS>")]
    [InlineData("<INS>\"a <CLASS>\"</INS>")]
    [InlineData("<INS>“a <CLASS>”</INS>")]
    [InlineData("<INS>` a <CLASS> `</INS>")]
    [InlineData("<INS><INS>a <CLASS></INS>")]
    [InlineData("<INS> <INS>a <CLASS></INS>")]
    [InlineData("<INS>wrap it like <INS> then <INS>a <CLASS></INS>")]
    [InlineData("</INS> before and <INS>a <CLASS></INS></INS>")]
    public void Reads_past_what_models_put_around_a_template(string text)
    {
        var answer = Read(text);
        Assert.Equal(["a <CLASS>"], Texts(answer));
        Assert.Empty(answer.Refused);
    }

    [Theory]
    [InlineData("1. a <CLASS>")]
    [InlineData("12) a <CLASS>")]
    [InlineData("(3) a <CLASS>")]
    [InlineData("#4: a <CLASS>")]
    [InlineData("- a <CLASS>")]
    [InlineData("* a <CLASS>")]
    [InlineData("• a <CLASS>")]
    [InlineData("1. \"a <CLASS>\"")]
    [InlineData("\"1. a <CLASS>\"")]
    [InlineData("1. **\"a <CLASS>\"**")]
    [InlineData("- `a <CLASS>`")]
    [InlineData("\" 'a <CLASS>' \"")]
    [InlineData("a```<CLASS>```")]
    [InlineData("'a <CLASS>'")]
    [InlineData("‘a <CLASS>’")]
    [InlineData("„a <CLASS>“")]
    [InlineData("«a <CLASS>»")]
    [InlineData("```\na <CLASS>\n```")]
    [InlineData("```text\na <CLASS>\n```")]
    [InlineData("\ufeffa <CLASS>")]
    [InlineData("a <class>")]
    [InlineData("a <Class>")]
    [InlineData("a < CLASS >")]
    [InlineData("a <class_name>")]
    [InlineData("a {}")]
    [InlineData("a {0}")]
    [InlineData("a {class}")]
    [InlineData("a {CLASS}")]
    [InlineData("a {{class}}")]
    [InlineData("a {class name}")]
    [InlineData("a [CLASS]")]
    [InlineData("a [class]")]
    [InlineData("a &lt;CLASS&gt;")]
    [InlineData("a \\<CLASS\\>")]
    public void Reads_a_template_in_the_forms_that_models_write_it(string text)
    {
        foreach (var answer in new[] { Read($"<INS>{text}</INS>"), Read($"Sure:\n<ins>\n{text}\n</ins>") })
        {
            Assert.Equal(["a <CLASS>"], Texts(answer));
            Assert.Empty(answer.Refused);
        }
    }

    [Theory]
    [InlineData("a {} and a {}", RefusalReason.SeveralClasses)]
    [InlineData("a <class> of <Class>", RefusalReason.SeveralClasses)]
    [InlineData("a <CLASS> <class>", RefusalReason.Markup)]
    [InlineData("a <classic>", RefusalReason.NoClass)]
    [InlineData("a {colour} thing", RefusalReason.NoClass)]
    public void Does_not_guess_what_stands_for_the_class(string text, RefusalReason reason) =>
        Assert.Equal(reason, Assert.Single(Read($"<INS>{text}</INS>").Refused).Refusal.Reason);

    [Theory]
    [InlineData("a <CLASS> {}")]
    [InlineData("a year-1. <CLASS>")]
    [InlineData("1930s photo of a <CLASS>")]
    [InlineData("a child's 'toy' <CLASS>")]
    [InlineData("'tis a <CLASS>'s photo")]
    public void Leaves_what_belongs_to_the_template(string text) => Assert.Equal([text], Texts(Read($"<INS>{text}</INS>")));

    [Theory]
    [InlineData("1. a <CLASS>\n2. the <CLASS>")]
    [InlineData("Here are two with <CLASS>:\n\n1) a <CLASS>\n\n2) the <CLASS>\n\nI hope that these help!")]
    [InlineData("- \"a <CLASS>\"\n- \"the <CLASS>\"")]
    [InlineData("* **a <class>**\n* **the <class>**")]
    [InlineData("\"a <CLASS>\"\n“the <CLASS>”")]
    [InlineData("`a {}`\r\n`the {}`")]
    [InlineData("```\na <CLASS>\nthe <CLASS>\n```")]
    [InlineData("[\"a <CLASS>\", \"the <CLASS>\"]")]
    [InlineData("\ufeff[\"a <CLASS>\", \"the <CLASS>\"]")]
    [InlineData("```json\n[\n  \"a <CLASS>\",\n  \"the <CLASS>\",\n]\n```")]
    [InlineData("```json\n{\"prompts\": [{\"template\": \"a [CLASS]\"}, {\"template\": \"the [CLASS]\"}]}\n```\nDone [1].")]
    [InlineData("  \"a <CLASS>\",\n  \"the <CLASS>\"")]
    [InlineData("[\"a picture\", \"a <CLASS>\", \"the <CLASS>\"]")]
    [InlineData("[\"a <CLASS>\", \"the <CLASS>\",]")]
    [InlineData("See [1]: [\"a <CLASS>\", \"the <CLASS>\"]")]
    [InlineData("```text\na <CLASS>\nthe <CLASS>\n```")]
    [InlineData("```text for <CLASS>\na <CLASS>\nthe <CLASS>\n```")]
    [InlineData("``` a <CLASS>```\n``` the <CLASS>```\nUse which <CLASS> you like.")]
    public void Reads_a_list_where_an_answer_has_no_tags(string text)
    {
        var answer = Read(text);
        Assert.Equal(["a <CLASS>", "the <CLASS>"], Texts(answer));
        Assert.Empty(answer.Refused);
    }

    [Theory]
    [InlineData("I would use a photo of a <CLASS>.")]
    [InlineData("Use a <CLASS>, not a {}.\nThat is all.")]
    [InlineData("[see <CLASS>]")]
    [InlineData("[1, 2]")]
    [InlineData("1. a photo\n2. a sketch")]
    [InlineData("Well,\n  a photo of a <CLASS> would do.")]
    [InlineData("Well,\n\ufeffa photo of a <CLASS> would do.")]
    public void Takes_no_prose_for_a_list(string text) =>
        Assert.Equal(RefusalReason.NoTags, Assert.Single(Read(text).Refused).Refusal.Reason);

    [Theory]
    [InlineData(15, 1)]
    [InlineData(16, 0)]
    public void Looks_for_a_list_of_JSON_behind_fifteen_brackets_and_no_more(int before, int found) =>
        Assert.Equal(found, Read(new string('[', before) + "[\"a <CLASS>\"]").Candidates.Count);

    [Theory]
    [InlineData("a sign that says \"<CLASS>\"")]
    [InlineData("\"<CLASS>\" on a sign")]
    [InlineData("a <CLASS> of 12\"")]
    [InlineData("\"wood\"cut of a <CLASS>\"")]
    [InlineData("'<CLASS>' '")]
    [InlineData("'' <CLASS>'")]
    [InlineData("\"<CLASS>\" is not \"it\"")]
    [InlineData("\"")]
    public void Quotes_that_belong_to_the_template_stay(string text)
    {
        var answer = Read($"<INS>{text}</INS>");
        Assert.Equal(text, answer.Candidates.Count == 1 ? answer.Candidates[0].Text : answer.Refused[0].Text);
    }

    [Theory]
    [InlineData("I'm a <CLASS>")]
    [InlineData("the <CLASS> isn't")]
    public void An_apostrophe_between_letters_ends_no_quotes(string text) => Assert.Equal([text], Texts(Read($"<INS>'{text}'</INS>")));

    [Theory]
    [InlineData("", RefusalReason.NoTags)]
    [InlineData("a photo of a <CLASS>.", RefusalReason.NoTags)]
    [InlineData("a photo of a <CLASS>.</INS>", RefusalReason.NoTags)]
    [InlineData("<INS>a photo of a <CLASS>.", RefusalReason.UnclosedTag)]
    [InlineData("<INS></INS>", RefusalReason.Empty)]
    [InlineData("<INS>a photo.</INS>", RefusalReason.NoClass)]
    [InlineData("<INS>a cat and a <CLASS></INS>", RefusalReason.NamesAClass)]
    [InlineData("<INS>A  PHOTO of a <CLASS>.</INS>", RefusalReason.Duplicate)]
    public void Refuses(string text, RefusalReason reason)
    {
        var answer = ParsedAnswer.Parse(text, 5, ["cat"], new HashSet<string> { PromptTemplate.Baseline.Identity });
        Assert.Empty(answer.Candidates);
        Assert.Equal(reason, Assert.Single(answer.Refused).Refusal.Reason);
    }

    [Fact]
    public void A_cut_answer_keeps_what_came_before_the_cut()
    {
        var answer = Read("<INS>a <CLASS></INS> <INS>a photo of");
        Assert.Equal(["a <CLASS>"], Texts(answer));
        Assert.Equal(
            new("a photo of", new(RefusalReason.UnclosedTag, "<INS> without </INS>: the answer was cut.")), Assert.Single(answer.Refused));
    }

    [Fact]
    public void The_second_of_two_equal_templates_is_refused()
    {
        var answer = Read("<INS>a <CLASS></INS><INS>A <CLASS></INS><INS>the <CLASS></INS>");
        Assert.Equal(["a <CLASS>", "the <CLASS>"], Texts(answer));
        Assert.Equal(("A <CLASS>", RefusalReason.Duplicate), (answer.Refused[0].Text, answer.Refused[0].Refusal.Reason));
    }

    [Fact]
    public void Of_200_candidates_the_first_that_are_wanted_are_taken_and_the_rest_are_surplus()
    {
        var answer = Read(string.Concat(Enumerable.Range(0, 200).Select(i => $"<INS>photo {i} of a <CLASS></INS>\n")));
        Assert.Equal(Enumerable.Range(0, 5).Select(i => $"photo {i} of a <CLASS>"), Texts(answer));
        Assert.Equal(
            195, answer.Refused.Count(
                refused => refused.Refusal == new Refusal(RefusalReason.Surplus, "Only 5 candidates were asked for.")));
    }

    [Fact]
    public void A_broken_text_is_refused_for_what_is_wrong_with_it_also_beyond_the_wanted()
    {
        var answer = ParsedAnswer.Parse("<INS>a <CLASS></INS><INS>a photo</INS>", 1, [], Nothing);
        Assert.Equal(RefusalReason.NoClass, Assert.Single(answer.Refused).Refusal.Reason);
    }

    [Fact]
    public void A_long_refused_text_is_cut_at_a_word_and_marked()
    {
        var words = string.Concat(Enumerable.Repeat("photo ", 100));
        var refused = Assert.Single(Read($"<INS>{words}</INS>").Refused);
        Assert.Equal(string.Concat(Enumerable.Repeat("photo ", 33)) + "…", refused.Text);
    }

    [Theory]
    [InlineData(100, 200)] // the only end of a word is at half: cut there, half of what may stay were lost
    [InlineData(101, 101)]
    public void A_refused_text_is_cut_at_a_word_in_its_second_half_only(int firstWord, int kept)
    {
        var text = $"{new string('x', firstWord)} {new string('y', 200)}";
        Assert.Equal(text[..kept] + " …", Assert.Single(Read(text).Refused).Text);
    }

    [Fact]
    public void A_cut_never_halves_a_surrogate_pair()
    {
        var refused = Assert.Single(Read("x" + string.Concat(Enumerable.Repeat("🎵", 200))).Refused);
        Assert.Equal("x" + string.Concat(Enumerable.Repeat("🎵", 99)) + " …", refused.Text);
    }

    [Fact]
    public void What_hides_in_a_refused_text_does_not_reach_a_terminal()
    {
        var refused = Assert.Single(Read("<INS>red \u001b[31m \u202e text</INS>").Refused);
        Assert.Equal("red [31m text", refused.Text);
    }

    private static ParsedAnswer Read(string text) => ParsedAnswer.Parse(text, 5, [], Nothing);

    private static IEnumerable<string> Texts(ParsedAnswer answer) => answer.Candidates.Select(template => template.Text);

    [GeneratedRegex("<INS>.*?</INS>", RegexOptions.Singleline | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Pairs();
}
