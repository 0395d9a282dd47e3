using Ipo.ClipScorer.Caching;
using Ipo.ClipScorer.Images;
using Ipo.ClipScorer.Metrics;

namespace Ipo.ClipScorer.Embeddings;

/// <summary>Embeddings in this process' memory, in front of all else.</summary>
/// <param name="inner">Asked once for all that is not here.</param>
/// <param name="capacityBytes">Memory for embeddings.</param>
/// <param name="metrics">Counts hits.</param>
internal sealed class MemoryEmbeddings(IImageEmbeddings inner, long capacityBytes, ClipScorerMetrics metrics) : IImageEmbeddings
{
    private readonly LeastRecentlyUsed<ImageDigest, float[]> _kept = new(
        capacityBytes, (_, embedding) => embedding.Length * sizeof(float) + LeastRecentlyUsed.EntryBytes);

    public async Task EmbedAsync(EmbeddingBatch batch, CancellationToken cancellation)
    {
        var pending = batch.Pending();
        foreach (var image in pending)
        {
            if (!_kept.TryGet(batch.Digest(image), out var embedding)) continue;
            embedding.CopyTo(batch.Embedding(image));
            batch.Found(image);
        }
        var lacking = batch.Pending();
        metrics.EmbeddingsFound("memory", pending.Length - lacking.Length);
        if (lacking.Length == 0) return;
        try { await inner.EmbedAsync(batch, cancellation); }
        finally // a caller that has gone will ask again, and finds what was encoded for it
        {
            foreach (var image in lacking)
                if (batch.Outcome(image) is EmbeddingOutcome.Cached or EmbeddingOutcome.Encoded)
                    _kept.Put(batch.Digest(image), batch.Embedding(image).ToArray());
        }
    }
}
