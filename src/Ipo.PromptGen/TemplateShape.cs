using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Ipo.Providers;

namespace Ipo.PromptGen;

/// <summary>A template taken apart into what can be changed by itself:
/// <c>[a] [blurry] [chalk drawing] of [a] [small] &lt;CLASS&gt;[, a type of bird][, on a wall][.]</c></summary>
/// <remarks>Templates of any origin have a shape. One that opens otherwise ("Take a well-composed picture showing …")
/// keeps its words before the class as a whole in <see cref="FreeOpening"/>.</remarks>
internal sealed record TemplateShape
{
    public const string ClassToken = "<CLASS>";

    private const string TypeOf = ", a type of ";

    // Article, qualities, medium and "of", when the opening is of that form.
    public ImmutableArray<string> Qualities { get; init; } = [];
    public string Medium { get; init; } = "";

    /// <summary>The word between "of" and the class: "a", "the", or none.</summary>
    public string Article { get; init; } = "a";

    /// <summary>The whole text before the class, when it is of another form; else null.</summary>
    public string? FreeOpening { get; init; }

    /// <summary>What the class is a type of; empty where the template does not say.</summary>
    public string Category { get; init; } = "";

    /// <summary>What follows the class and the category, each with its own beginning: ", with spots", " on a
    /// wall".</summary>
    public ImmutableArray<string> Tails { get; init; } = [];

    /// <summary>The last punctuation mark, or none.</summary>
    public string End { get; init; } = ".";

    /// <summary>Takes apart a template with exactly one <c>&lt;CLASS&gt;</c>.</summary>
    public static TemplateShape Of(string template)
    {
        var at = template.IndexOf(ClassToken, StringComparison.Ordinal);
        var shape = OfOpening(template[..at].Trim());

        var rest = template[(at + ClassToken.Length)..].TrimEnd();
        var end = rest.Length > 0 && rest[^1] is '.' or '!' or '?' ? rest[^1..] : "";
        var category = "";
        var tails = ImmutableArray.CreateBuilder<string>();
        foreach (var part in Parts(rest[..^end.Length]))
        {
            if (category.Length == 0 && part.StartsWith(TypeOf, StringComparison.OrdinalIgnoreCase)) category = part[TypeOf.Length..];
            else tails.Add(part);
        }
        return shape with { Category = category, Tails = tails.ToImmutable(), End = end };
    }

    /// <summary>The template's text.</summary>
    public override string ToString()
    {
        var what = Article.Length == 0 ? ClassToken : $"{Article} {ClassToken}";
        var described = string.Join(' ', Qualities.Append(Medium));
        var opening =
            FreeOpening is not null ? (FreeOpening.Length == 0 ? ClassToken : $"{FreeOpening} {ClassToken}")
            : Medium.Length == 0 ? what
            : $"{VisualVocabulary.ArticleFor(described)}{described} of {what}";
        return opening + (Category.Length == 0 ? "" : TypeOf + Category) + string.Concat(Tails.Select(Apart)) + End;

        // "a type of bird on a wall" would put the wall into the type.
        string Apart(string tail) => Category.Length == 0 || tail.StartsWith(',') ? tail : $",{tail}";
    }

    private static TemplateShape OfOpening(string opening)
    {
        var words = opening.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words is [] or ["a"] or ["the"]) return new TemplateShape { Article = opening };

        var article = words[^1] is "a" or "an" or "the" ? words[^1] : "";
        var of = words.Length - (article.Length == 0 ? 1 : 2);
        // "pixel art of a", but not "a pixel art of a", which it would not be written back as.
        var first = words[0] is "a" or "an" ? 1 : 0;
        var described = of > first ? words[first..of] : [];
        var bare = VisualVocabulary.ArticleFor(string.Join(' ', described)).Length == 0;
        if (described.Length == 0 || bare != (first == 0) || words[of] != "of" || of > 7)
            return new TemplateShape { FreeOpening = string.Join(' ', words) };

        // The longest medium the vocabulary knows; else the last word alone.
        var length = Enumerable.Range(1, described.Length).Reverse()
            .FirstOrDefault(
                count => VisualVocabulary.Media.Contains(string.Join(' ', described[^count..]), StringComparer.OrdinalIgnoreCase), 1);
        return new TemplateShape
        {
            Qualities = [.. described[..^length]],
            Medium = string.Join(' ', described[^length..]),
            Article = article,
        };
    }

    // The places before phrases of the vocabulary that stand behind the class without a comma.
    private static readonly Regex BeforeSetting = new(
        $"(?<=[^, ])(?= (?:{string.Join('|', VisualVocabulary.Backgrounds.Concat(VisualVocabulary.Lightings)
            .Concat(VisualVocabulary.Viewpoints).Select(Regex.Escape))})(?:$| ))",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    // Each part begins with its own ", " or " ", and holds one setting of the vocabulary at most.
    private static IEnumerable<string> Parts(string rest)
    {
        for (var at = 0; at < rest.Length;)
        {
            var next = rest.IndexOf(", ", at + 1, StringComparison.Ordinal);
            if (next < 0) next = rest.Length;
            foreach (var part in BeforeSetting.Split(rest[at..next]))
                if (part.Trim().Length > 0) yield return part;
            at = next;
        }
    }
}
