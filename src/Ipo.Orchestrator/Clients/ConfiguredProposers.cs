using Ipo.Optimization.Instructions.Strategies;
using Ipo.Optimization.Settings;
using Ipo.Orchestrator.Errors;

namespace Ipo.Orchestrator.Clients;

/// <summary>The proposers that a run can ask. prompt-gen has rules, and perhaps language models, each of which follows any
/// strategy.</summary>
internal static class ConfiguredProposers
{
    /// <summary>From what prompt-gen lists, its default first, to the proposers, the default first and then by
    /// name.</summary>
    /// <exception cref="RefusedException">The default is no proposer.</exception>
    public static IReadOnlyList<V1.Proposer> Of(IReadOnlyList<V1.Proposer> listed)
    {
        var all = listed.SelectMany(Offered).ToList();
        // "openai" was the name of the paper's strategy while it was the only one.
        var first = ProposerName.Parse(listed[0].Name).Service;
        if (!all.Exists(proposer => proposer.Name == first))
            throw RefusedException.Forbidden(
                $"{ProviderClient.PromptGen}'s default proposer '{first}' does not exist (Ipo:PromptGen:Provider); "
                    + $"it has: {string.Join(", ", all.Select(proposer => proposer.Name))}.");
        return
        [
            .. all.OrderByDescending(proposer => proposer.Name == first).ThenBy(proposer => proposer.Name, StringComparer.Ordinal),
        ];
    }

    private static IEnumerable<V1.Proposer> Offered(V1.Proposer listed) => listed.Embedded
        ? [listed]
        : StrategyList.All.Select(strategy => new V1.Proposer(listed)
        {
            Name = new ProposerName(strategy.Name, SeesHistory: true, listed.NamedModel).Asked,
            SeesImages = strategy.SeesImages,
        });
}
