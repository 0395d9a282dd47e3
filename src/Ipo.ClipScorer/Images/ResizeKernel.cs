using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Ipo.ClipScorer.Images;

/// <summary>
/// The two sums of a separable resize over pixels of four bytes. All kernels give the same bytes:
/// the sums are of integers, so their order does not matter.
/// </summary>
internal abstract class ResizeKernel
{
    /// <summary>The fastest kernel of this machine.</summary>
    public static ResizeKernel Fastest { get; } = Supported().Last();

    /// <summary>Every kernel this machine can run, the scalar reference first and the fastest last.</summary>
    public static IEnumerable<ResizeKernel> Supported()
    {
        yield return new ScalarResizeKernel();
        if (Sse41.IsSupported || AdvSimd.IsSupported) yield return new Vector128ResizeKernel();
        if (Avx2.IsSupported) yield return new Vector256ResizeKernel();
        // The JIT reports 512 bits only where they do not slow the core down.
        if (Avx512F.IsSupported && Vector512.IsHardwareAccelerated) yield return new Vector512ResizeKernel();
    }

    /// <summary>Resizes one row.</summary>
    /// <param name="row">The row's pixels from its left edge; at least 16 bytes
    /// are readable behind its last pixel.</param>
    /// <param name="taps">The columns wanted.</param>
    /// <param name="output">Receives four bytes for each column.</param>
    public abstract void Horizontal(ReadOnlySpan<byte> row, ResizeTaps taps, Span<byte> output);

    /// <summary>Makes one row out of several.</summary>
    /// <param name="rows">The input rows from the first one this output needs on.</param>
    /// <param name="stride">Bytes from one row to the next, a multiple of 16.</param>
    /// <param name="weights">One weight for each row.</param>
    /// <param name="output">Receives <paramref name="stride"/> bytes.</param>
    public abstract void Vertical(ReadOnlySpan<byte> rows, int stride, ReadOnlySpan<int> weights, Span<byte> output);
}

/// <summary>The reference: Pillow's sums as they stand there.</summary>
internal sealed class ScalarResizeKernel : ResizeKernel
{
    public override void Horizontal(ReadOnlySpan<byte> row, ResizeTaps taps, Span<byte> output)
    {
        for (var column = 0; column < taps.Outputs; column++)
        {
            var weights = taps.Weights(column);
            var pixels = row[(taps.First(column) * 4)..];
            for (var channel = 0; channel < 4; channel++)
            {
                var sum = ResizeTaps.Half;
                for (var tap = 0; tap < weights.Length; tap++) sum += pixels[tap * 4 + channel] * weights[tap];
                output[column * 4 + channel] = Clip(sum);
            }
        }
    }

    public override void Vertical(ReadOnlySpan<byte> rows, int stride, ReadOnlySpan<int> weights, Span<byte> output)
    {
        for (var at = 0; at < stride; at++)
        {
            var sum = ResizeTaps.Half;
            for (var tap = 0; tap < weights.Length; tap++) sum += rows[tap * stride + at] * weights[tap];
            output[at] = Clip(sum);
        }
    }

    private static byte Clip(int sum) => (byte)Math.Clamp(sum >> ResizeTaps.FractionBits, 0, 255);
}
