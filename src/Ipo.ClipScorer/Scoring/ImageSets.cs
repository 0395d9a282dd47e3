using Ipo.ClipScorer.Caching;
using Ipo.ClipScorer.Embeddings;
using Ipo.ClipScorer.Images;
using Ipo.ClipScorer.Settings;
using Ipo.ClipScorer.ZeroShot;

namespace Ipo.ClipScorer.Scoring;

/// <summary>The image sets that templates are scored on, by digest; the one not used for longest goes first.</summary>
internal sealed class ImageSets(IImageEmbeddings embeddings, int dimension, long capacityBytes)
{
    private readonly LeastRecentlyUsed<string, ImageSet> _kept = new(capacityBytes, (_, set) => set.Bytes);

    /// <exception cref="UnknownImageSetException">It was never put here, or forgotten since.</exception>
    public ImageSet Get(string digest) => _kept.TryGet(digest, out var set) ? set : throw new UnknownImageSetException(digest);

    /// <summary>Keeps a set of images whose embeddings are known.</summary>
    /// <param name="images">The images, each once.</param>
    /// <param name="labels">The class of each, from 0 below <paramref name="classCount"/>.</param>
    /// <param name="classCount">Number of classes.</param>
    /// <param name="cancellation">Stops the look-ups.</param>
    /// <returns>The set's digest, and the positions whose embeddings are unknown; when
    /// there are any, the set is not kept.</returns>
    /// <exception cref="ImageSetTooLargeException">It alone is larger than the memory for sets.</exception>
    public async Task<(string Digest, int[] Missing)> PutAsync(ImageDigest[] images, int[] labels, int classCount,
        CancellationToken cancellation)
    {
        var digest = ImageSet.DigestOf(images, labels, classCount);
        if (_kept.TryGet(digest, out _)) return (digest, []);
        var bytes = sizeof(float) * ((long)images.Length * (dimension + 1) + classCount);
        if (bytes > capacityBytes) throw new ImageSetTooLargeException(images.Length, bytes, capacityBytes);
        var batch = new EmbeddingBatch(dimension, images);
        await embeddings.EmbedAsync(batch, cancellation);
        int[] missing = [.. Enumerable.Range(0, batch.Count).Where(image => batch.Outcome(image) != EmbeddingOutcome.Cached)];
        if (missing.Length == 0) _kept.Put(digest, new ImageSet(digest, batch.Matrix, dimension, labels, classCount));
        return (digest, missing);
    }
}

/// <summary>This replica lacks an image set.</summary>
internal sealed class UnknownImageSetException(string digest) : Exception(
    "This scorer holds no image set "
    + $"{(digest.Length == 0 ? "without a digest" : digest.Length > 64 ? digest[..64] + "..." : digest)}; "
    + "send it with PutImageSet, then ask again.");

/// <summary>An image set does not fit into the memory for sets.</summary>
internal sealed class ImageSetTooLargeException(int images, long bytes, long capacity) : Exception(
    $"sha256s holds {images} images, which take {bytes >> 20} MiB as a set; "
    + $"this scorer keeps {capacity >> 20} MiB of sets. Send fewer images or raise "
    + $"{ClipScorerOptions.Section}:{nameof(ClipScorerOptions.ImageSetMemoryMiB)}.");
