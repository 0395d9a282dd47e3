namespace Ipo.ClipScorer.Checkpoints;

/// <summary>Puts numbers that lie apart one after another.</summary>
internal static class RowMajor
{
    /// <summary>The numbers of a tensor in row-major order.</summary>
    /// <param name="numbers">What holds them, from the first one on.</param>
    /// <param name="bytesEach">Bytes of a number.</param>
    /// <param name="shape">Lengths of the axes; their product times the bytes fits an array.</param>
    /// <param name="strides">For each axis, how many numbers lie from one index to the next.</param>
    public static byte[] Of(ReadOnlySpan<byte> numbers, int bytesEach, IReadOnlyList<long> shape, IReadOnlyList<long> strides)
    {
        var copy = new byte[shape.Aggregate((long)bytesEach, (product, length) => product * length)];
        var index = new long[shape.Count];
        var from = 0L;
        for (var to = 0; to < copy.Length; to += bytesEach)
        {
            numbers.Slice((int)(from * bytesEach), bytesEach).CopyTo(copy.AsSpan(to));
            for (var axis = shape.Count - 1; axis >= 0; axis--)
            {
                from += strides[axis];
                if (++index[axis] < shape[axis]) break;
                from -= index[axis] * strides[axis];
                index[axis] = 0;
            }
        }
        return copy;
    }
}
