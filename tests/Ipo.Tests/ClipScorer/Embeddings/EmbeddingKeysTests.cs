using System.Text;
using Ipo.ClipScorer.Embeddings;
using Ipo.ClipScorer.Images;
using Xunit;

namespace Ipo.Tests.ClipScorer.Embeddings;

public sealed class EmbeddingKeysTests
{
    private static readonly ImageDigest Image = ImageDigest.Of("image"u8);

    [Fact]
    public void A_key_says_everything_that_could_change_the_numbers() =>
        Assert.Equal($"ipo:image-embedding:2:{{{Image.ToString()[0]}}}:checkpoint:pixels-1:towers-1-fp32:{Image}", Encoding.UTF8.GetString(new EmbeddingKeys("checkpoint", "pixels-1", "towers-1-fp32").Key(Image)));

    [Fact]
    public void Images_of_one_slot_share_their_hash_tag()
    {
        var keys = new EmbeddingKeys("c", "p", "fp32");
        var images = Enumerable.Range(0, 300).Select(i => ImageDigest.Of(BitConverter.GetBytes(i))).ToList();
        foreach (var slot in images.GroupBy(EmbeddingKeys.Slot))
            Assert.Single(slot.Select(image => Encoding.UTF8.GetString(keys.Key(image)).Split('{', '}')[1]).Distinct());
        Assert.Equal(EmbeddingKeys.Slots, images.Select(EmbeddingKeys.Slot).Distinct().Count());
    }

    [Fact]
    public void A_digest_comes_back_from_its_bytes()
    {
        var bytes = new byte[32];
        Image.WriteTo(bytes);
        Assert.Equal(Image, new ImageDigest(bytes));
        Assert.Equal(Convert.ToHexStringLower(bytes), Image.ToString());
        Assert.NotEqual(Image, ImageDigest.Of("other"u8));
    }
}
