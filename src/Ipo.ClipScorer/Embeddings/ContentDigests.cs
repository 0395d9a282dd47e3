using Ipo.ClipScorer.Images;
using Ipo.ClipScorer.Metrics;

namespace Ipo.ClipScorer.Embeddings;

/// <summary>The first stage: rejects content that is not what its digest says, also where the digest is known. A caller
/// with a wrong digest would otherwise get another image's embedding.</summary>
/// <param name="inner">Asked for all other images.</param>
/// <param name="metrics">Counts rejections.</param>
internal sealed class ContentDigests(IImageEmbeddings inner, ClipScorerMetrics metrics) : IImageEmbeddings
{
    public Task EmbedAsync(EmbeddingBatch batch, CancellationToken cancellation)
    {
        int[] sent = [.. batch.Pending().Where(image => !batch.Content(image).IsEmpty)];
        Parallel.ForEach(sent, new() { CancellationToken = cancellation }, image =>
        {
            var found = ImageDigest.Of(batch.Content(image).Span);
            if (found == batch.Digest(image)) return;
            metrics.ImageRejected();
            batch.Reject(image,
                $"The content's SHA-256 is {found}, not {batch.Digest(image)} as the request says; "
                + "send the file that belongs to the digest.");
        });
        return inner.EmbedAsync(batch, cancellation);
    }
}
