using System.Numerics;

namespace Ipo.Optimization.Images;

/// <summary>CLIP's embeddings, L2-normalised.</summary>
public static class Embeddings
{
    /// <summary>The cosine of two embeddings of one length, in -1..1 up to rounding.</summary>
    public static float Cosine(ReadOnlySpan<float> one, ReadOnlySpan<float> other)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(other.Length, one.Length);
        var sums = Vector<float>.Zero;
        var at = 0;
        for (; at <= one.Length - Vector<float>.Count; at += Vector<float>.Count)
            sums += new Vector<float>(one[at..]) * new Vector<float>(other[at..]);
        var sum = Vector.Sum(sums);
        for (; at < one.Length; at++) sum += one[at] * other[at];
        return sum;
    }
}
