using System.Security.Cryptography;
using System.Text;
using Ipo.ClipScorer.Images;
using Ipo.ClipScorer.ZeroShot;
using Xunit;

namespace Ipo.Tests.ClipScorer.ZeroShot;

public sealed class ImageSetTests
{
    private static readonly ImageDigest One = ImageDigest.Of("one"u8), Two = ImageDigest.Of("two"u8);

    [Fact]
    public void The_digest_is_the_contract_written_out_by_hand()
    {
        byte[] written = [.. Encoding.ASCII.GetBytes("ipo.image-set.1\n"), 3, 0, 0, 0, 2, 0, 0, 0,
            .. SHA256.HashData("one"u8), 2, 0, 0, 0, .. SHA256.HashData("two"u8), 0, 0, 0, 0];
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(written)), ImageSet.DigestOf([One, Two], [2, 0], 3));
    }

    [Fact]
    public void The_digest_depends_on_images_labels_order_and_class_count()
    {
        string[] digests =
        [
            ImageSet.DigestOf([One, Two], [0, 1], 2),
            ImageSet.DigestOf([Two, One], [0, 1], 2),
            ImageSet.DigestOf([One, Two], [1, 0], 2),
            ImageSet.DigestOf([One, Two], [0, 1], 3),
            ImageSet.DigestOf([One], [0], 2),
        ];
        Assert.Equal(digests.Length, digests.Distinct().Count());
    }

    [Fact]
    public void It_counts_the_images_of_each_class_empty_ones_included()
    {
        var set = new ImageSet("set", new float[8], 2, [2, 0, 2, 2], 4);
        Assert.Equal([1, 0, 3, 0], set.ClassImages);
        Assert.Equal(4 * (8 + 4 + 4), set.Bytes);
    }
}
