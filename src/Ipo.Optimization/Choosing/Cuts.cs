using System.Text.RegularExpressions;
using Ipo.Optimization.Templates;

namespace Ipo.Optimization.Choosing;

/// <summary>What can be left out of a template so that a whole sentence stays: an adjective before the class, a phrase
/// behind it that stands between commas or begins with a preposition, a sentence that does not name it.</summary>
public static partial class Cuts
{
    /// <summary>Every cut of a template, each text once: adjectives, phrases, sentences.</summary>
    /// <param name="template">The template.</param>
    public static IReadOnlyList<Cut> Of(PromptTemplate template)
    {
        var text = template.Text;
        var at = text.IndexOf(PromptTemplate.ClassToken, StringComparison.Ordinal);
        // Of a list with "and" no part can go alone.
        var phrases = Listing().IsMatch(text)
            ? []
            : Phrase().Matches(text).Concat(Setting().Matches(text)).Where(match => match.Index > at);
        var cuts = Adjective().Matches(text).Where(match => match.Index < at).Concat(phrases)
            .Concat(Sentence().Matches(text).Where(match => match.Length < text.Length));
        return
        [
            .. cuts.Where(part => !part.Value.Contains(PromptTemplate.ClassToken, StringComparison.Ordinal))
                .Select(part => (part.Value, Text: WithArticles(text.Remove(part.Index, part.Length).Trim(' ', ',', ';'))))
                .Select(cut => PromptTemplate.TryParse(cut.Text, [], out var shorter, out _)
                    ? new Cut(cut.Value.Trim(' ', ',', ';'), shorter)
                    : null)
                .OfType<Cut>()
                .DistinctBy(cut => cut.Template.Identity),
        ];
    }

    // Another word may stand behind the article now.
    private static string WithArticles(string text) => Article().Replace(
        text, match => match.Groups[1].Value + (Vowel().IsMatch(match.Groups[2].Value) ? "n " : " "));

    private const string Word = @"[\w'’-]+";

    private const string Prepositions =
        "in|on|at|with|without|under|against|from|near|beside|behind|among|inside|outside|through|during";

    private const string Participles = "seen|shown|taken|surrounded|lit|drawn|photographed|captured|viewed";

    // By their endings, and the short ones that captions use. A part of a compound ("pixel art", "stained glass") is not
    // an adjective.
    private const string Adjectives =
        "(?!(?:stained|painting|drawing|etching|engraving|rendering|carving|tapestry|embroidery|photography)\\b)"
        + "(?:[a-z]+(?:y|ed|ing|ful|ive|al|ic|ous|less|able|ible|ish)|[a-z]+-[a-z-]+|dark|dim|bright|sharp|good|bad|nice|great|plain"
        + "|simple|rough|old|new|clean|clear|vintage|large|small|big|little|tiny|vivid|pale|crisp|soft|sepia|grayscale|greyscale"
        + "|monochrome|red|orange|yellow|green|blue|purple|pink|brown|black|white|gray|grey)";

    [GeneratedRegex(
        @"(?<=\b(?:an?|the) (?:" + Adjectives + " )*)" + Adjectives
            + @" (?!(?:of|that|which|and|or|to|for|by|as|a|an|the|" + Prepositions + @")\b)(?=[\w<])", RegexOptions.IgnoreCase)]
    private static partial Regex Adjective();

    [GeneratedRegex("[,;][^,;.!?]+")]
    private static partial Regex Phrase();

    [GeneratedRegex("[,;] (?:and|or) ", RegexOptions.IgnoreCase)]
    private static partial Regex Listing();

    // From a preposition, with the participle before it, to the next one or to the end of the phrase.
    [GeneratedRegex(
        "[,;]? (?:(?:" + Participles + ") (?:" + Prepositions + ")|(?<!(?:ed|ing|" + Participles + ") )(?:" + Prepositions + "))"
            + @"\b(?: (?!(?:" + Prepositions + "|" + Participles + @"|and|or)\b)" + Word + ")+"
            + "(?=[,;.!?]|$| (?:" + Prepositions + "|" + Participles + @")\b)"
            + @"|[,;]? (?:seen up close|indoors|outdoors)(?=\W|$)",
        RegexOptions.IgnoreCase)]
    private static partial Regex Setting();

    [GeneratedRegex("(?<=^|[.!?] )[^.!?]+[.!?]+(?: |$)")]
    private static partial Regex Sentence();

    [GeneratedRegex(@"\b(a)n? (?=([\w'’-]+))", RegexOptions.IgnoreCase)]
    private static partial Regex Article();

    // By sound, as far as spelling tells it.
    [GeneratedRegex(@"^(?:(?!uni|use|usu|eu|one\b|once\b)[aeiou]|x-|hour|honest)", RegexOptions.IgnoreCase)]
    private static partial Regex Vowel();
}

/// <summary>A template with something left out.</summary>
/// <param name="Removed">What was left out.</param>
/// <param name="Template">The rest.</param>
public sealed record Cut(string Removed, PromptTemplate Template);
