using Ipo.Providers;
using Ipo.V1;

namespace Ipo.PromptGen;

/// <summary>The proposers of this service: rules by name, and a language model for every other name.</summary>
/// <param name="languageModel">The language model; null where none is configured.</param>
/// <param name="defaultName">Who answers where a request names none.</param>
internal sealed class Proposers(LanguageModel? languageModel, string defaultName)
{
    /// <summary>The proposers with seeded rules.</summary>
    public static IReadOnlyList<IProposer> Rules { get; } = [new EvolveProposer(), new RandomWordsProposer()];

    /// <summary>What can be asked for, the default first, then by name.</summary>
    public IEnumerable<Proposer> Configured =>
        (languageModel is null ? Rules : [.. Rules, languageModel]).Select(proposer => proposer.About)
            .OrderByDescending(about => about.Name == defaultName).ThenBy(about => about.Name, StringComparer.Ordinal);

    /// <summary>The proposer that answers to a name, the default one to an empty name.</summary>
    /// <exception cref="ProposerNotConfiguredException">It needs a language model, and none is configured.</exception>
    public IProposer Named(string name) =>
        FindRules(name.Length == 0 ? defaultName : name) ?? languageModel ?? throw new ProposerNotConfiguredException(name);

    /// <summary>The rules of a name; null where the name is the language model's.</summary>
    public static IProposer? FindRules(string name) => Rules.FirstOrDefault(rules => rules.About.Name == name);
}

/// <summary>A proposer with a language model was asked for, and no language model is configured.</summary>
internal sealed class ProposerNotConfiguredException(string name)
    : Exception($"The proposer '{name}' is not configured: {ChatEndpointOptions.HowToConfigure(LanguageModel.Path)}.");
