using Ipo.Providers;
using Ipo.ServiceDefaults.Settings;

namespace Ipo.PromptGen;

/// <summary>Which proposer answers where a request names none, and which language models there are beside the default
/// one.</summary>
internal sealed record PromptGenOptions : ISettingsWithRules
{
    public const string Path = "Ipo:PromptGen";

    /// <summary>Name of the default proposer: one of the rules, or any other name for the language model.</summary>
    public string Provider { get; set; } = EvolveProposer.Name;

    /// <summary>Whether a language model's answers are kept, in Redis for 90 days where there is one, so that an equal
    /// question (instruction, model, seed, temperature and limit) is not bought twice. Default true.</summary>
    public bool KeepAnswers { get; set; } = true;

    /// <summary>Further language models by name, which a run asks for behind an at sign (<c>ipo@NAME</c>), each with all
    /// that the default one has at <see cref="LanguageModel.Path"/>.</summary>
    public Dictionary<string, ChatEndpointOptions> Models { get; } = [];

    /// <summary>Configuration path of a further model.</summary>
    public static string PathOf(string namedModel) => $"{Path}:{nameof(Models)}:{namedModel}";

    /// <inheritdoc/>
    public IEnumerable<string> Problems(string path)
    {
        foreach (var (name, model) in Models)
        {
            if (!name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.'))
                yield return $"{PathOf(name)}: a model's name takes letters, digits, '-', '_' and '.'.";
            foreach (var problem in SettingRules.Problems(PathOf(name), model)) yield return problem;
            if (!model.IsConfigured)
                yield return $"{PathOf(name)} is no whole endpoint: {ChatEndpointOptions.HowToConfigure(PathOf(name))}.";
        }
    }
}
