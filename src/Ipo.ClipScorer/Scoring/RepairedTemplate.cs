using Ipo.ServiceDefaults.Standards;

namespace Ipo.ClipScorer.Scoring;

/// <summary>A template that the tokenizer repairs before it reads it, so that what is scored is not what is
/// shown.</summary>
/// <param name="Template">The template as it is written.</param>
/// <param name="ReadAs">The template as it is read.</param>
internal sealed record RepairedTemplate(string Template, string ReadAs)
{
    /// <summary>The templates of a set that are read otherwise than they are written. Case and white space, which are
    /// folded in any text, do not count, nor does how accents are composed, which nobody sees.</summary>
    /// <param name="prompts">The set.</param>
    /// <param name="repair">The tokenizer's repair.</param>
    public static IEnumerable<RepairedTemplate> Of(PromptSet prompts, Func<string, string> repair) =>
        prompts.Templates.Concat(prompts.ClassPrompts.Select(prompt => prompt.Template)).Distinct()
            .Select(template => new RepairedTemplate(template, Read(template, repair)))
            .Where(one => Visible(one.ReadAs) != Visible(ComposedText.Of(one.Template)));

    // With a plain word for the class: '<' would be taken for markup, in which HTML's references stay.
    private static string Read(string template, Func<string, string> repair)
    {
        var name = "ClassName";
        while (template.Contains(name, StringComparison.Ordinal)) name += "X";
        return repair(template.Replace(TemplatePrompts.Placeholder, name, StringComparison.Ordinal))
            .Replace(name, TemplatePrompts.Placeholder, StringComparison.Ordinal);
    }

    private static string Visible(string text) => string.Concat(text.Where(character => !char.IsWhiteSpace(character)));
}
