using Ipo.Optimization.Report;
using Ipo.Optimization.Templates;
using Ipo.Orchestrator.Contract;

namespace Ipo.Orchestrator.Runs;

/// <summary>That no candidate could be scored, how often and why, with an example, for a person.</summary>
internal static class NothingScoredSentence
{
    public static string Of(NothingScored nothing)
    {
        var refused = nothing.Refusals.Sum(refusal => refusal.Value);
        var who = string.Join(", ", nothing.Proposers);
        var steps = nothing.Steps == 1 ? "1 step" : $"{nothing.Steps} steps";
        if (refused == 0 || nothing.Example is not { } example)
            return $"In {steps} the proposer {who} wrote nothing that could be scored.";
        var reasons = string.Join(", ", nothing.Refusals.Select(refusal => $"{refusal.Value} {Words(refusal.Key)}"));
        return $"In {steps} the proposer {who} never wrote a usable template: {refused} refused ({reasons}). "
            + $"The first was '{example.Text}': {example.Message} Try another model or proposer.";
    }

    private static string Words(RefusalReason reason) =>
        V1.Wording.Of(EnumMapping<RefusalReason, V1.RefusalReason>.Of(reason));
}
