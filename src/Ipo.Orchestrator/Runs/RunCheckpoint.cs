using Ipo.Optimization.Facts;
using Ipo.Orchestrator.Clients;
using Ipo.Orchestrator.Errors;

namespace Ipo.Orchestrator.Runs;

/// <summary>The checkpoint that a run was made with: what the run found, and every figure of it, belongs to that
/// one.</summary>
internal static class RunCheckpoint
{
    /// <summary>Whether two are the same: the same files at the same precision. On what they run does not count, for
    /// the embeddings are the same but for rounding.</summary>
    public static bool IsSame(V1.Model now, ModelFacts ran) => (now.Digest, now.Precision) == (ran.Digest, ran.Precision);

    /// <summary>The scorer's checkpoint, which is the run's.</summary>
    /// <param name="scorer">Who has it.</param>
    /// <param name="runId">The run.</param>
    /// <param name="ran">The checkpoint that the run was made with.</param>
    /// <param name="otherwise">What else a person can do than to start the scorer with the run's checkpoint, as the
    /// end of that sentence: ", or …"; empty where there is nothing.</param>
    /// <exception cref="RefusedException">The scorer has another checkpoint by now, or does not answer.</exception>
    public static async Task<V1.Model> ConfirmAsync(
        ScorerClient scorer, string runId, ModelFacts ran, string otherwise, RetryPolicy retry, CancellationToken cancellation)
    {
        var now = await scorer.GetModelAsync(retry, cancellation);
        return IsSame(now, ran)
            ? now
            : throw RefusedException.CheckpointChanged(
                now.Digest, ran.Digest,
                $"{ScorerClient.Service} now runs {Describe(now.Name, now.Digest, now.Precision)}, and run '{runId}' was made with "
                    + $"{Describe(ran.Name, ran.Digest, ran.Precision)}. Start it with that checkpoint{otherwise}.");
    }

    private static string Describe(string name, string digest, string precision) =>
        $"{name} {Prefix(digest)} ({precision})";

    /// <summary>As much of a checkpoint's digest as a person compares.</summary>
    public static string Prefix(string digest) => digest[..Math.Min(12, digest.Length)];
}
