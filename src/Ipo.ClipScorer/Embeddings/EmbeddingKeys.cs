using System.Text;
using Ipo.ClipScorer.Images;

namespace Ipo.ClipScorer.Embeddings;

/// <summary>The keys of embeddings in Redis. Everything that could change the numbers stands in them, so a value never
/// has to be checked for age: ipo:image-embedding:2:{h}:CHECKPOINT:PREPROCESSING:TOWERS:IMAGE. What does not stand
/// there is the processor: replicas of different kinds share embeddings that may differ in their last bits.</summary>
internal sealed class EmbeddingKeys
{
    /// <summary>Number of <see cref="Slot"/>s.</summary>
    public const int Slots = 16;

    // Counted up when the value's form changes: 1 was raw little-endian fp32, 2 is the same sealed for its key.
    private const int Schema = 2;

    private readonly byte[][] _prefixes;

    /// <param name="checkpoint">SHA-256 of the checkpoint.</param>
    /// <param name="preprocessing">Version of the pixel pipeline.</param>
    /// <param name="towers">Version of the graphs and their runtime, and the precision: the same image
    /// gives other last bits in another one.</param>
    public EmbeddingKeys(string checkpoint, string preprocessing, string towers) =>
        _prefixes = [.. Enumerable.Range(0, Slots).Select(slot =>
            Encoding.UTF8.GetBytes($"ipo:image-embedding:{Schema}:{{{slot:x}}}:{checkpoint}:{preprocessing}:{towers}:"))];

    /// <summary>The keys of one slot share a hash tag (in braces) and so lie on one node of a Redis cluster: one MGET
    /// may name them together. Sixteen of them spread over the nodes.</summary>
    public static int Slot(ImageDigest image) => image.FirstByte >> 4;

    public byte[] Key(ImageDigest image)
    {
        var prefix = _prefixes[Slot(image)];
        var key = new byte[prefix.Length + 2 * ImageDigest.Bytes];
        prefix.CopyTo(key, 0);
        Span<byte> digest = stackalloc byte[ImageDigest.Bytes];
        image.WriteTo(digest);
        Convert.TryToHexStringLower(digest, key.AsSpan(prefix.Length), out _);
        return key;
    }
}
