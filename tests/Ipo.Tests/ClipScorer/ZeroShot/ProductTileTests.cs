using System.Runtime.Intrinsics;
using Ipo.ClipScorer.ZeroShot;
using Xunit;

namespace Ipo.Tests.ClipScorer.ZeroShot;

public sealed class ProductTileTests
{
    private const int Stride = 40;

    [Theory]
    [InlineData(1), InlineData(2), InlineData(63), InlineData(256), InlineData(512), InlineData(768)]
    public void Every_register_width_gives_the_bits_of_the_scalar_definition(int dimension)
    {
        var images = Vectors.Unit(ProductTile.Rows, dimension, dimension);
        var classes = Vectors.Unit(ClassMatrix.PanelWidth, dimension, dimension + 1);
        float[] scalar = new float[ProductTile.Rows * Stride], half = new float[scalar.Length], full = new float[scalar.Length], chosen = new float[scalar.Length];
        ProductTile.ByScalars(images, classes, scalar, Stride);
        ProductTile.By256Bits(images, classes, half, Stride);
        ProductTile.By512Bits(images, classes, full, Stride);
        ProductTile.Multiply(images, classes, chosen, Stride);
        Assert.Equal(Bits(scalar), Bits(half));
        Assert.Equal(Bits(scalar), Bits(full));
        Assert.Equal(Bits(scalar), Bits(chosen));
        TestContext.Current.SendDiagnosticMessage($"512-bit registers are {(Vector512.IsHardwareAccelerated ? "in use" : "emulated here")}.");
    }

    private static int[] Bits(float[] values) => Array.ConvertAll(values, BitConverter.SingleToInt32Bits);
}
