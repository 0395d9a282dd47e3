using Ipo.Optimization.Facts;
using Ipo.Optimization.Settings;

namespace Ipo.Optimization.Estimates;

/// <summary>What a million tokens of a model cost, in US dollars; of one token, in millionths.</summary>
/// <param name="Input">Of requests.</param>
/// <param name="Output">Of answers.</param>
public sealed record TokenPrice(decimal Input, decimal Output);

/// <summary>What the services say of their models beside the facts that a run keeps: prices change, and a journal does
/// not.</summary>
/// <param name="Proposers">By the name of the proposer, history or not; those without a price are left out.</param>
/// <param name="Captioner">Null for none.</param>
/// <param name="TokensPerImage">Input tokens of a question about an image.</param>
public sealed record ProviderPrices(IReadOnlyDictionary<string, TokenPrice> Proposers, TokenPrice? Captioner, long TokensPerImage)
{
    /// <summary>No model has one.</summary>
    public static ProviderPrices None { get; } = new(new Dictionary<string, TokenPrice>(), null, 0);

    /// <summary>The price of a proposer; null for none.</summary>
    public TokenPrice? Of(ProviderFacts proposer) => Proposers.GetValueOrDefault(ProposerName.Parse(proposer.Name).Asked);
}
