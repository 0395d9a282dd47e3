using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Ipo.ClipScorer.Towers;

/// <summary>Scales vectors to length 1.</summary>
internal static class L2Norm
{
    /// <summary>Scales each of the vectors that follow one another to length 1; one of zeros becomes NaN.</summary>
    /// <param name="vectors">[count, dimension].</param>
    /// <param name="dimension">Numbers of a vector.</param>
    /// <remarks>
    /// Squares are added in double, in sixteen sums that are joined in order, and what sixteen do
    /// not divide after them. Every processor does the same, whatever its registers hold, so a
    /// vector's bits depend on nothing but its numbers.
    /// </remarks>
    public static void Scale(Span<float> vectors, int dimension)
    {
        Span<double> sums = stackalloc double[2 * Vector512<double>.Count];
        for (var at = 0; at < vectors.Length; at += dimension)
        {
            var vector = vectors.Slice(at, dimension);
            var blocks = MemoryMarshal.Cast<float, Vector512<float>>(vector);
            var rest = vector[(blocks.Length * Vector512<float>.Count)..];
            var (low, high) = (Vector512<double>.Zero, Vector512<double>.Zero);
            foreach (var block in blocks)
            {
                var (first, second) = Vector512.Widen(block);
                low += first * first;
                high += second * second;
            }
            low.CopyTo(sums);
            high.CopyTo(sums[Vector512<double>.Count..]);
            var squares = 0.0;
            foreach (var sum in sums) squares += sum;
            foreach (var value in rest) squares += (double)value * value;
            var scale = 1 / Math.Sqrt(squares);
            foreach (ref var block in blocks)
            {
                var (first, second) = Vector512.Widen(block);
                block = Vector512.Narrow(first * scale, second * scale);
            }
            foreach (ref var value in rest) value = (float)(value * scale);
        }
    }
}
