using Ipo.Optimization.Choosing;
using Ipo.Optimization.Descriptions;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Settings;

namespace Ipo.Optimization.Estimates;

/// <summary>What a run will take at most, before anything is spent.</summary>
/// <param name="SearchImages">Images that drive the search.</param>
/// <param name="Descriptions">Images to describe; those whose description is cached cost nothing.</param>
/// <param name="ProposerCalls">Calls to the proposer if no limit and no stop rule ends the search.</param>
/// <param name="PaidCalls">Calls to paid providers among all of these.</param>
/// <param name="Templates">Templates to score on the search images, the baseline included.</param>
/// <param name="InputTokens">Tokens of all instructions, and of questions with their images.</param>
/// <param name="OutputTokens">Tokens of all answers and descriptions.</param>
/// <param name="Warnings">What speaks against the settings.</param>
public sealed record RunEstimate(
    int SearchImages,
    int Descriptions,
    long ProposerCalls,
    long PaidCalls,
    long Templates,
    long InputTokens,
    long OutputTokens,
    IReadOnlyList<RunWarning> Warnings)
{
    /// <summary>Sets of templates to score on the selection images, where an ensemble is asked for.</summary>
    public int EnsembleTrials { get; init; }

    /// <summary>Steps below which a search has hardly begun: the first knows one template.</summary>
    public const int FewestSteps = 3;

    /// <summary>Cost of the paid calls in millionths of a US dollar; null where a model with paid calls has no
    /// price.</summary>
    public long? CostMicroUsd { get; init; }

    /// <summary>The estimate of a run as it would be prepared now.</summary>
    /// <param name="settings">The run's settings.</param>
    /// <param name="prepared">What it would work on and with.</param>
    /// <param name="prices">What its providers cost.</param>
    public static RunEstimate Of(RunSettings settings, RunPrepared prepared, ProviderPrices prices)
    {
        var descriptions = prepared.Captioner is null ? 0 : ImagesToDescribe.Of(settings, prepared).Count;
        var calls = (long)settings.Steps * settings.CallsPerStep;
        var captioner = ProviderUse.OfCaptioner(prepared, descriptions, prices);
        IReadOnlyList<ProviderUse> proposers = ProviderUse.OfProposers(settings, prepared, descriptions, prices);
        ProviderUse[] uses = [.. proposers, .. captioner is null ? [] : new[] { captioner }];
        var first = settings with { Steps = Math.Min(settings.Steps, FewestSteps) };
        return new(
            prepared.SearchImages.Count, descriptions, calls, uses.Sum(use => use.PaidCalls), 1 + calls * settings.CandidatesPerCall,
            uses.Sum(use => use.InputTokens), uses.Sum(use => use.OutputTokens),
            [
                .. Warn(settings, captioner, ProviderUse.OfProposers(first, prepared, descriptions, prices), first.Steps),
                .. WithoutPrice(settings, uses),
            ])
        {
            EnsembleTrials = Ensemble.MostCompared(settings),
            CostMicroUsd = CostOf(uses),
        };
    }

    // Null where one is not known: a part would pass for the whole.
    private static long? CostOf(IEnumerable<ProviderUse> uses) =>
        uses.Aggregate((decimal?)0, (sum, use) => sum + use.Cost) is { } cost ? (long)Math.Ceiling(cost) : null;

    // What the first steps take is what a budget has to pay for.
    private static IEnumerable<RunWarning> Warn(
        RunSettings settings, ProviderUse? captioner, IReadOnlyList<ProviderUse> proposers, int steps)
    {
        if (TooFewSteps.In(settings) is { } few) yield return few;
        var proposersArePaid = proposers.Any(proposer => proposer.PaidCalls > 0);
        var paidDescriptions = (int)(captioner?.PaidCalls ?? 0);
        // In a run that free proposers share the budget lasts longer than this says.
        if (proposersArePaid && settings.Budget.Calls is { } calls && (calls - paidDescriptions) / settings.CallsPerStep < FewestSteps)
            yield return new CallsPayForTooFewSteps(calls, Math.Max(0, calls - paidDescriptions) / settings.CallsPerStep, paidDescriptions);
        var perStep = proposers.Sum(proposer => proposer.InputTokens + proposer.OutputTokens) / steps;
        if (settings.Budget.Tokens is { } tokens && tokens < FewestSteps * perStep)
            yield return new TokensPayForTooFewSteps(tokens, perStep);
        if (settings.Budget.CostMicroUsd is { } money && CostOf(proposers) is { } cost
            && (captioner is null ? 0 : CostOf([captioner])) is { } described
            && cost > 0 && money < described + FewestSteps * cost / steps)
            yield return new MoneyPaysForTooFewSteps(money, cost / steps, described);
    }

    // Several proposers of a run may ask one language model; its price is missed once.
    private static IEnumerable<RunWarning> WithoutPrice(RunSettings settings, IEnumerable<ProviderUse> uses) =>
        uses.Where(use => use.Cost is null)
            .Select(use => new PricesNeeded(
                use.Role, use.Provider.Model, settings.Budget.CostMicroUsd is not null, ProposerName.Parse(use.Provider.Name).Model))
            .Distinct();
}
