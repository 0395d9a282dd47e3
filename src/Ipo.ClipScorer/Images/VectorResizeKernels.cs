using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Ipo.ClipScorer.Images;

/// <summary>One pixel, or four bytes of a row, at a time: SSE4.1 and NEON.</summary>
internal sealed class Vector128ResizeKernel : ResizeKernel
{
    public override void Horizontal(ReadOnlySpan<byte> row, ResizeTaps taps, Span<byte> output)
    {
        ref var pixels = ref MemoryMarshal.GetReference(row);
        for (var column = 0; column < taps.Outputs; column++)
        {
            var weights = taps.Weights(column);
            ref var first = ref Unsafe.Add(ref pixels, taps.First(column) * 4);
            var sum = Vector128.Create(ResizeTaps.Half);
            for (var tap = 0; tap < weights.Length; tap++) sum += Widen(ref Unsafe.Add(ref first, tap * 4)) * weights[tap];
            Clip(sum).CopyTo(output, column * 4);
        }
    }

    public override void Vertical(ReadOnlySpan<byte> rows, int stride, ReadOnlySpan<int> weights, Span<byte> output)
    {
        ref var pixels = ref MemoryMarshal.GetReference(rows);
        for (var at = 0; at < stride; at += 4)
        {
            var sum = Vector128.Create(ResizeTaps.Half);
            for (var tap = 0; tap < weights.Length; tap++) sum += Widen(ref Unsafe.Add(ref pixels, (nint)tap * stride + at)) * weights[tap];
            Clip(sum).CopyTo(output, at);
        }
    }

    private static Vector128<int> Widen(ref byte pixel)
    {
        var four = Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<uint>(ref pixel)).AsByte();
        return Vector128.WidenLower(Vector128.WidenLower(four)).AsInt32();
    }

    /// <summary>A sum's four bytes.</summary>
    public static FourBytes Clip(Vector128<int> sum)
    {
        var clipped = Vector128.Clamp(sum >> ResizeTaps.FractionBits, Vector128<int>.Zero, Vector128.Create(255)).AsUInt16();
        var halves = Vector128.Narrow(clipped.AsUInt32(), clipped.AsUInt32());
        return new(Vector128.Narrow(halves, Vector128<ushort>.Zero).AsUInt32().ToScalar());
    }

    /// <summary>Four bytes on their way into a row.</summary>
    internal readonly record struct FourBytes(uint Value)
    {
        public void CopyTo(Span<byte> row, int at) => MemoryMarshal.Write(row[at..], Value);
    }
}

/// <summary>Two pixels, or eight bytes of a row, at a time: AVX2.</summary>
internal sealed class Vector256ResizeKernel : ResizeKernel
{
    public override void Horizontal(ReadOnlySpan<byte> row, ResizeTaps taps, Span<byte> output)
    {
        var spread = Vector256.Create(0, 0, 0, 0, 1, 1, 1, 1);
        ref var pixels = ref MemoryMarshal.GetReference(row);
        for (var column = 0; column < taps.Outputs; column++)
        {
            var weights = taps.PaddedWeights(column);
            ref var weight = ref MemoryMarshal.GetReference(weights);
            ref var first = ref Unsafe.Add(ref pixels, taps.First(column) * 4);
            var sum = Vector256<int>.Zero;
            for (var tap = 0; tap < weights.Length; tap += 2)
            {
                ref var pair = ref Unsafe.As<int, byte>(ref Unsafe.Add(ref weight, tap));
                var two = Vector256.CreateScalarUnsafe(Unsafe.ReadUnaligned<long>(ref pair)).AsInt32();
                sum += Widen(ref Unsafe.Add(ref first, tap * 4)) * Avx2.PermuteVar8x32(two, spread);
            }
            Vector128ResizeKernel.Clip(sum.GetLower() + sum.GetUpper() + Vector128.Create(ResizeTaps.Half)).CopyTo(output, column * 4);
        }
    }

    public override void Vertical(ReadOnlySpan<byte> rows, int stride, ReadOnlySpan<int> weights, Span<byte> output)
    {
        ref var pixels = ref MemoryMarshal.GetReference(rows);
        for (var at = 0; at < stride; at += 8)
        {
            var sum = Vector256.Create(ResizeTaps.Half);
            for (var tap = 0; tap < weights.Length; tap++) sum += Widen(ref Unsafe.Add(ref pixels, (nint)tap * stride + at)) * weights[tap];
            Vector128ResizeKernel.Clip(sum.GetLower()).CopyTo(output, at);
            Vector128ResizeKernel.Clip(sum.GetUpper()).CopyTo(output, at + 4);
        }
    }

    private static Vector256<int> Widen(ref byte pixels) =>
        Avx2.ConvertToVector256Int32(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(ref pixels)).AsByte());
}

/// <summary>Four pixels, or sixteen bytes of a row, at a time: AVX-512.</summary>
internal sealed class Vector512ResizeKernel : ResizeKernel
{
    public override void Horizontal(ReadOnlySpan<byte> row, ResizeTaps taps, Span<byte> output)
    {
        var spread = Vector512.Create(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3);
        ref var pixels = ref MemoryMarshal.GetReference(row);
        for (var column = 0; column < taps.Outputs; column++)
        {
            var weights = taps.PaddedWeights(column);
            ref var weight = ref MemoryMarshal.GetReference(weights);
            ref var first = ref Unsafe.Add(ref pixels, taps.First(column) * 4);
            var sum = Vector512<int>.Zero;
            for (var tap = 0; tap < weights.Length; tap += 4)
            {
                var four = Vector128.LoadUnsafe(ref weight, (nuint)tap).ToVector256Unsafe().ToVector512Unsafe();
                sum += Widen(ref Unsafe.Add(ref first, tap * 4)) * Avx512F.PermuteVar16x32(four, spread);
            }
            var halves = sum.GetLower() + sum.GetUpper();
            Vector128ResizeKernel.Clip(halves.GetLower() + halves.GetUpper() + Vector128.Create(ResizeTaps.Half))
                .CopyTo(output, column * 4);
        }
    }

    public override void Vertical(ReadOnlySpan<byte> rows, int stride, ReadOnlySpan<int> weights, Span<byte> output)
    {
        ref var pixels = ref MemoryMarshal.GetReference(rows);
        for (var at = 0; at < stride; at += 16)
        {
            var sum = Vector512.Create(ResizeTaps.Half);
            for (var tap = 0; tap < weights.Length; tap++) sum += Widen(ref Unsafe.Add(ref pixels, (nint)tap * stride + at)) * weights[tap];
            var clipped = Vector512.Max(sum >> ResizeTaps.FractionBits, Vector512<int>.Zero).AsUInt32();
            Avx512F.ConvertToVector128ByteWithSaturation(clipped).CopyTo(output[at..]);
        }
    }

    private static Vector512<int> Widen(ref byte pixels) => Avx512F.ConvertToVector512Int32(Vector128.LoadUnsafe(ref pixels));
}
