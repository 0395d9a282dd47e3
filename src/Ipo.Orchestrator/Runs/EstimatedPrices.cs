using Ipo.Optimization.Estimates;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Settings;
using Ipo.Orchestrator.Clients;

namespace Ipo.Orchestrator.Runs;

/// <summary>The providers of a run as their services describe them now, with their prices.</summary>
/// <param name="Proposers">By name, without what is hidden from them.</param>
/// <param name="Captioner">Null where the run needs none.</param>
internal sealed record EstimatedPrices(IReadOnlyDictionary<string, V1.Proposer> Proposers, V1.Captioner? Captioner)
{
    public static async Task<EstimatedPrices> AskAsync(
        ProviderClient providers, RunPrepared prepared, RetryPolicy retry, CancellationToken cancellation) => new(
            (await providers.ListProposersAsync(retry, cancellation)).ToDictionary(proposer => proposer.Name),
            prepared.Captioner is null ? null : await providers.FindCaptionerAsync(retry, cancellation));

    /// <summary>For the core.</summary>
    public ProviderPrices Prices => new(
        Proposers.Values.Where(proposer => proposer.HasInputPricePerMillionTokens && proposer.HasOutputPricePerMillionTokens)
            .ToDictionary(
                proposer => proposer.Name,
                proposer => new TokenPrice((decimal)proposer.InputPricePerMillionTokens, (decimal)proposer.OutputPricePerMillionTokens)),
        Captioner is { HasInputPricePerMillionTokens: true, HasOutputPricePerMillionTokens: true } priced
            ? new((decimal)priced.InputPricePerMillionTokens, (decimal)priced.OutputPricePerMillionTokens)
            : null,
        Captioner?.InputTokensPerImage ?? 0);

    /// <summary>A proposer of the run as its message, under the name that the run gives it.</summary>
    public V1.Proposer Of(ProviderFacts facts) => new(Proposers[ProposerName.Parse(facts.Name).Asked]) { Name = facts.Name };
}
