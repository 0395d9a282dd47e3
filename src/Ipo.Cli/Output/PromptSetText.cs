using Ipo.V1;

namespace Ipo.Cli.Output;

/// <summary>Prompt sets as a person reads and writes them.</summary>
internal static class PromptSetText
{
    /// <summary>Says of templates that they are scored otherwise than they are written.</summary>
    public static void TellRepaired(Terminal terminal, IEnumerable<RepairedTemplate> repaired)
    {
        foreach (var one in repaired.Distinct())
            terminal.Tell($"The checkpoint's tokenizer repairs text: '{one.Template}' is scored as '{one.ReadAs}'.");
    }

    /// <summary>Reads one template, or an ensemble with a template on each line.</summary>
    public static PromptSet Read(string text) =>
        new() { Templates = { text.Split('\n', StringSplitOptions.TrimEntries).Select(Template) } };

    /// <summary>A template as a person writes it: <c>{}</c>, as in open_clip's templates, is the class's place too.</summary>
    public static string Template(string text) => text.Replace("{}", "<CLASS>", StringComparison.Ordinal);
}
