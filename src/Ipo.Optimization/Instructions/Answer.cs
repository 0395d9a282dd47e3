namespace Ipo.Optimization;

/// <summary>What an answer of a proposer holds: candidates that may be scored, and everything refused with its reason.</summary>
/// <param name="Candidates">Well-formed, distinct and new templates, in the answer's order.</param>
/// <param name="Refused">Everything else.</param>
public sealed record Answer(IReadOnlyList<PromptTemplate> Candidates, IReadOnlyList<RefusedText> Refused)
{
    private const string Open = "<INS>";
    private const string Close = "</INS>";

    /// <summary>Reads an answer: the texts between <c>&lt;INS&gt;</c> and <c>&lt;/INS&gt;</c> (paper.md, section 2).</summary>
    /// <param name="text">The answer as it came.</param>
    /// <param name="wanted">How many candidates were asked for; more are refused as surplus.</param>
    /// <param name="classNames">Names that no candidate may hold.</param>
    /// <param name="known"><see cref="PromptTemplate.Identity"/> of every template tried before.</param>
    public static Answer Parse(string text, int wanted, IReadOnlyList<string> classNames, IReadOnlySet<string> known)
    {
        var candidates = new List<PromptTemplate>();
        var refused = new List<RefusedText>();
        var seen = new HashSet<string>(known);

        var (texts, unclosed) = Between(text);
        foreach (var found in texts)
        {
            if (!PromptTemplate.TryParse(found, classNames, out var template, out var refusal))
                refused.Add(new(found, refusal));
            else if (candidates.Count == wanted)
                refused.Add(new(found, new(RefusalReason.Surplus, $"Only {wanted} candidates were asked for.")));
            else if (!seen.Add(template.Identity))
                refused.Add(new(found, new(RefusalReason.Duplicate, "The same template was tried before.")));
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
            var again = text.LastIndexOf(Open, close, close - start, StringComparison.OrdinalIgnoreCase);
            if (again >= 0) start = again + Open.Length;
            texts.Add(Polish(text[start..close]));
            at = close + Close.Length;
        }
    }

    // The published code strips white space and Markdown's bold marks, and capitalises; CLIP lower-cases, so case is kept.
    private static string Polish(string text)
    {
        var plain = text.Replace("**", "", StringComparison.Ordinal);
        return string.Join(' ', plain.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Trim('"', '“', '”', '`', ' ');
    }

    private static string Shorten(string text)
    {
        var line = Polish(text);
        return line.Length <= 200 ? line : line[..200] + " …";
    }
}

/// <summary>A text that became no candidate.</summary>
/// <param name="Text">The text, shortened where it is long.</param>
/// <param name="Refusal">Why.</param>
public sealed record RefusedText(string Text, Refusal Refusal);
