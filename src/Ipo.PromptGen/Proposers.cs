using Ipo.Providers;
using Ipo.V1;

namespace Ipo.PromptGen;

/// <summary>The proposers of this service: rules by name, and language models for every other name.</summary>
/// <param name="models">The language models: the default one, whose configured name is empty, and the named ones.</param>
/// <param name="defaultName">Who answers where a request names none.</param>
internal sealed class Proposers(IReadOnlyList<LanguageModel> models, string defaultName)
{
    /// <summary>The proposers with seeded rules.</summary>
    public static IReadOnlyList<IProposer> Rules { get; } = [new EvolveProposer(), new RandomWordsProposer()];

    /// <summary>What can be asked for, the default first, then by name.</summary>
    public IEnumerable<Proposer> Configured =>
        Rules.Concat(models).Select(proposer => proposer.About)
            .OrderByDescending(about => about.Name == defaultName && about.NamedModel.Length == 0)
            .ThenBy(about => about.Name, StringComparer.Ordinal).ThenBy(about => about.NamedModel, StringComparer.Ordinal);

    /// <summary>The proposer that answers to a name, the default one to an empty name.</summary>
    /// <param name="name">The proposer.</param>
    /// <param name="namedModel">The configured name of its language model; empty for the default one.</param>
    /// <exception cref="ProposerNotConfiguredException">It needs a language model, and there is no such one.</exception>
    public IProposer Named(string name, string namedModel)
    {
        var proposer = name.Length == 0 ? defaultName : name;
        if (FindRules(proposer) is { } rules)
            return namedModel.Length == 0 ? rules
                : throw new ProposerNotConfiguredException(
                    $"The proposer '{proposer}' asks no language model, so it takes no '{namedModel}'.");
        return models.FirstOrDefault(model => model.About.NamedModel == namedModel)
            ?? throw new ProposerNotConfiguredException(
                namedModel.Length == 0
                    ? $"The proposer '{proposer}' is not configured: {ChatEndpointOptions.HowToConfigure(LanguageModel.Path)}."
                    : $"The model '{namedModel}' is not configured; {NamesOf(models)}. Another one: "
                        + $"{ChatEndpointOptions.HowToConfigure(PromptGenOptions.PathOf(namedModel))}.");
    }

    /// <summary>The rules of a name; null where the name is the language model's.</summary>
    public static IProposer? FindRules(string name) => Rules.FirstOrDefault(rules => rules.About.Name == name);

    private static string NamesOf(IEnumerable<LanguageModel> models)
    {
        var names = models.Select(model => model.About.NamedModel).Where(named => named.Length > 0).Order(StringComparer.Ordinal).ToList();
        return names.Count == 0 ? $"none has a name ({PromptGenOptions.PathOf("NAME")})" : $"there are: {string.Join(", ", names)}";
    }
}

/// <summary>A proposer was asked for with a language model that is not configured.</summary>
internal sealed class ProposerNotConfiguredException(string message) : Exception(message);
