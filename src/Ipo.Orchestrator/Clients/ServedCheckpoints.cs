using Ipo.Orchestrator.Errors;

namespace Ipo.Orchestrator.Clients;

/// <summary>The checkpoints of the system: that of the scorer which runs use, and those of the scorers for
/// comparing.</summary>
internal sealed class ServedCheckpoints(ScorerClient runs, ComparisonScorers comparison)
{
    /// <summary>Finds checkpoints by what a person calls them.</summary>
    /// <param name="asked">Each by its name, or by a beginning of its digest; none for the one that runs use.</param>
    /// <returns>Each once, in the order in which they are asked for.</returns>
    /// <exception cref="RefusedException">A scorer does not answer; or none has such a checkpoint, or several have: the
    /// message lists all.</exception>
    public async Task<IReadOnlyList<ServedCheckpoint>> FindAsync(
        IReadOnlyList<string> asked, RetryPolicy retry, CancellationToken cancellation)
    {
        if (asked.Count == 0) return [await OfAsync(runs, retry, cancellation)];
        var all = await Task.WhenAll(comparison.Clients.Prepend(runs).Select(scorer => OfAsync(scorer, retry, cancellation)));
        ServedCheckpoint[] distinct = [.. all.DistinctBy(one => (one.Model.Digest, one.Model.Precision))];
        return [.. asked.Select((name, position) => Find(distinct, name, position)).Distinct()];
    }

    private static ServedCheckpoint Find(ServedCheckpoint[] all, string asked, int position)
    {
        if (asked.Length == 0)
            throw RefusedException.InvalidField(
                $"checkpoints[{position}]", "is empty; give a checkpoint's name or a beginning of its digest.");
        // A name goes before digests, which are long enough never to be one.
        ServedCheckpoint[] found = [.. all.Where(one => one.Model.Name == asked)];
        if (found.Length == 0) found = [.. all.Where(one => one.Model.Digest.StartsWith(asked, StringComparison.OrdinalIgnoreCase))];
        return found switch
        {
            [var one] => one,
            [] => throw RefusedException.NotFound(
                "checkpoint", asked,
                $"No scorer has a checkpoint '{asked}'; served are: {List(all)}. Others are served once the AppHost is started with their "
                    + "folders in IPO_COMPARE_CHECKPOINTS, or a deployment has a scorer for each (deploy/README.md)."),
            _ => throw RefusedException.InvalidField(
                $"checkpoints[{position}]",
                $"is '{asked}', which {found.Length} checkpoints are called by: {List(found)}. Give as much of a digest as tells it from "
                    + "the others."),
        };
    }

    private static string List(IEnumerable<ServedCheckpoint> checkpoints) =>
        string.Join(", ", checkpoints.Select(one => $"{one.Model.Name} {one.Model.Digest[..Math.Min(12, one.Model.Digest.Length)]}"));

    private static async Task<ServedCheckpoint> OfAsync(ScorerClient scorer, RetryPolicy retry, CancellationToken cancellation) =>
        new(scorer, await scorer.GetModelAsync(retry, cancellation));
}

/// <summary>A checkpoint and who has it.</summary>
/// <param name="Scorer">The scorer.</param>
/// <param name="Model">What it says of its checkpoint.</param>
internal sealed record ServedCheckpoint(ScorerClient Scorer, V1.Model Model);
