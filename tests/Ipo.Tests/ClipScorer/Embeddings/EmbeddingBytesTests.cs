using Ipo.ClipScorer.Embeddings;
using Ipo.Tests.ClipScorer.ZeroShot;
using Xunit;

namespace Ipo.Tests.ClipScorer.Embeddings;

public sealed class EmbeddingBytesTests
{
    [Theory]
    [InlineData(1), InlineData(3), InlineData(256), InlineData(513)]
    public void An_embedding_comes_back_to_the_bit(int dimension)
    {
        var embedding = Vectors.Unit(1, dimension, dimension);
        var read = new float[dimension];
        Assert.True(EmbeddingBytes.TryRead(EmbeddingBytes.Of(embedding), read));
        Assert.Equal(embedding, read);
    }

    [Fact]
    public void The_bytes_are_little_endian_fp32() => Assert.Equal([0, 0, 128, 63, 0, 0, 0, 191], EmbeddingBytes.Of([1f, -0.5f]));

    [Fact]
    public void What_is_not_an_embedding_is_not_read()
    {
        var bytes = EmbeddingBytes.Of(Vectors.Unit(1, 16, 1));
        var read = new float[16];
        Assert.False(EmbeddingBytes.TryRead(bytes.AsSpan(4), read));
        Assert.False(EmbeddingBytes.TryRead([], read));
        Assert.False(EmbeddingBytes.TryRead(new byte[64], read));
        bytes[3] = 0xFF; // an exponent gone wild
        Assert.False(EmbeddingBytes.TryRead(bytes, read));
        Assert.False(EmbeddingBytes.TryRead(EmbeddingBytes.Of(Enumerable.Repeat(float.NaN, 16).ToArray()), read));
        Assert.Equal(new float[16], read);
    }
}
