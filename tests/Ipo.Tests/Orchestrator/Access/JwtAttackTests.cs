using System.Security.Cryptography;
using System.Text;
using Grpc.Core;
using Ipo.Tests.Fakes;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace Ipo.Tests.Orchestrator.Access;

public sealed class JwtAttackTests : AccessTest
{
    [Theory]
    [InlineData(SecurityAlgorithms.RsaSha256)]
    [InlineData(SecurityAlgorithms.RsaSsaPssSha512)]
    public Task A_token_of_the_provider_is_let_in(string algorithm) =>
        LetInAsync(Provider.Token(signing: new(Provider.Key, algorithm)));

    [Fact]
    public Task An_expired_token_is_refused() => RefusedAsync("TOKEN_EXPIRED", Provider.Token(minutes: -10));

    [Fact]
    public Task Another_audiences_is_refused() => RefusedAsync("TOKEN_INVALID", Provider.Token(audience: "another"));

    [Fact]
    public Task Another_issuers_is_refused() => RefusedAsync("TOKEN_INVALID", Provider.Token(issuer: "https://elsewhere.example"));

    [Fact]
    public Task A_strangers_signature_is_refused() => RefusedAsync(
        "TOKEN_INVALID", Provider.Token(signing: new(IdentityProvider.NewKey(), SecurityAlgorithms.RsaSha256)));

    [Fact]
    public Task A_strangers_signature_under_the_providers_key_id_is_refused() => RefusedAsync(
        "TOKEN_INVALID", Provider.Token(signing: new(
            new RsaSecurityKey(RSA.Create(2048)) { KeyId = Provider.Key.KeyId }, SecurityAlgorithms.RsaSha256)));

    [Fact]
    public Task A_changed_claim_is_refused()
    {
        var parts = Provider.Token(role: "read").Split('.');
        var claims = Base64UrlEncoder.Decode(parts[1]).Replace("\"read\"", "\"admin\"", StringComparison.Ordinal);
        return RefusedAsync("TOKEN_INVALID", $"{parts[0]}.{Base64UrlEncoder.Encode(claims)}.{parts[2]}");
    }

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("NONE")]
    [InlineData("")]
    public Task No_signature_is_none(string algorithm) => RefusedAsync("TOKEN_INVALID", Provider.Forged(algorithm, _ => []));

    [Fact]
    public async Task The_public_key_as_a_shared_secret_is_refused()
    {
        byte[][] secrets =
        [
            Encoding.ASCII.GetBytes(Provider.Key.Rsa.ExportSubjectPublicKeyInfoPem()),
            Provider.Key.Rsa.ExportSubjectPublicKeyInfo(),
            Provider.Key.Rsa.ExportParameters(false).Modulus!,
        ];
        foreach (var secret in secrets)
            await RefusedAsync("TOKEN_INVALID", Provider.Forged("HS256", signed => HMACSHA256.HashData(secret, signed)));
    }

    [Fact]
    public async Task A_token_without_a_tenant_or_with_one_that_leads_out_of_its_folder_is_refused()
    {
        foreach (var tenant in (string?[])[null, "", "../local", "Local", "a/b", "a b", "a\n"])
            await RefusedAsync(StatusCode.PermissionDenied, "TENANT_MISSING", $"Bearer {Provider.Token(tenant: tenant)}");
    }

    [Fact]
    public async Task A_token_without_a_role_is_refused()
    {
        foreach (var role in (string?[])[null, "", "Admin", "owner"])
            await RefusedAsync(StatusCode.PermissionDenied, "ROLE_LACKING", $"Bearer {Provider.Token(role: role)}");
    }

    [Fact]
    public async Task Keys_rotate_and_a_token_of_the_old_one_is_replayed_in_vain()
    {
        var old = Provider.Token();
        await LetInAsync(old);
        Provider.Rotate();
        var next = Provider.Token();
        // Asked for in the background: whoever brings the first token of a new key may have to come again.
        for (var tries = 0; tries < 200; tries++)
            try
            {
                await LetInAsync(next);
                break;
            }
            catch (RpcException refused) when (refused.StatusCode == StatusCode.Unauthenticated) { await Task.Delay(25, Cancellation); }
        await LetInAsync(next);
        await RefusedAsync("TOKEN_INVALID", old);
    }

    [Fact]
    public async Task A_provider_that_does_not_answer_lets_nobody_in()
    {
        Provider.IsDown = true;
        await RefusedAsync(StatusCode.Unavailable, "ACCESS_UNAVAILABLE", $"Bearer {Provider.Token()}");
    }

    private Task<string> RefusedAsync(string reason, string token) =>
        RefusedAsync(StatusCode.Unauthenticated, reason, $"Bearer {token}");
}
