using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Ipo.Tests.Fakes;

/// <summary>An identity provider on loopback: OpenID Connect discovery, keys that rotate, and tokens, good and forged.</summary>
internal sealed class IdentityProvider : IAsyncDisposable
{
    public const string Audience = "ipo";

    private readonly WebApplication _app;

    private IdentityProvider(WebApplication app)
    {
        _app = app;
        app.MapGet("/.well-known/openid-configuration", () => Answer(new { issuer = Address, jwks_uri = $"{Address}/keys" }));
        app.MapGet("/keys", () => Answer(new { keys = Published.Select(PublicKey) }));
    }

    public string Address => _app.Urls.Single();

    /// <summary>The key that signs.</summary>
    public RsaSecurityKey Key { get; private set; } = NewKey();

    /// <summary>The keys that it tells.</summary>
    public IList<RsaSecurityKey> Published { get; private set; } = [];

    /// <summary>Whether it answers.</summary>
    public bool IsDown { get; set; }

    public static async Task<IdentityProvider> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var provider = new IdentityProvider(builder.Build());
        provider.Published = [provider.Key];
        await provider._app.StartAsync();
        return provider;
    }

    public static RsaSecurityKey NewKey() => new(RSA.Create(2048)) { KeyId = Guid.NewGuid().ToString("N") };

    /// <summary>Signs with another key from now on, and forgets the old one.</summary>
    public void Rotate() => Published = [Key = NewKey()];

    /// <summary>A token.</summary>
    /// <param name="role">What its claim of roles holds; null for no such claim.</param>
    /// <param name="tenant">What its claim of the tenant holds; null for no such claim.</param>
    /// <param name="signing">How it is signed; null for the provider's key.</param>
    public string Token(
        string? role = "admin", string? tenant = "local", string audience = Audience, string? issuer = null, int minutes = 10,
        SigningCredentials? signing = null)
    {
        var claims = new Dictionary<string, object> { ["sub"] = "someone" };
        if (role is not null) claims["roles"] = role;
        if (tenant is not null) claims["tenant"] = tenant;
        var now = DateTime.UtcNow;
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer ?? Address,
            Audience = audience,
            Claims = claims,
            NotBefore = now.AddMinutes(Math.Min(-1, minutes - 1)),
            IssuedAt = now.AddMinutes(Math.Min(-1, minutes - 1)),
            Expires = now.AddMinutes(minutes),
            SigningCredentials = signing ?? new(Key, SecurityAlgorithms.RsaSha256),
        });
    }

    /// <summary>A token whose header says another algorithm, with the signature that is given.</summary>
    public string Forged(string algorithm, Func<byte[], byte[]> sign)
    {
        var payload = Token().Split('.')[1];
        var header = Base64UrlEncoder.Encode(JsonSerializer.Serialize(new { alg = algorithm, typ = "JWT", kid = Key.KeyId }));
        return $"{header}.{payload}.{Base64UrlEncoder.Encode(sign(Encoding.ASCII.GetBytes($"{header}.{payload}")))}";
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private IResult Answer(object value) => IsDown ? Results.StatusCode(503) : Results.Json(value);

    private static object PublicKey(RsaSecurityKey key)
    {
        var numbers = key.Rsa.ExportParameters(includePrivateParameters: false);
        return new
        {
            kty = "RSA",
            use = "sig",
            kid = key.KeyId,
            n = Base64UrlEncoder.Encode(numbers.Modulus),
            e = Base64UrlEncoder.Encode(numbers.Exponent),
        };
    }
}
