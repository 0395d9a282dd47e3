using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Ipo.ClipScorer.Embeddings;

/// <summary>An embedding as bytes: little-endian fp32, nothing else. The form in Redis and in the contract.</summary>
internal static class EmbeddingBytes
{
    // L2 norms come out within 1e-6 of 1; what is further off was not written by us.
    private const float NormTolerance = 1e-3f;

    public static byte[] Of(ReadOnlySpan<float> embedding)
    {
        var bytes = new byte[embedding.Length * sizeof(float)];
        if (BitConverter.IsLittleEndian) MemoryMarshal.AsBytes(embedding).CopyTo(bytes);
        else for (var i = 0; i < embedding.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), embedding[i]);
        return bytes;
    }

    /// <summary>Reads an embedding that may have been damaged.</summary>
    /// <returns>False, with nothing written that counts, where the length is wrong or the
    /// numbers are not of unit length.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, Span<float> embedding)
    {
        if (bytes.Length != embedding.Length * sizeof(float)) return false;
        if (BitConverter.IsLittleEndian) bytes.CopyTo(MemoryMarshal.AsBytes(embedding));
        else for (var i = 0; i < embedding.Length; i++)
            embedding[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(i * sizeof(float))..]);
        if (MathF.Abs(SquaredLength(embedding) - 1) <= NormTolerance) return true; // false for NaN as well
        embedding.Clear();
        return false;
    }

    private static float SquaredLength(ReadOnlySpan<float> embedding)
    {
        var sums = Vector<float>.Zero;
        var i = 0;
        for (; i <= embedding.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var values = new Vector<float>(embedding[i..]);
            sums += values * values;
        }
        var sum = Vector.Sum(sums);
        for (; i < embedding.Length; i++) sum += embedding[i] * embedding[i];
        return sum;
    }
}
