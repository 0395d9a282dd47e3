using System.Globalization;
using System.Text;

namespace Ipo.ClipScorer.Scoring;

/// <summary>Templates that classify together, and prompts that single classes have besides.</summary>
/// <param name="Templates">The templates of all classes; at least one.</param>
/// <param name="ClassPrompts">Prompts of single classes.</param>
internal sealed record PromptSet(IReadOnlyList<string> Templates, IReadOnlyList<ClassPrompt> ClassPrompts)
{
    /// <summary>A text that no other set has. Lengths stand before the parts, because a part may hold any
    /// character.</summary>
    public string Key { get; } = KeyOf(Templates, ClassPrompts);

    /// <summary>A set of one template.</summary>
    public static PromptSet Of(string template) => new([template], []);

    private static string KeyOf(IReadOnlyList<string> templates, IReadOnlyList<ClassPrompt> classPrompts)
    {
        var key = new StringBuilder();
        void Add(string part) => key.Append(CultureInfo.InvariantCulture, $"{part.Length}:{part}");
        foreach (var template in templates) Add(template);
        foreach (var prompt in classPrompts)
        {
            key.Append('+');
            Add(prompt.ClassName);
            Add(prompt.Template);
        }
        return key.ToString();
    }
}

/// <summary>A prompt of one class alone.</summary>
/// <param name="ClassName">The class.</param>
/// <param name="Template">The prompt, with a placeholder where the name goes.</param>
internal sealed record ClassPrompt(string ClassName, string Template);
