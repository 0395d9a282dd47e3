using CsCheck;
using Ipo.ServiceDefaults;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Ipo.Tests.ServiceDefaults;

public sealed class CacheSealTests
{
    private const string Secret = "0123456789abcdef0123456789abcdef";

    private static readonly Gen<byte[]> Bytes = Gen.Byte.Array[0, 300];

    [Fact]
    public void A_value_is_opened_under_its_key_with_the_same_secret()
    {
        using var one = new CacheSeal(Secret);
        using var other = new CacheSeal(Secret);
        Gen.Select(Bytes, Bytes).Sample((key, value) => other.Open(key, one.Seal(key, value))!.SequenceEqual(value), threads: 1);
    }

    [Fact]
    public void A_value_is_not_opened_under_another_key()
    {
        using var seal = new CacheSeal(Secret);
        Gen.Select(Bytes, Bytes, Bytes).Where((key, other, _) => !key.SequenceEqual(other))
            .Sample((key, other, value) => seal.Open(other, seal.Seal(key, value)) is null, threads: 1);
    }

    [Fact]
    public void A_changed_bit_anywhere_is_noticed()
    {
        using var seal = new CacheSeal(Secret);
        byte[] key = [1, 2, 3];
        var stored = seal.Seal(key, new byte[40]);
        for (var bit = 0; bit < 8 * stored.Length; bit++)
        {
            stored[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Null(seal.Open(key, stored));
            stored[bit / 8] ^= (byte)(1 << (bit % 8));
        }
        Assert.NotNull(seal.Open(key, stored));
    }

    [Fact]
    public void Another_secret_no_secret_and_too_few_bytes_open_nothing()
    {
        using var seal = new CacheSeal(Secret);
        using var other = new CacheSeal(Secret + "x");
        using var none = new CacheSeal(null);
        var stored = seal.Seal([7], [1, 2]);
        Assert.Null(other.Open([7], stored));
        Assert.Null(none.Open([7], stored));
        Assert.Null(seal.Open([7], stored.AsSpan(..^1)));
        Assert.Null(seal.Open([7], new byte[CacheSeal.Overhead - 1]));
        Assert.Null(seal.Open([7], []));
        Assert.Equal([1, 2], none.Open([7], none.Seal([7], [1, 2])));
    }

    [Fact]
    public void A_short_secret_is_refused_with_what_to_do()
    {
        var refusal = Assert.Throws<ArgumentException>(() => CacheSeal.SecretOf(Configured("too short")));
        Assert.Equal("IPO_CACHE_SECRET has fewer than 32 characters; set it to a random text, for instance of `openssl rand -hex 32`.", refusal.Message);
        Assert.Equal(Secret, CacheSeal.SecretOf(Configured(Secret)));
        Assert.Null(CacheSeal.SecretOf(Configured("")));
    }

    private static IConfiguration Configured(string secret) =>
        new ConfigurationBuilder().AddInMemoryCollection([new("IPO_CACHE_SECRET", secret)]).Build();
}
