using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

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
        refusal = TemplateRules.Refuse(trimmed, classNames);
        if (refusal is null) template = new PromptTemplate(trimmed);
        return template is not null;
    }

    /// <summary>Reads a template that is known to be one, for instance from a journal.</summary>
    /// <exception cref="FormatException">It is not one; the message says why.</exception>
    public static PromptTemplate Parse(string text) =>
        TryParse(text, [], out var template, out var refusal) ? template : throw new FormatException(refusal.Message);

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();
}
