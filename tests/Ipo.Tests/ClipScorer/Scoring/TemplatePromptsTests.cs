using CsCheck;
using Ipo.ClipScorer.Scoring;
using Xunit;

namespace Ipo.Tests.ClipScorer.Scoring;

public sealed class TemplatePromptsTests
{
    // A tokenizer that merges across the place where a name begins, as byte pairs do: two characters a token, start 1000, end 1001.
    private static int[] Pairs(string text) =>
        [1000, .. Enumerable.Range(0, (text.Length + 1) / 2).Select(i => text[2 * i] * 200 + (2 * i + 1 < text.Length ? text[2 * i + 1] : 0)), 1001];

    [Fact]
    public void Prefix_and_suffixes_joined_are_the_tokens_of_each_prompt() =>
        Gen.Select(Gen.String[Gen.Char['a', 'c'], 0, 9], Gen.String[Gen.Char['a', 'c'], 0, 9], Gen.String[Gen.Char['a', 'c'], 1, 6].Array[1, 8]).Sample((before, behind, names) =>
        {
            var prompts = TemplatePrompts.Of($"{before}<CLASS>{behind}", new(names), Pairs, 77, CancellationToken.None);
            Assert.Equal(names.Select(name => Pairs(before + name + behind)), prompts.Suffixes.Select(suffix => (int[])[.. prompts.SharedPrefix, .. suffix]));
            Assert.All(prompts.Suffixes, suffix => Assert.Equal(1001, suffix[^1]));
            // It could not be longer: the next token differs somewhere, or one prompt has only its end left.
            Assert.True(prompts.Suffixes.Any(suffix => suffix.Length == 1) || prompts.Suffixes.Select(suffix => suffix[0]).Distinct().Count() > 1);
        });

    [Fact]
    public void The_prefix_is_taken_from_whole_prompts_not_from_the_template()
    {
        var prompts = TemplatePrompts.Of("abc<CLASS>", new(["xe", "xf"]), Pairs, 77, CancellationToken.None);
        Assert.Equal([1000, .. Pairs("abcx")[1..^1]], prompts.SharedPrefix); // "cx" is one token over the boundary
    }

    [Theory]
    [InlineData("a photo", "no <CLASS>"), InlineData("", "no <CLASS>"), InlineData("<class>", "no <CLASS>"), InlineData("<CLASS> <CLASS>", "more than one <CLASS>")]
    public void A_template_has_exactly_one_placeholder(string template, string reason) =>
        Assert.Contains(reason, Assert.Throws<TemplateRefusedException>(() => TemplatePrompts.Of(template, new(["a"]), Pairs, 77, CancellationToken.None)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_template_of_2000_characters_is_the_longest()
    {
        var longest = new string('a', 1993) + "<CLASS>";
        Assert.Single(TemplatePrompts.Of(longest, new(["a"]), Pairs, 2000, CancellationToken.None).Suffixes);
        Assert.Equal(
            "The template has 2001 characters; it takes at most 2000.",
            Assert.Throws<TemplateRefusedException>(() => TemplatePrompts.Of("a" + longest, new(["a"]), Pairs, 2000, CancellationToken.None)).Message);
    }

    [Fact]
    public void A_prompt_over_the_context_is_refused_with_the_longest_class_and_its_tokens()
    {
        var names = new ClassNames(["cat", "hippopotamus", "dog"]);
        Assert.Equal(3, TemplatePrompts.Of("one <CLASS>", names, Pairs, 10, CancellationToken.None).Suffixes.Count);
        var refusal = Assert.Throws<TemplateRefusedException>(() => TemplatePrompts.Of("one <CLASS>", names, Pairs, 9, CancellationToken.None));
        Assert.Contains("\"hippopotamus\" the prompt has 10 tokens", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("takes 9;", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tokenizing_ends_when_the_caller_has_gone()
    {
        using var gone = new CancellationTokenSource();
        var tokenized = 0;
        Assert.Throws<OperationCanceledException>(() => TemplatePrompts.Of("<CLASS>", new(["a", "b", "c"]), text =>
        {
            if (++tokenized == 2) gone.Cancel();
            return Pairs(text);
        }, 77, gone.Token));
        Assert.Equal(2, tokenized);
    }

    [Fact]
    public void Class_names_that_run_together_have_different_digests() =>
        Assert.Equal(5, new[] { new ClassNames(["ab", "c"]), new(["a", "bc"]), new(["abc"]), new(["c", "ab"]), new(["ab", "c", ""]) }.Select(names => names.Digest).Distinct().Count());
}
