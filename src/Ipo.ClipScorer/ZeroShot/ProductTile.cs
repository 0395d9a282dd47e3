using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Ipo.ClipScorer.ZeroShot;

/// <summary>The innermost product: 12 images by 32 classes, held in registers while the dimension runs. Every one of
/// its values is one chain of fused multiply-adds over the dimension in order, whatever the register width, so all
/// forms give equal bits; <see cref="ByScalars"/> is that definition written down.</summary>
internal static unsafe class ProductTile
{
    /// <summary>Images in a tile. 12 × 2 registers of sums leave 8 of AVX-512's 32 for operands.</summary>
    public const int Rows = 12;

    private const int Classes = ClassMatrix.PanelWidth;

    /// <summary>Multiplies in the widest form that this machine runs fast.</summary>
    /// <param name="images">[dimension, 12]: the values of one dimension beside each other.</param>
    /// <param name="classes">[dimension, 32]: a panel of a <see cref="ClassMatrix"/>.</param>
    /// <param name="products">Receives 12 rows of 32 products.</param>
    /// <param name="stride">Floats from one row of products to the next.</param>
    public static void Multiply(ReadOnlySpan<float> images, ReadOnlySpan<float> classes, Span<float> products, int stride)
    {
        if (Vector512.IsHardwareAccelerated) By512Bits(images, classes, products, stride);
        else By256Bits(images, classes, products, stride);
    }

    /// <summary>The definition that the others are held against.</summary>
    public static void ByScalars(ReadOnlySpan<float> images, ReadOnlySpan<float> classes, Span<float> products, int stride)
    {
        for (var row = 0; row < Rows; row++)
        {
            for (var c = 0; c < Classes; c++)
            {
                var sum = 0f;
                for (var d = 0; d < classes.Length / Classes; d++)
                    sum = MathF.FusedMultiplyAdd(images[d * Rows + row], classes[d * Classes + c], sum);
                products[row * stride + c] = sum;
            }
        }
    }

    /// <summary>One pass: 24 of AVX-512's 32 registers hold sums.</summary>
    public static void By512Bits(ReadOnlySpan<float> images, ReadOnlySpan<float> classes, Span<float> products, int stride)
    {
        CheckLengths(images, classes, products, stride);
        fixed (float* i = images, c = classes, p = products) Whole(i, c, classes.Length / Classes, p, stride);
    }

    /// <summary>Four quarters of 6 images by 16 classes: 12 of AVX2's 16 registers hold sums.</summary>
    public static void By256Bits(ReadOnlySpan<float> images, ReadOnlySpan<float> classes, Span<float> products, int stride)
    {
        CheckLengths(images, classes, products, stride);
        fixed (float* i = images, c = classes, p = products)
        {
            for (var half = 0; half < Classes; half += 16)
            {
                Quarter(i, c + half, classes.Length / Classes, p + half, stride);
                Quarter(i + 6, c + half, classes.Length / Classes, p + 6 * stride + half, stride);
            }
        }
    }

