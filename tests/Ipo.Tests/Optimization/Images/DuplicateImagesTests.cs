using CsCheck;
using Ipo.Optimization.Images;
using Xunit;

namespace Ipo.Tests.Optimization.Images;

public sealed class DuplicateImagesTests
{
    private static float[] At(double angle) => [(float)Math.Cos(angle), (float)Math.Sin(angle)];

    [Fact]
    public void Names_the_nearest_of_those_that_are_near_enough()
    {
        var found = DuplicateImages.Between([At(0), At(1), At(2)], [At(0.115), At(0.1), At(2), At(1.0001)]);
        Assert.Equal([(0, 1), (1, 3), (2, 2)], found.Select(pair => (pair.Image, pair.Other)));
        Assert.Equal(1, found[2].Cosine, 6);
        Assert.Equal(Math.Cos(0.1), found[0].Cosine, 6);
    }

    [Fact]
    public void Finds_what_a_plain_search_finds() =>
        Gen.Select(Gen.Double[0, 6].Array[0, 12], Gen.Double[0, 6].Array[0, 12]).Sample((some, others) =>
        {
            float[][] images = [.. some.Select(At)];
            float[][] compared = [.. others.Select(At)];
            var expected =
                images.SelectMany((image, i) => compared.Select((other, j) => (i, j, Cosine: (image[0] * other[0]) + (image[1] * other[1])))
                    .Where(pair => pair.Cosine >= DuplicateImages.DuplicateThreshold + 1e-6).GroupBy(pair => pair.i)
                        .Select(group => group.Key));
            return expected.All(image => DuplicateImages.Between(images, compared).Any(pair => pair.Image == image))
                && DuplicateImages.Between(images, compared).All(pair => pair.Cosine >= DuplicateImages.DuplicateThreshold);
        });

    [Fact]
    public void The_cosine_of_any_length_is_the_sum_of_products() =>
        Gen.Select(Gen.Float[-1, 1].Array[37], Gen.Float[-1, 1].Array[37]).Sample((one, other) =>
            Math.Abs(Embeddings.Cosine(one, other) - one.Zip(other, (a, b) => (double)a * b).Sum()) < 1e-4);

    [Fact]
    public void Embeddings_of_two_checkpoints_are_not_compared() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Embeddings.Cosine([1, 0], [1, 0, 0]));
}
