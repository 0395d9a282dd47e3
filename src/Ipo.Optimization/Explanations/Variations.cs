using System.Text.RegularExpressions;
using Ipo.Optimization.State;
using Ipo.Optimization.Statistics;
using Ipo.Optimization.Templates;

namespace Ipo.Optimization.Explanations;

/// <summary>A winner without one of its words or phrases (the occlusion of the paper's Tables 1 and 19 to 29), and
/// templates of random words as long as it: what a change of words does by itself.
/// </summary>
public static partial class Variations
{
    /// <summary>Templates of random words.</summary>
    public const int Controls = 5;

    // Common words that say nothing of how an image looks.
    private static readonly string[] Words =
    [
        "about", "account", "after", "again", "agree", "almost", "among", "answer", "because", "before", "between",
        "beyond", "chapter", "choice", "count", "custom", "degree", "during", "effort", "either", "enough", "event",
        "every", "fact", "further", "given", "habit", "however", "idea", "indeed", "instead", "issue", "later",
        "latter", "market", "matter", "merely", "method", "moment", "neither", "never", "notion", "number", "often",
        "opinion", "other", "perhaps", "policy", "price", "quite", "rather", "reason", "rule", "second", "since",
        "statute", "sum", "tax", "therefore", "though", "trust", "until", "value", "whether", "while", "within",
        "without", "year",
    ];

    /// <summary>The variations of a run's winner.</summary>
    public static IReadOnlyList<Variation> Of(RunState run) => Of(
        PromptSet.Parse(run.Winner!), [.. run.Prepared!.ClassNames, .. run.Prepared.NovelClassNames], run.Settings.Seed);

    /// <summary>Every variation of a template, each text once: words in their order, phrases, then random words. An
    /// ensemble loses whole templates instead of words.
    /// </summary>
    /// <param name="winner">The template or ensemble.</param>
    /// <param name="classNames">Names that no variation may hold.</param>
    /// <param name="seed">Seed of the random words.</param>
    public static IReadOnlyList<Variation> Of(PromptSet winner, IReadOnlyList<string> classNames, long seed)
    {
        var without = winner.IsEnsemble
            ? Parts(winner)
            : Without(winner.Text, Word().Matches(winner.Text), VariationKind.Word)
                .Concat(Without(winner.Text, Phrase().Matches(winner.Text), VariationKind.Phrase));
        var texts = without.Concat(Random(winner, Seeds.Draw(seed, Seeds.Words)));
        return
        [
            .. texts
                .Select(text => PromptSet.TryParse(text.Text, classNames, out var template, out _)
                    ? new Variation(text.Kind, text.Removed, template)
                    : null)
                .OfType<Variation>()
                .Where(variation => variation.Template.Identity != winner.Identity)
                .DistinctBy(variation => variation.Template.Identity),
        ];
    }

    private static IEnumerable<Varied> Without(string winner, MatchCollection parts, VariationKind kind) =>
        from part in parts
        where !part.Value.Contains(PromptTemplate.ClassToken, StringComparison.Ordinal)
        let removed = part.Value.Trim(' ', ',', ';')
        where kind == VariationKind.Word || removed.Contains(' ', StringComparison.Ordinal)
        select new Varied(kind, removed, Tidy(winner.Remove(part.Index, part.Length)));

    private static IEnumerable<Varied> Parts(PromptSet winner)
    {
        foreach (var template in winner.Templates)
            yield return new(
                VariationKind.Template, template.Text,
                PromptSet.Of(winner.Templates.Where(other => other != template), winner.Sentences).Text);
        if (winner.Sentences.Count > 0)
            yield return new(VariationKind.Sentences, "the sentences of the classes", PromptSet.Of(winner.Templates).Text);
    }

    private static IEnumerable<Varied> Random(PromptSet winner, Random random)
    {
        for (var control = 0; control < Controls; control++)
            yield return new(VariationKind.RandomWords, "", Word().Replace(PromptSet.Of(winner.Templates).Text, word =>
                word.Value.Contains(PromptTemplate.ClassToken, StringComparison.Ordinal) ? word.Value : Words[random.Next(Words.Length)]));
    }

    private static string Tidy(string text) => Gap().Replace(SpaceBefore().Replace(text, "$1"), " ").Trim(' ', ',', ';');

    // A word with its hyphens and apostrophes; the class token is one too, with what is written onto it.
    [GeneratedRegex(@"\S*<CLASS>\S*|[\w'’-]+")]
    private static partial Regex Word();

    // What stands between commas, semicolons and the ends of sentences, with the mark before it.
    [GeneratedRegex(@"[,;]?[^,;.!?]+")]
    private static partial Regex Phrase();

    [GeneratedRegex(@"\s+([,;.!?])")]
    private static partial Regex SpaceBefore();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Gap();

    private sealed record Varied(VariationKind Kind, string Removed, string Text);
}

/// <summary>A template made from a winner to see what its words do.</summary>
/// <param name="Kind">How it was made.</param>
/// <param name="Removed">What was taken out; empty for random words.</param>
/// <param name="Template">The template.</param>
public sealed record Variation(VariationKind Kind, string Removed, PromptSet Template);

/// <summary>How a variation was made.</summary>
public enum VariationKind
{
    /// <summary>One word was taken out.</summary>
    Word,

    /// <summary>A phrase between commas or full stops was taken out.</summary>
    Phrase,

    /// <summary>Every word but the class was replaced by a random one.</summary>
    RandomWords,

    /// <summary>One template of an ensemble was taken out.</summary>
    Template,

    /// <summary>The sentences of single classes were taken out.</summary>
    Sentences,
}
