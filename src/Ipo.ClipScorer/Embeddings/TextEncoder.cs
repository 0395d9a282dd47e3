using Ipo.ClipScorer.Metrics;
using Ipo.ClipScorer.Model;

namespace Ipo.ClipScorer.Embeddings;

/// <summary>Embeds texts as they stand.</summary>
internal sealed class TextEncoder(EmbeddingModel model, ModelQueue queue, ClipScorerMetrics metrics)
{
    // What others wait for at most: a few seconds on two cores, whatever the lengths.
    private const int TextsPerTurn = 256;

    /// <summary>Embeds texts by their ids, some in each turn so that other callers need not wait for all.</summary>
    /// <param name="ids">For each text its ids with start and end, not more than the context.</param>
    /// <param name="cancellation">Stops the work at once.</param>
    /// <returns>[texts, dimension], row after row.</returns>
    public async Task<float[]> EncodeAsync(int[][] ids, CancellationToken cancellation)
    {
        if (ids.Length == 0) return [];
        using var activity = ClipScorerMetrics.Activities.StartActivity("encode texts");
        activity?.SetTag("ipo.texts", ids.Length);
        var dimension = model.Facts.EmbeddingDimension;
        var embeddings = new float[checked(ids.Length * dimension)];
        for (var first = 0; first < ids.Length; first += TextsPerTurn)
        {
            var some = ids[first..Math.Min(first + TextsPerTurn, ids.Length)];
            var target = embeddings.AsMemory(first * dimension, some.Length * dimension);
            await queue.RunAsync(() => { model.EncodeTexts(some, target.Span, cancellation); return true; }, cancellation);
        }
        metrics.TextsEncoded(ids.Length);
        return embeddings;
    }
}
