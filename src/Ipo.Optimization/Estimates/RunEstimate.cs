using Ipo.Optimization.Choosing;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Instructions;
using Ipo.Optimization.Loop;
using Ipo.Optimization.Settings;
using Ipo.Optimization.Templates;
using Ipo.Optimization.Text;
using static System.FormattableString;

namespace Ipo.Optimization.Estimates;

/// <summary>What a run will take at most, before anything is spent.</summary>
/// <param name="SearchImages">Images that drive the search.</param>
/// <param name="Descriptions">Images to describe; those whose description is cached cost nothing.</param>
/// <param name="ProposerCalls">Calls to the proposer if no limit and no stop rule ends the search.</param>
/// <param name="PaidCalls">Calls to paid providers among all of these.</param>
/// <param name="Templates">Templates to score on the search images, the baseline included.</param>
/// <param name="InputTokens">Tokens of all instructions.</param>
/// <param name="OutputTokens">Tokens of all answers and descriptions.</param>
/// <param name="Warnings">What speaks against the settings, one sentence each.</param>
public sealed record RunEstimate(
    int SearchImages,
    int Descriptions,
    long ProposerCalls,
    long PaidCalls,
    long Templates,
    long InputTokens,
    long OutputTokens,
    IReadOnlyList<string> Warnings)
{
    /// <summary>Sets of templates to score on the images that choose, where an ensemble is asked for.</summary>
    public int EnsembleTrials { get; init; }

    /// <summary>How tokens are estimated, as one sentence.</summary>
    public const string TokenRule =
        "4 characters are a token; instructions are written as the run would write them, with an empty and with a full memory, and averaged; " +
        "a template has 60 characters, a description 300; the tokens of images sent to a captioner are not known before.";

    /// <summary>Steps below which a search has hardly begun: the first knows one template.</summary>
    public const int FewestSteps = 3;

    private const string TypicalTemplate = "a sharp and well-lit photo of a <CLASS>, seen from the side.";
    private static readonly string TypicalDescription = string.Concat(Enumerable.Repeat("a bright picture of one thing ", TokenCount.UsualCharacters / 30));

    /// <summary>The estimate of a run as it would be prepared now.</summary>
    public static RunEstimate Of(RunSettings settings, RunPrepared prepared)
    {
        var descriptions = prepared.Captioner is null ? 0 : Planner.ImagesToDescribe(settings, prepared).Count;
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
        Enumerable.Range(0, proposers.Count).Where(turn => proposers[turn].Paid).Sum(turn => (calls - turn + proposers.Count - 1) / proposers.Count);

    private static IEnumerable<string> Warn(RunSettings settings, RunPrepared prepared, int descriptions, long tokensPerCall)
    {
        if (TooFewSteps(settings) is { } few) yield return few;
        var paidDescriptions = prepared.Captioner is { Paid: true } ? descriptions : 0;
        // In a run that free proposers share the budget lasts longer than this says.
        if (prepared.Proposers.Any(proposer => proposer.Paid) && settings.Budget.Calls is { } calls && (calls - paidDescriptions) / settings.CallsPerStep < FewestSteps)
            yield return Invariant($"The budget's {calls} calls pay for {Math.Max(0, calls - paidDescriptions) / settings.CallsPerStep} steps after {paidDescriptions} descriptions; {FewestSteps} or more are needed to see a search work.");
        var perStep = tokensPerCall * settings.CallsPerStep;
        if (settings.Budget.Tokens is { } tokens && tokens < FewestSteps * perStep)
            yield return Invariant($"The budget's {tokens} tokens pay for less than {FewestSteps} steps of about {perStep}.");
        if (settings.Budget.CostMicroUsd is null) yield break;
        // What a call costs is known to its service alone, and after the call.
        if (prepared.Proposers.Any(proposer => proposer.Paid)) yield return Unpriced("proposal", Planner.ProposerPrices);
        if (paidDescriptions > 0) yield return Unpriced("description", Planner.CaptionerPrices);
    }

    private static string Unpriced(string paid, string prices) =>
        $"The budget in money needs the model's prices, {prices}; where neither is set, the run stops after its first paid {paid}s.";

    /// <summary>The warning of a run with fewer than three steps; null where there are enough.</summary>
    public static string? TooFewSteps(RunSettings settings) => settings.Steps >= FewestSteps ? null
        : Invariant($"{settings.Steps} {(settings.Steps == 1 ? "step is" : "steps are")} too few: the first step knows only the baseline, so {FewestSteps} or more are needed to see a search work.");

    private static long Tokens(RunSettings settings, int remembered, int descriptions)
    {
        var typical = new ScoredPrompt(PromptTemplate.Parse(TypicalTemplate), 0.5, 1, 1);
        var shown = Enumerable.Repeat(typical, Math.Min(remembered, settings.MemorySize)).ToList();
        return TokenCount.Of(Instruction.Write(shown, [.. Enumerable.Repeat(TypicalDescription, descriptions)], settings.CandidatesPerCall, settings.Order));
    }

}
