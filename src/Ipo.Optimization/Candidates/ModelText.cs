using System.Text.RegularExpressions;
using Ipo.Optimization.Templates;

namespace Ipo.Optimization.Candidates;

/// <summary>A template as language models write it, without what they put around it.</summary>
internal static partial class ModelText
{
    private static readonly (char First, char Last)[] Quotes =
        [('"', '"'), ('\'', '\''), ('`', '`'), ('\u201c', '\u201d'), ('\u201e', '\u201c'), ('\u2018', '\u2019'), ('\u00ab', '\u00bb')];

    /// <summary>The template on one line, without Markdown's marks, numbers and quotes around it, and with the class as we
    /// write it.</summary>
    /// <remarks>The published code strips white space and Markdown's bold marks, and capitalises; CLIP lower-cases, so case
    /// is kept.</remarks>
    public static string Plain(string text)
    {
        var plain = Fence().Replace(text.Replace("**", "", StringComparison.Ordinal).Replace("\uFEFF", "", StringComparison.Ordinal), " ");
        plain = string.Join(' ', plain.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        // Marks and quotes stand in either order, and around each other.
        for (string before = ""; before != plain;) plain = Unquote(ListMark().Replace(before = plain, ""));
        return WithClass(plain);
    }

    /// <summary>Whether the class stands in a text, however it is written.</summary>
    public static bool HasClass(string text) =>
        text.Contains(PromptTemplate.ClassToken, StringComparison.Ordinal) || OtherToken().IsMatch(Decoded(text));

    // Lower case, other brackets and Python's "{}" mean the class as long as nothing in the text is written as we do.
    private static string WithClass(string text)
    {
        if (text.Contains(PromptTemplate.ClassToken, StringComparison.Ordinal)) return text;
        var decoded = Decoded(text);
        return OtherToken().IsMatch(decoded) ? OtherToken().Replace(decoded, PromptTemplate.ClassToken) : text;
    }

    // "&lt;CLASS&gt;" of HTML and "\<CLASS\>" of Markdown.
    private static string Decoded(string text) => EscapedToken().Replace(text, "<$1>");

    // Only a pair around the whole: in 'a "<CLASS>"' the quotes belong to the template.
    private static string Unquote(string text)
    {
        // An entry of a JSON array that stands on a line of its own ends in a comma.
        var whole = text.EndsWith("\",", StringComparison.Ordinal) ? text[..^1] : text;
        foreach (var (first, last) in Quotes)
            if (whole.Length >= 2 && whole[0] == first && whole[^1] == last && !HoldsQuote(whole.AsSpan(1, whole.Length - 2), first, last))
                return whole[1..^1].Trim();
        return text;
    }

    // An apostrophe inside a word is not a quote.
    private static bool HoldsQuote(ReadOnlySpan<char> text, char first, char last)
    {
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] != first && text[at] != last) continue;
            var isApostrophe = text[at] is '\'' or '\u2019' && at > 0 && at + 1 < text.Length && char.IsLetter(text[at - 1])
                && char.IsLetter(text[at + 1]);
            if (!isApostrophe) return true;
        }
        return false;
    }

    /// <summary>What stands before an entry of a list: "1.", "2)", "(3)", "-", "*", "•".</summary>
    [GeneratedRegex(@"^\s*(?:[-*\u2022\u2013+]\s+|\(?[0-9]{1,3}[.):]\)?\s+|#[0-9]{1,3}[.:]?\s+)")]
    public static partial Regex ListMark();

    // A word behind a fence is a language only where a line ends after it; on one line it is the template's first.
    [GeneratedRegex(@"```(?:[a-zA-Z]*[^\S\n]*(?=\n))?")]
    private static partial Regex Fence();

    [GeneratedRegex(@"<\s*class(?:[ _-]?name)?\s*/?>|\{{1,2}\s*(?:class(?:[ _-]?name)?|0)?\s*\}{1,2}|\[\s*class(?:[ _-]?name)?\s*\]",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex OtherToken();

    [GeneratedRegex(@"(?:&lt;|\\<)\s*(class)\s*(?:&gt;|\\?>)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex EscapedToken();
}
