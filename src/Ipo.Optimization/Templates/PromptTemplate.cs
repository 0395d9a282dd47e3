using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.RegularExpressions;
using Ipo.Optimization.Text;

namespace Ipo.Optimization.Templates;

/// <summary>
/// A prompt template: readable text with exactly one <c>&lt;CLASS&gt;</c>, which stands for a class name.
/// <see cref="TryParse"/> is the one door: text from models, users and images becomes a template here or not at all.
/// </summary>
public sealed partial record PromptTemplate
{
    /// <summary>What stands for the class name (paper, section 3).</summary>
    public const string ClassToken = "<CLASS>";

    /// <summary>Longest template in characters; the published code refuses above it too (paper.md, section 1,
    /// "filters").</summary>
    public const int MaximumLength = 500;

    /// <summary>CLIP's own generic prompt, which every gain is measured against.</summary>
    public static PromptTemplate Baseline { get; } = new("a photo of a <CLASS>.");

    private PromptTemplate(string text) => Text = text;

    /// <summary>The template as it is shown and scored.</summary>
    public string Text { get; }

    /// <summary>
    /// What makes two templates the same: CLIP's tokenizer lower-cases and folds white space, so texts that differ only
    /// there score alike to the bit.
    /// </summary>
    public string Identity => WhiteSpace().Replace(Text, " ").ToLowerInvariant();

    /// <summary>The prompt of one class.</summary>
    public string For(string className) => Text.Replace(ClassToken, className, StringComparison.Ordinal);

    /// <summary>Reads a template; on failure <paramref name="refusal"/> says why it is not one.</summary>
    /// <param name="text">The text, of any origin.</param>
    /// <param name="classNames">
    /// Names that must not stand in a template: a template that names one class of the dataset favours it.
    /// </param>
    public static bool TryParse(
        string text,
        IEnumerable<string> classNames,
        [NotNullWhen(true)] out PromptTemplate? template,
        [NotNullWhen(false)] out Refusal? refusal)
    {
        var trimmed = text.Trim();
        template = null;
        refusal = Refuse(trimmed, classNames);
        if (refusal is null) template = new PromptTemplate(trimmed);
        return template is not null;
    }

    /// <summary>Reads a template that is known to be one, for instance from a journal.</summary>
    /// <exception cref="FormatException">It is not one; the message says why.</exception>
    public static PromptTemplate Parse(string text) =>
        TryParse(text, [], out var template, out var refusal) ? template : throw new FormatException(refusal.Message);

    private static Refusal? Refuse(string text, IEnumerable<string> classNames)
    {
        if (text.Length == 0)
            return new(RefusalReason.Empty, "The template is empty.");
        if (text.Length > MaximumLength)
            return new(RefusalReason.TooLong, $"The template has {text.Length} characters; at most {MaximumLength} are allowed.");
        if (text.EnumerateRunes().Any(IsUnprintable))
            return new(RefusalReason.ControlCharacter, "The template holds a control or format character.");

        var around = text.Split(ClassToken);
        var places = around.Length - 1;
        if (places == 0)
            return new(RefusalReason.NoClass, $"The template has no {ClassToken}, so every class would get the same prompt.");
        if (places > 1)
            return new(RefusalReason.SeveralClasses, $"The template has {places} times {ClassToken}; exactly one is allowed.");
        if (around.Any(half => half.AsSpan().ContainsAny('<', '>')))
            return new(RefusalReason.Markup, "The template holds '<' or '>' besides <CLASS>.");

        var named = around.Select(half => NamedIn(half, classNames)).FirstOrDefault(name => name is not null);
        return named is null ? null : new(RefusalReason.NamesAClass, $"The template names the class '{named}'.");
    }

    /// <summary>The first class that a text names; null for none.</summary>
    internal static string? NamedIn(string text, IEnumerable<string> classNames) => classNames.FirstOrDefault(name => Names(text, name));

    // A lone surrogate comes as U+FFFD: no journal and no message could carry it.
    private static bool IsUnprintable(Rune rune) =>
        rune == Rune.ReplacementChar || Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.Control
            or System.Globalization.UnicodeCategory.Format
            or System.Globalization.UnicodeCategory.PrivateUse
            or System.Globalization.UnicodeCategory.OtherNotAssigned
            or System.Globalization.UnicodeCategory.LineSeparator
            or System.Globalization.UnicodeCategory.ParagraphSeparator;

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

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();
}
