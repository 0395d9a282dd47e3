using Ipo.Optimization.Actions;
using Ipo.Optimization.Choosing;
using Ipo.Optimization.Descriptions;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Instructions;
using Ipo.Optimization.Settings;
using Ipo.Optimization.Templates;
using Ipo.Optimization.Text;

namespace Ipo.Optimization.Estimates;

/// <summary>What a run will take at most, before anything is spent.</summary>
/// <param name="SearchImages">Images that drive the search.</param>
/// <param name="Descriptions">Images to describe; those whose description is cached cost nothing.</param>
/// <param name="ProposerCalls">Calls to the proposer if no limit and no stop rule ends the search.</param>
/// <param name="PaidCalls">Calls to paid providers among all of these.</param>
/// <param name="Templates">Templates to score on the search images, the baseline included.</param>
/// <param name="InputTokens">Tokens of all instructions.</param>
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

    private const string TypicalTemplate = "a sharp and well-lit photo of a <CLASS>, seen from the side.";

    private static readonly string TypicalDescription =
        string.Concat(Enumerable.Repeat("a bright picture of one thing ", TokenCount.UsualCharacters / 30));

    /// <summary>The estimate of a run as it would be prepared now.</summary>
    public static RunEstimate Of(RunSettings settings, RunPrepared prepared)
    {
        var descriptions = prepared.Captioner is null ? 0 : ImagesToDescribe.Of(settings, prepared).Count;
        var calls = (long)settings.Steps * settings.CallsPerStep;
        var paid = PaidOf(calls, prepared.Proposers) + (prepared.Captioner is { Paid: true } ? descriptions : 0);
        var instruction = (Tokens(settings, 1, descriptions) + Tokens(settings, settings.MemorySize, descriptions)) / 2;
        var answer = settings.CandidatesPerCall * TokenCount.Of($"<INS>{TypicalTemplate}</INS>\n");
        return new(
            prepared.SearchImages.Count, descriptions, calls, paid, 1 + calls * settings.CandidatesPerCall,
            calls * instruction, calls * answer + descriptions * TokenCount.Of(TypicalDescription),
            [.. Warn(settings, prepared, descriptions, instruction + answer)])
        {
            EnsembleTrials = Ensemble.MostCompared(settings),
        };
    }

    // Calls are dealt in turn, so the first proposers may have one more.
    private static long PaidOf(long calls, IReadOnlyList<ProviderFacts> proposers) =>
        Enumerable.Range(0, proposers.Count)
            .Where(turn => proposers[turn].Paid)
            .Sum(turn => (calls - turn + proposers.Count - 1) / proposers.Count);

    private static IEnumerable<RunWarning> Warn(RunSettings settings, RunPrepared prepared, int descriptions, long tokensPerCall)
    {
        if (TooFewSteps.In(settings) is { } few) yield return few;
        var proposersArePaid = prepared.Proposers.Any(proposer => proposer.Paid);
        var paidDescriptions = prepared.Captioner is { Paid: true } ? descriptions : 0;
        // In a run that free proposers share the budget lasts longer than this says.
        if (proposersArePaid && settings.Budget.Calls is { } calls && (calls - paidDescriptions) / settings.CallsPerStep < FewestSteps)
            yield return new CallsPayForTooFewSteps(calls, Math.Max(0, calls - paidDescriptions) / settings.CallsPerStep, paidDescriptions);
        var perStep = tokensPerCall * settings.CallsPerStep;
        if (settings.Budget.Tokens is { } tokens && tokens < FewestSteps * perStep)
            yield return new TokensPayForTooFewSteps(tokens, perStep);
        if (settings.Budget.CostMicroUsd is null) yield break;
        // What a call costs is known to its service alone, and after the call.
        if (proposersArePaid) yield return new PricesNeeded(ProviderRole.Proposer);
        if (paidDescriptions > 0) yield return new PricesNeeded(ProviderRole.Captioner);
    }

    private static long Tokens(RunSettings settings, int remembered, int descriptions)
    {
        var typical = new ScoredPrompt(PromptTemplate.Parse(TypicalTemplate), 0.5, 1, 1);
        var shown = Enumerable.Repeat(typical, Math.Min(remembered, settings.MemorySize)).ToList();
        string[] described = [.. Enumerable.Repeat(TypicalDescription, descriptions)];
        return TokenCount.Of(Instruction.Write(shown, described, settings.CandidatesPerCall, settings.Order));
    }
}
