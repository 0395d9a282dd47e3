using Ipo.Optimization.Proof;
using Ipo.Optimization.Report;
using Ipo.Optimization.Statistics;
using Ipo.Optimization.Templates;

namespace Ipo.Orchestrator.Comparison;

/// <summary>What a run found, on one checkpoint.</summary>
/// <param name="Model">The checkpoint.</param>
/// <param name="IsRunsOwn">Whether the run searched on it.</param>
/// <param name="Sets">The prompt sets, the same and in the same order for each checkpoint, the baseline first.</param>
internal sealed record ComparedCheckpoint(V1.Model Model, bool IsRunsOwn, IReadOnlyList<ComparedSet> Sets)
{
    /// <summary>What is said of the winner there; null for the run's own checkpoint, where the baseline is the winner, and
    /// where the checkpoint cannot score one of them.</summary>
    public Travel? Travel { get; init; }

    /// <summary>Judges a winner on several checkpoints together.</summary>
    public static IReadOnlyList<ComparedCheckpoint> Judge(IReadOnlyList<ComparedCheckpoint> checkpoints, PromptSet winner)
    {
        PairedComparison? Of(ComparedCheckpoint one) =>
            one.IsRunsOwn ? null : one.Sets.FirstOrDefault(set => set.PromptSet == winner)?.Comparison;
        var judged = new Queue<Travel>(Ipo.Optimization.Proof.Travel.Of([.. checkpoints.Select(Of).OfType<PairedComparison>()]));
        return [.. checkpoints.Select(one => Of(one) is null ? one : one with { Travel = judged.Dequeue() })];
    }
}

/// <summary>A prompt set on one checkpoint.</summary>
/// <param name="PromptSet">The set.</param>
/// <param name="Score">Its score; null where it is refused.</param>
/// <param name="Comparison">Beside the baseline; null for the baseline itself, and where one of both is refused.</param>
/// <param name="Refusal">Why the checkpoint cannot score it; null where it can.</param>
/// <param name="Repaired">Its templates that the checkpoint reads otherwise than they are written.</param>
internal sealed record ComparedSet(
    PromptSet PromptSet, PartScore? Score, PairedComparison? Comparison, string? Refusal = null,
    IReadOnlyList<V1.RepairedTemplate>? Repaired = null)
{
    public static ComparedSet Of(RecordedSet recorded) => new(recorded.PromptSet, recorded.Score, recorded.Comparison);
}
