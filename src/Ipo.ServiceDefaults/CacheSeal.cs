using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Ipo.ServiceDefaults;

/// <summary>Seals what goes into a shared cache: AES-256-GCM with the key of the cache as associated data, so that a value
/// is read under the very key that it was written under and under no other, and says nothing to who only sees the cache. A
/// value that was changed, moved or made by somebody without the secret is not opened. Form: nonce (12 bytes), ciphertext,
/// tag (16 bytes).</summary>
public sealed partial class CacheSeal : IDisposable
{
    /// <summary>The setting with the secret that all replicas of an installation share: at least 32 characters.</summary>
    public const string Setting = "IPO_CACHE_SECRET";

    /// <summary>What a sealed value is longer than the value, in bytes.</summary>
    public const int Overhead = NonceBytes + TagBytes;

    private const int FewestCharacters = 32;
    private const int NonceBytes = 12; // random: 2^32 values may be sealed with one secret (NIST SP 800-38D, section 8.3)
    private const int TagBytes = 16;

    private readonly ThreadLocal<AesGcm> _cipher; // one at a time may use a cipher

    /// <param name="secret">The secret. Null binds values to their keys all the same, so that a fault of the cache is
    /// noticed; a person who knows this code could forge one.</param>
    public CacheSeal(string? secret)
    {
        var key = HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret ?? Setting), 32, info: "ipo cache 1"u8.ToArray());
        _cipher = new(() => new AesGcm(key, TagBytes), trackAllValues: true);
    }

    /// <summary>Reads the secret of an installation.</summary>
    /// <returns>Null where none is set.</returns>
    /// <exception cref="ArgumentException">It is too short; the message says what is asked for.</exception>
    internal static string? SecretOf(IConfiguration configuration) => configuration[Setting] switch
    {
        null or "" => null,
        { Length: < FewestCharacters } => throw new ArgumentException(
            $"{Setting} has fewer than {FewestCharacters} characters; set it to a random text, for instance of `openssl rand -hex 32`."),
        var secret => secret,
    };

    /// <summary>Seals a value for a key.</summary>
    public byte[] Seal(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        var stored = new byte[value.Length + Overhead];
        var nonce = stored.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        _cipher.Value!.Encrypt(nonce, value, stored.AsSpan(NonceBytes, value.Length), stored.AsSpan(NonceBytes + value.Length), key);
        return stored;
    }

    /// <summary>Opens what stands under a key.</summary>
    /// <param name="key">The key that it was found under.</param>
    /// <param name="stored">The sealed value.</param>
    /// <param name="value">Takes the value, <see cref="Overhead"/> bytes shorter.</param>
    /// <returns>False, with nothing written that counts, where it was not sealed for this key with this secret.</returns>
    public bool TryOpen(ReadOnlySpan<byte> key, ReadOnlySpan<byte> stored, Span<byte> value)
    {
        if (stored.Length != value.Length + Overhead) return false;
        try
        {
            _cipher.Value!.Decrypt(stored[..NonceBytes], stored[NonceBytes..^TagBytes], stored[^TagBytes..], value, key);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    /// <summary>Opens what stands under a key.</summary>
    /// <returns>Null where it was not sealed for this key with this secret.</returns>
    public byte[]? Open(ReadOnlySpan<byte> key, ReadOnlySpan<byte> stored)
    {
        var value = new byte[Math.Max(0, stored.Length - Overhead)];
        return TryOpen(key, stored, value) ? value : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var cipher in _cipher.Values) cipher.Dispose();
        _cipher.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message =
        Setting + " is not set, so whoever can write to Redis can pass a value off as one of ours; set it to a random text, the same for "
            + "all services")]
    internal static partial void WithoutSecret(ILogger log);
}