    // The pointers below know no bounds.
    private static void CheckLengths(ReadOnlySpan<float> images, ReadOnlySpan<float> classes, Span<float> products, int stride)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(images.Length, classes.Length / Classes * Rows);
        ArgumentOutOfRangeException.ThrowIfLessThan(products.Length, (Rows - 1) * stride + Classes);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, Classes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Whole(float* images, float* classes, int dimension, float* products, int stride)
    {
        Vector512<float> l0 = default, r0 = default;
        Vector512<float> l1 = default, r1 = default;
        Vector512<float> l2 = default, r2 = default;
        Vector512<float> l3 = default, r3 = default;
        Vector512<float> l4 = default, r4 = default;
        Vector512<float> l5 = default, r5 = default;
        Vector512<float> l6 = default, r6 = default;
        Vector512<float> l7 = default, r7 = default;
        Vector512<float> l8 = default, r8 = default;
        Vector512<float> l9 = default, r9 = default;
        Vector512<float> l10 = default, r10 = default;
        Vector512<float> l11 = default, r11 = default;
        for (var d = 0; d < dimension; d++, images += Rows, classes += Classes)
        {
            var left = Vector512.Load(classes);
            var right = Vector512.Load(classes + 16);
            var x0 = Vector512.Create(images[0]);
            l0 = Vector512.FusedMultiplyAdd(x0, left, l0);
            r0 = Vector512.FusedMultiplyAdd(x0, right, r0);
            var x1 = Vector512.Create(images[1]);
            l1 = Vector512.FusedMultiplyAdd(x1, left, l1);
            r1 = Vector512.FusedMultiplyAdd(x1, right, r1);
            var x2 = Vector512.Create(images[2]);
            l2 = Vector512.FusedMultiplyAdd(x2, left, l2);
            r2 = Vector512.FusedMultiplyAdd(x2, right, r2);
            var x3 = Vector512.Create(images[3]);
            l3 = Vector512.FusedMultiplyAdd(x3, left, l3);
            r3 = Vector512.FusedMultiplyAdd(x3, right, r3);
            var x4 = Vector512.Create(images[4]);
            l4 = Vector512.FusedMultiplyAdd(x4, left, l4);
            r4 = Vector512.FusedMultiplyAdd(x4, right, r4);
            var x5 = Vector512.Create(images[5]);
            l5 = Vector512.FusedMultiplyAdd(x5, left, l5);
            r5 = Vector512.FusedMultiplyAdd(x5, right, r5);
            var x6 = Vector512.Create(images[6]);
            l6 = Vector512.FusedMultiplyAdd(x6, left, l6);
            r6 = Vector512.FusedMultiplyAdd(x6, right, r6);
            var x7 = Vector512.Create(images[7]);
            l7 = Vector512.FusedMultiplyAdd(x7, left, l7);
            r7 = Vector512.FusedMultiplyAdd(x7, right, r7);
            var x8 = Vector512.Create(images[8]);
            l8 = Vector512.FusedMultiplyAdd(x8, left, l8);
            r8 = Vector512.FusedMultiplyAdd(x8, right, r8);
            var x9 = Vector512.Create(images[9]);
            l9 = Vector512.FusedMultiplyAdd(x9, left, l9);
            r9 = Vector512.FusedMultiplyAdd(x9, right, r9);
            var x10 = Vector512.Create(images[10]);
            l10 = Vector512.FusedMultiplyAdd(x10, left, l10);
            r10 = Vector512.FusedMultiplyAdd(x10, right, r10);
            var x11 = Vector512.Create(images[11]);
            l11 = Vector512.FusedMultiplyAdd(x11, left, l11);
            r11 = Vector512.FusedMultiplyAdd(x11, right, r11);
        }
        l0.Store(products);
        r0.Store(products + 16);
        l1.Store(products + 1 * stride);
        r1.Store(products + 1 * stride + 16);
        l2.Store(products + 2 * stride);
        r2.Store(products + 2 * stride + 16);
        l3.Store(products + 3 * stride);
        r3.Store(products + 3 * stride + 16);
        l4.Store(products + 4 * stride);
        r4.Store(products + 4 * stride + 16);
        l5.Store(products + 5 * stride);
        r5.Store(products + 5 * stride + 16);
        l6.Store(products + 6 * stride);
        r6.Store(products + 6 * stride + 16);
        l7.Store(products + 7 * stride);
        r7.Store(products + 7 * stride + 16);
        l8.Store(products + 8 * stride);
        r8.Store(products + 8 * stride + 16);
        l9.Store(products + 9 * stride);
        r9.Store(products + 9 * stride + 16);
        l10.Store(products + 10 * stride);
        r10.Store(products + 10 * stride + 16);
        l11.Store(products + 11 * stride);
        r11.Store(products + 11 * stride + 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Quarter(float* images, float* classes, int dimension, float* products, int stride)
    {
        Vector256<float> l0 = default, r0 = default;
        Vector256<float> l1 = default, r1 = default;
        Vector256<float> l2 = default, r2 = default;
        Vector256<float> l3 = default, r3 = default;
        Vector256<float> l4 = default, r4 = default;
        Vector256<float> l5 = default, r5 = default;
        for (var d = 0; d < dimension; d++, images += Rows, classes += Classes)
        {
            var left = Vector256.Load(classes);
            var right = Vector256.Load(classes + 8);
            var x0 = Vector256.Create(images[0]);
            l0 = Vector256.FusedMultiplyAdd(x0, left, l0);
            r0 = Vector256.FusedMultiplyAdd(x0, right, r0);
            var x1 = Vector256.Create(images[1]);
            l1 = Vector256.FusedMultiplyAdd(x1, left, l1);
            r1 = Vector256.FusedMultiplyAdd(x1, right, r1);
            var x2 = Vector256.Create(images[2]);
            l2 = Vector256.FusedMultiplyAdd(x2, left, l2);
            r2 = Vector256.FusedMultiplyAdd(x2, right, r2);
            var x3 = Vector256.Create(images[3]);
            l3 = Vector256.FusedMultiplyAdd(x3, left, l3);
            r3 = Vector256.FusedMultiplyAdd(x3, right, r3);
            var x4 = Vector256.Create(images[4]);
            l4 = Vector256.FusedMultiplyAdd(x4, left, l4);
            r4 = Vector256.FusedMultiplyAdd(x4, right, r4);
            var x5 = Vector256.Create(images[5]);
            l5 = Vector256.FusedMultiplyAdd(x5, left, l5);
            r5 = Vector256.FusedMultiplyAdd(x5, right, r5);
        }
        l0.Store(products);
        r0.Store(products + 8);
        l1.Store(products + 1 * stride);
        r1.Store(products + 1 * stride + 8);
        l2.Store(products + 2 * stride);
        r2.Store(products + 2 * stride + 8);
        l3.Store(products + 3 * stride);
        r3.Store(products + 3 * stride + 8);
        l4.Store(products + 4 * stride);
        r4.Store(products + 4 * stride + 8);
        l5.Store(products + 5 * stride);
        r5.Store(products + 5 * stride + 8);
    }
}
