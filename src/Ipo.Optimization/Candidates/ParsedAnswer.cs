using Ipo.Optimization.Templates;
using Ipo.Optimization.Text;

namespace Ipo.Optimization.Candidates;

/// <summary>What an answer of a proposer holds: candidates that may be scored, and everything refused with its
/// reason.</summary>
/// <param name="Candidates">Well-formed, distinct and new templates, in the answer's order.</param>
/// <param name="Refused">Everything else.</param>
public sealed record ParsedAnswer(IReadOnlyList<PromptTemplate> Candidates, IReadOnlyList<RefusedText> Refused)
{
    private const string Open = "<INS>";
    private const string Close = "</INS>";
    private const int RefusedLength = 200; // characters; enough to know a text again

    /// <summary>Reads an answer: the texts between <c>&lt;INS&gt;</c> and <c>&lt;/INS&gt;</c> (paper.md, section 2); where
    /// there are none, the entries of its list.</summary>
    /// <param name="text">The answer as it came.</param>
    /// <param name="wanted">How many candidates were asked for; more are refused as surplus.</param>
    /// <param name="classNames">Names that no candidate may hold.</param>
    /// <param name="known"><see cref="PromptTemplate.Identity"/> of every template tried before.</param>
    public static ParsedAnswer Parse(string text, int wanted, IReadOnlyList<string> classNames, IReadOnlySet<string> known)
    {
        var candidates = new List<PromptTemplate>();
        var refused = new List<RefusedText>();
        var seen = new HashSet<string>(known);

        var (texts, unclosed) = Between(text);
        if (texts.Count == 0 && unclosed is null) texts = [.. ListedTemplates.In(text)];
        foreach (var found in texts)
        {
            if (!PromptTemplate.TryParse(found, classNames, out var template, out var refusal))
                refused.Add(new(Shorten(found), refusal));
            else if (candidates.Count == wanted)
                refused.Add(new(Shorten(found), new(RefusalReason.Surplus, $"Only {wanted} candidates were asked for.")));
            else if (!seen.Add(template.Identity))
                refused.Add(new(Shorten(found), new(RefusalReason.Duplicate, "The same template was tried before.")));
            else
                candidates.Add(template);
        }

        if (unclosed is not null)
            refused.Add(new(unclosed, new(RefusalReason.UnclosedTag, $"{Open} without {Close}: the answer was cut.")));
        if (texts.Count == 0 && unclosed is null)
            refused.Add(new(Shorten(text), new(RefusalReason.NoTags, $"The answer holds no {Open}.")));
        return new(candidates, refused);
    }

    // A second <INS> before the first one's end starts over: models sometimes repeat the tag.
    private static (List<string> Texts, string? Unclosed) Between(string text)
    {
        var texts = new List<string>();
        var at = 0;
        while (true)
        {
            var open = text.IndexOf(Open, at, StringComparison.OrdinalIgnoreCase);
            if (open < 0) return (texts, null);
            var start = open + Open.Length;
            var close = text.IndexOf(Close, start, StringComparison.OrdinalIgnoreCase);
            if (close < 0) return (texts, Shorten(text[start..]));
            var again = text.AsSpan(start, close - start).LastIndexOf(Open, StringComparison.OrdinalIgnoreCase);
            if (again >= 0) start += again + Open.Length;
            texts.Add(ModelText.Plain(text[start..close]));
            at = close + Close.Length;
        }
    }

    private static string Shorten(string text) => OneLine.Of(text, RefusedLength);
}

/// <summary>A text that became no candidate.</summary>
/// <param name="Text">The text on one line, shortened where it is long.</param>
/// <param name="Refusal">Why.</param>
public sealed record RefusedText(string Text, Refusal Refusal);
