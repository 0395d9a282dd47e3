using Ipo.Optimization.Facts;
using Ipo.Optimization.State;
using Ipo.Optimization.Templates;

namespace Ipo.Optimization.Report;

/// <summary>What came of a search in which not one candidate could be scored: no evidence, for or against anything.</summary>
/// <param name="Steps">Steps completed.</param>
/// <param name="Proposers">Names of those who were asked.</param>
/// <param name="Refusals">Proposals refused, by reason, the most frequent first.</param>
/// <param name="Example">The first of them; null where the answers held no proposal at all.</param>
public sealed record NothingScored(
    int Steps, IReadOnlyList<string> Proposers, IReadOnlyList<KeyValuePair<RefusalReason, int>> Refusals, TemplateRefused? Example)
{
    /// <summary>What a run says of itself; null where a candidate was scored, and before the first step.</summary>
    public static NothingScored? Of(RunState run) => !run.IsNothingScored ? null : new(
        run.StepsCompleted, [.. run.Prepared!.Proposers.Select(proposer => proposer.Name)],
        [.. run.Refusals.OrderByDescending(refusal => refusal.Value)], run.FirstRefused);
}
