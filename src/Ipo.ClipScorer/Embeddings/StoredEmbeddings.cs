using System.Runtime.InteropServices;
using Ipo.ClipScorer.Images;
using Ipo.ServiceDefaults;

namespace Ipo.ClipScorer.Embeddings;

/// <summary>Embeddings as they stand in Redis: each sealed for its key, so that none is taken for another image's.</summary>
/// <param name="keys">The keys of this checkpoint's embeddings.</param>
/// <param name="seal">Binds a value to its key.</param>
internal sealed class StoredEmbeddings(EmbeddingKeys keys, CacheSeal seal)
{
    public byte[] Key(ImageDigest image) => keys.Key(image);

    public byte[] Seal(ImageDigest image, ReadOnlySpan<float> embedding) => seal.Seal(keys.Key(image), EmbeddingBytes.Of(embedding));

    /// <summary>Reads the embedding of an image.</summary>
    /// <returns>False, with nothing written that counts, where the value was not written for this image by this
    /// installation.</returns>
    public bool TryOpen(ImageDigest image, ReadOnlySpan<byte> stored, Span<float> embedding)
    {
        // Where numbers lie as they are stored they are opened in place.
        if (BitConverter.IsLittleEndian) return seal.TryOpen(keys.Key(image), stored, MemoryMarshal.AsBytes(embedding));
        return seal.Open(keys.Key(image), stored) is { } bytes && EmbeddingBytes.TryRead(bytes, embedding);
    }
}
