using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Ipo.Optimization.Text;

namespace Ipo.Optimization.Templates;

/// <summary>The kinds of refusal. Names are stored in journals and shown in reports: add, never rename.</summary>
public enum RefusalReason
{
    /// <summary>The answer holds no <c>&lt;INS&gt;</c>.</summary>
    NoTags,

    /// <summary>An <c>&lt;INS&gt;</c> without its <c>&lt;/INS&gt;</c>: the answer was cut. The published code accepted
    /// it (paper.md, section 7, 9).</summary>
    UnclosedTag,

    /// <summary>More candidates than asked for; the first ones were taken.</summary>
    Surplus,

    /// <summary>Nothing between the tags.</summary>
    Empty,

    /// <summary>More than <see cref="PromptTemplate.MaximumLength"/> characters.</summary>
    TooLong,

    /// <summary>A control, format or private-use character.</summary>
    ControlCharacter,

    /// <summary>No <c>&lt;CLASS&gt;</c>.</summary>
    NoClass,

    /// <summary>More than one <c>&lt;CLASS&gt;</c>.</summary>
    SeveralClasses,

    /// <summary>A tag or a stray angle bracket.</summary>
    Markup,

    /// <summary>A class name of the dataset stands in the template.</summary>
    NamesAClass,

    /// <summary>The same template was scored before, or stands earlier in the same step.</summary>
    Duplicate,

    /// <summary>The scorer refused it, for instance because a prompt is longer than the checkpoint's context.</summary>
    Unscorable,
}

/// <summary>What a text has to be to become a template.</summary>
internal static partial class TemplateRules
{
    private const string Token = PromptTemplate.ClassToken;

    /// <summary>Why a text is no template; null where it is one.</summary>
    public static Refusal? Refuse(string text, IEnumerable<string> classNames)
    {
        if (text.Length == 0)
            return new(RefusalReason.Empty, "The template is empty.");
        if (text.Length > PromptTemplate.MaximumLength)
        {
            return new(
                RefusalReason.TooLong, $"The template has {text.Length} characters; at most {PromptTemplate.MaximumLength} are allowed.");
        }
        if (text.EnumerateRunes().Any(IsUnprintable))
            return new(RefusalReason.ControlCharacter, "The template holds a control or format character.");

        var around = text.Split(Token);
        var places = around.Length - 1;
        if (places == 0)
            return new(RefusalReason.NoClass, $"The template has no {Token}, so every class would get the same prompt.");
        if (places > 1)
            return new(RefusalReason.SeveralClasses, $"The template has {places} times {Token}; exactly one is allowed.");
        if (around.Any(half => half.AsSpan().ContainsAny('<', '>')))
            return new(RefusalReason.Markup, "The template holds '<' or '>' besides <CLASS>.");

        var named = around.Select(half => NamedIn(half, classNames)).FirstOrDefault(name => name is not null);
        return named is null ? null : new(RefusalReason.NamesAClass, $"The template names the class '{named}'.");
    }

    /// <summary>The first class that a text names; null for none.</summary>
    public static string? NamedIn(string text, IEnumerable<string> classNames) => classNames.FirstOrDefault(name => Names(text, name));

    // A lone surrogate comes as U+FFFD: no journal and no message could carry it.
    private static bool IsUnprintable(Rune rune) =>
        rune == Rune.ReplacementChar || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control
            or UnicodeCategory.Format
            or UnicodeCategory.PrivateUse
            or UnicodeCategory.OtherNotAssigned
            or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator;

    // Whole words only: the class "cat" does not stand in "category", nor the letter "X" in "X-ray" or "S" in "it's".
    // White space and underscores are all one, since class names often come from folders.
    private static bool Names(string text, string className)
    {
        var words = Gap().Replace(text, " ");
        var name = Gap().Replace(className, " ").Trim();
        if (FunctionWords.IsOne(name)) return false;
        for (var at = 0; name.Length > 0 && (at = words.IndexOf(name, at, StringComparison.OrdinalIgnoreCase)) >= 0; at++)
        {
            var end = at + name.Length;
            var startsWord = at == 0 || !char.IsLetterOrDigit(words[at - 1]);
            var endsWord = end == words.Length || !char.IsLetterOrDigit(words[end]);
            if (startsWord && endsWord && !(name.Length == 1 && IsPartOfWord(words, at))) return true;
        }
        return false;
    }

    // One letter that a hyphen, an apostrophe or a point ties to another.
    private static bool IsPartOfWord(string words, int at) =>
        (at > 1 && Ties.Contains(words[at - 1], StringComparison.Ordinal) && char.IsLetter(words[at - 2]))
            || (at + 2 < words.Length && Ties.Contains(words[at + 1], StringComparison.Ordinal) && char.IsLetter(words[at + 2]));

    private const string Ties = "-'’.";

    [GeneratedRegex(@"[\s_]+")]
    private static partial Regex Gap();
}
