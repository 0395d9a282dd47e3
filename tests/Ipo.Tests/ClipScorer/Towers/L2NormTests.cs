using Ipo.ClipScorer.Towers;
using Xunit;

namespace Ipo.Tests.ClipScorer.Towers;

public sealed class L2NormTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(256)]
    [InlineData(513)]
    public void Scales_each_vector_as_plain_arithmetic_does(int dimension)
    {
        const int count = 5;
        var random = new Random(dimension);
        float[] vectors = [.. Enumerable.Range(0, count * dimension).Select(_ => random.NextSingle() * 20 - 10)];
        var expected = vectors.Chunk(dimension).SelectMany(vector =>
        {
            var length = Math.Sqrt(vector.Sum(value => (double)value * value));
            return vector.Select(value => (float)(value / length));
        }).ToArray();
        L2Norm.Scale(vectors, dimension);
        for (var at = 0; at < vectors.Length; at++) Assert.InRange(vectors[at], MathF.BitDecrement(expected[at]), MathF.BitIncrement(expected[at]));
    }

    [Fact]
    public void A_vector_s_bits_do_not_depend_on_its_neighbours()
    {
        var random = new Random(1);
        float[] all = [.. Enumerable.Range(0, 3 * 40).Select(_ => random.NextSingle() - 0.5f)];
        var alone = all[40..80];
        L2Norm.Scale(all, 40);
        L2Norm.Scale(alone, 40);
        Assert.Equal(alone, all[40..80]);
    }
}
