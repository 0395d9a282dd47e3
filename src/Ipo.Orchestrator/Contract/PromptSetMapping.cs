using System.Diagnostics.CodeAnalysis;
using Ipo.Optimization.Templates;

namespace Ipo.Orchestrator.Contract;

/// <summary>Prompt sets to and from their message.</summary>
internal static class PromptSetMapping
{
    public static V1.PromptSet ToMessage(PromptSet set)
    {
        var message = new V1.PromptSet { Templates = { set.Templates.Select(template => template.Text) } };
        message.ClassPrompts.AddRange(set.Sentences.Select(
            sentence => new V1.ClassPrompt { ClassName = sentence.ClassName, Template = sentence.Template.Text }));
        return message;
    }

    /// <summary>Reads a message of any origin; on failure <paramref name="refusal"/> says why one of its texts is no
    /// template.</summary>
    public static bool TryRead(
        V1.PromptSet message, [NotNullWhen(true)] out PromptSet? set, [NotNullWhen(false)] out Refusal? refusal) =>
        PromptSet.TryParse(
            message.Templates, message.ClassPrompts.Select(prompt => KeyValuePair.Create(prompt.ClassName, prompt.Template)), [],
            out set, out refusal);
}
