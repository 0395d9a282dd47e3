using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Images;
using Ipo.Optimization.Settings;
using Xunit;

namespace Ipo.Tests.Optimization.Images;

public sealed class FewShotTests
{
    private static readonly Gen<SearchImage[]> Images = Gen.Int[0, 4].Array[0, 40].Select(labels =>
        labels.Select(
            (label, index) => new SearchImage(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{index}"))), label))
                .ToArray());

    [Fact]
    public void Gives_each_class_as_many_images_as_asked_for_or_as_it_has() =>
        Gen.Select(Images, Gen.Int[1, 20], Gen.Long).Sample((images, shots, seed) =>
        {
            var had = images.CountBy(image => image.Label).ToDictionary();
            var got = FewShot.Choose(images, shots, seed).CountBy(image => image.Label).ToDictionary();
            Assert.Equal(had.Keys.Order(), got.Keys.Order());
            Assert.All(got, pair => Assert.Equal(Math.Min(shots, had[pair.Key]), pair.Value));
        });

    [Fact]
    public void Does_not_depend_on_the_order_of_the_images() =>
        Gen.Select(Images, Gen.Int[0, 20], Gen.Long, Gen.Int).Sample((images, shots, seed, shuffle) =>
        {
            var shuffled = images.ToArray();
            new Random(shuffle).Shuffle(shuffled);
            Assert.Equal(FewShot.Choose(images, shots, seed), FewShot.Choose(shuffled, shots, seed));
        });

    [Fact]
    public void More_shots_keep_the_images_of_fewer() =>
        Gen.Select(Images, Gen.Int[1, 10], Gen.Long).Sample((images, shots, seed) =>
            Assert.Subset(FewShot.Choose(images, shots + 1, seed).ToHashSet(), FewShot.Choose(images, shots, seed).ToHashSet()));

    [Fact]
    public void Zero_shots_are_all_images_by_label_and_digest() =>
        Gen.Select(Images, Gen.Long).Sample((images, seed) => Assert.Equal(
            images.OrderBy(image => image.Label).ThenBy(image => image.Sha256, StringComparer.Ordinal), FewShot.Choose(images, 0, seed)));

    [Fact]
    public void Seeds_choose_evenly()
    {
        var images = Enumerable.Range(0, 10).Select(index => new SearchImage(Convert.ToHexStringLower(SHA256.HashData([(byte)index])), 0))
            .ToArray();
        var counts = Enumerable.Range(0, 2000).SelectMany(seed => FewShot.Choose(images, 3, seed)).CountBy(image => image.Sha256)
            .Select(pair => pair.Value);
        Assert.All(counts, count => Assert.InRange(count, 500, 700)); // 600 each, 20 to a standard deviation
    }

    [Fact]
    public void A_seed_means_the_same_images_for_ever()
    {
        var images = Enumerable.Range(0, 10).Select(index => new SearchImage(Convert.ToHexStringLower(SHA256.HashData([(byte)index])), 0))
            .ToArray();
        Assert.Equal(["084fed08", "e52d9c50"], FewShot.Choose(images, 2, 1).Select(image => image.Sha256[..8]));
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(100, 50)]
    [InlineData(101, 51)]
    public void Base_classes_are_the_first_half_rounded_up(int classes, int searched)
    {
        Assert.Equal(searched, BaseNovel.SearchedClasses(classes, ClassSelection.Base));
        Assert.Equal(classes, BaseNovel.SearchedClasses(classes, ClassSelection.All));
    }
}
