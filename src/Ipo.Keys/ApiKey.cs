using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Ipo.Keys;

/// <summary>A key as it is kept: all but its secret. Of that there is the SHA-256 alone. A slow hash, as for passwords,
/// would add nothing: 256 random bits are not guessed however fast a guess is.</summary>
public sealed partial record ApiKey
{
    private const int SecretBytes = 32;
    private const int IdLetters = 10;

    /// <summary>Names it in lists, in logs and for its revocation; 10 lower-case letters and digits, no secret.</summary>
    public required string Id { get; init; }

    /// <summary>Who calls with it. Keys of one name and tenant are one caller's, so that a new one can be handed out before
    /// the old one goes.</summary>
    public required string Name { get; init; }

    /// <summary>What the caller may do.</summary>
    public required Role Role { get; init; }

    /// <summary>Whose datasets and runs the caller sees.</summary>
    public required string Tenant { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>From when on it is refused; null for never.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Since when it is refused; null where it was not revoked.</summary>
    public DateTimeOffset? Revoked { get; init; }

    /// <summary>SHA-256 of the secret's text, 64 lower-case hexadecimal digits.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Makes a key.</summary>
    /// <returns>The key, and its token <c>ipo_ID_SECRET</c>, which nothing can show again.</returns>
    public static (ApiKey Key, string Token) Create(
        string name, Role role, string tenant, DateTimeOffset created, DateTimeOffset? expires)
    {
        var id = RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz0123456789", IdLetters);
        var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes));
        return (new()
        {
            Id = id,
            Name = name,
            Role = role,
            Tenant = tenant,
            Created = created,
            Expires = expires,
            Sha256 = DigestOf(secret),
        }, $"ipo_{id}_{secret}");
    }

    /// <summary>Whether a text begins as a token of a key does; a JWT never does.</summary>
    public static bool LooksLikeOne(string token) => token.StartsWith("ipo_", StringComparison.Ordinal);

    /// <summary>The id and the secret of a token; null if the text is not a token.</summary>
    public static (string Id, string Secret)? Parse(string token) => Token().Match(token) is { Success: true } match
        ? (match.Groups[1].Value, match.Groups[2].Value)
        : null;

    /// <summary>Whether a secret is this key's. Takes the same time for any.</summary>
    public bool Matches(string secret) => CryptographicOperations.FixedTimeEquals(
        Encoding.ASCII.GetBytes(DigestOf(secret)), Encoding.ASCII.GetBytes(Sha256));

    private static string DigestOf(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(secret)));

    [GeneratedRegex(@"^ipo_([a-z0-9]{10})_([0-9a-f]{64})\z")]
    private static partial Regex Token();
}
