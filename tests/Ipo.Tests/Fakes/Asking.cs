using Ipo.Cli.Output;
using Ipo.V1;

namespace Ipo.Tests.Fakes;

/// <summary>Short forms for messages that tests write often.</summary>
internal static class Asking
{
    /// <summary>Asks for proposers as the command line does, for instance "evolve,reflect/no-history"; empty for the default one.</summary>
    public static void Ask(this RunSettings settings, string proposers)
    {
        settings.Proposers.Clear();
        if (proposers.Length > 0) settings.Proposers.AddRange(ProviderText.Choices(proposers));
    }

    /// <summary>A prompt set as text, a template on each line.</summary>
    public static string Text(this PromptSet set) => string.Join('\n',
        [.. set.Templates, .. set.ClassPrompts.Select(prompt => $"{prompt.ClassName}\t{prompt.Template}")]);

    /// <summary>The proposers of a run as the command line shows them.</summary>
    public static string Names(Run run) => ProviderText.Proposers(run.Proposers);
}

/// <summary>Prompt sets from their text.</summary>
internal static class Prompts
{
    /// <summary>A set from its text, a template on each line, a class prompt behind its class and a tab.</summary>
    public static PromptSet Set(string text)
    {
        var set = new PromptSet();
        foreach (var parts in text.Split('\n').Select(line => line.Split('\t')))
            if (parts is [var className, var template]) set.ClassPrompts.Add(new ClassPrompt { ClassName = className, Template = template });
            else set.Templates.Add(parts[0]);
        return set;
    }

    public static IEnumerable<PromptSet> Sets(params IEnumerable<string> texts) => texts.Select(Set);
}
