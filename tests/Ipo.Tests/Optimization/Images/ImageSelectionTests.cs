using CsCheck;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Images;
using Xunit;

namespace Ipo.Tests.Optimization.Images;

public sealed class ImageSelectionTests
{
    private static float[] At(double angle) => [(float)Math.Cos(angle), (float)Math.Sin(angle)];

    [Fact]
    public void The_most_typical_image_of_a_class_comes_first()
    {
        SearchImage[] pool = [new("edge", 0), new("middle", 0), new("other-edge", 0), new("b", 1)];
        Assert.Equal(["middle", "b"], ImageSelection.Choose(pool, [At(0), At(0.3), At(0.6), At(2)], 2).Select(image => image.Sha256));
    }

    // Classes 0 and 1 look alike, class 2 does not: where two may be described, one stands for the pair.
    [Fact]
    public void With_fewer_places_than_classes_each_class_left_out_has_a_similar_one()
    {
        SearchImage[] pool = [new("a", 0), new("b", 1), new("c", 2)];
        var chosen = ImageSelection.Choose(pool, [At(0), At(0.1), At(2)], 2).Select(image => image.Sha256).ToList();
        Assert.Contains("c", chosen);
        Assert.Single(chosen, image => image is "a" or "b");
    }

    [Fact]
    public void Every_class_gets_one_before_any_gets_a_second_and_as_many_are_chosen_as_there_may_be() =>
        Gen.Select(Gen.Select(Gen.Int[0, 5], Gen.Double[0, 6]).Array[1, 30], Gen.Int[1, 40]).Sample((images, count) =>
        {
            SearchImage[] pool = [.. images.Select((image, i) => new SearchImage($"{i:00}", image.Item1))];
            var chosen = ImageSelection.Choose(pool, [.. images.Select(image => At(image.Item2))], count);
            Assert.Equal(Math.Min(count, pool.Length), chosen.Count);
            Assert.Equal(chosen.Count, chosen.Distinct().Count());
            var shares = pool.Select(image => image.Label).Distinct()
                .Select(label => (Chosen: chosen.Count(image => image.Label == label), All: pool.Count(image => image.Label == label)))
                    .ToList();
            // A class has fewer than another by more than one only where it has no more.
            Assert.All(shares, share => Assert.True(share.Chosen == share.All || share.Chosen >= shares.Max(other => other.Chosen) - 1));
        });

    [Fact]
    public void The_pool_bounds_what_is_looked_at_and_holds_enough_to_choose_from()
    {
        SearchImage[] images = [.. Enumerable.Range(0, 40_000).Select(i => new SearchImage($"{i:x64}", i % 1000))];
        var pool = ImageSelection.Pool(images, 64, seed: 1);
        Assert.Equal(16_000, pool.Count);
        Assert.All(pool.CountBy(image => image.Label), pair => Assert.Equal(16, pair.Value));
        Assert.Equal(pool, ImageSelection.Pool([.. images.Reverse()], 64, seed: 1));
        Assert.NotEqual(pool, ImageSelection.Pool(images, 64, seed: 2));

        SearchImage[] two = [.. images.Select(image => image with { Label = image.Label % 2 })];
        Assert.Equal(2 * 64, ImageSelection.Pool(two, 64, seed: 1).Count);
        Assert.Equal(2 * 300, ImageSelection.Pool(two, 300, seed: 1).Count);
    }

    [Fact]
    public void A_thousand_classes_of_sixteen_shots_are_covered_by_sixty_four_images_in_no_time()
    {
        var random = new Random(1);
        float[] Noise() => [.. Enumerable.Range(0, 64).Select(_ => (float)random.NextDouble() - 0.5f)];
        SearchImage[] pool = [.. Enumerable.Range(0, 16_000).Select(i => new SearchImage($"{i:x64}", i / 16))];
        float[][] embeddings =
            [.. pool.Select(
                _ => Noise() is var noise && MathF.Sqrt(Embeddings.Cosine(noise, noise)) is var length
                    ? Array.ConvertAll(noise, x => x / length)
                    : [])];
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var chosen = ImageSelection.Choose(pool, embeddings, 64);
        TestContext.Current.TestOutputHelper!.WriteLine($"{watch.Elapsed.TotalSeconds:0.00} s");
        Assert.Equal(64, chosen.Select(image => image.Label).Distinct().Count());
    }
}
