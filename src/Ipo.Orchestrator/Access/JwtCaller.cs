using System.Security.Claims;
using Ipo.Keys;
using Ipo.Orchestrator.Configuration;
using Ipo.ServiceDefaults;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace Ipo.Orchestrator.Access;

/// <summary>How the framework checks a token of an identity provider, and who its caller is.</summary>
internal sealed class JwtCaller(IOptions<AccessOptions> access)
    : IConfigureNamedOptions<JwtBearerOptions>, IPostConfigureOptions<JwtBearerOptions>
{
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    public void Configure(JwtBearerOptions options) => Configure(JwtBearerDefaults.AuthenticationScheme, options);

    public void Configure(string? name, JwtBearerOptions options)
    {
        var jwt = access.Value.Jwt;
        if (jwt.Authority.Length == 0) return;
        options.Authority = jwt.Authority;
        options.Audience = jwt.Audience;
        options.RequireHttpsMetadata = !jwt.IsLocal;
        options.MapInboundClaims = false;
        options.SaveToken = false;
        options.AutomaticRefreshInterval = jwt.KeysLifetime;
        options.TokenValidationParameters = new()
        {
            ValidAudience = jwt.Audience,
            ValidAlgorithms = jwt.TakenAlgorithms(),
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            ClockSkew = ClockSkew,
        };
    }

    // A key that the provider has withdrawn, perhaps because it was stolen, would count for an hour more.
    public void PostConfigure(string? name, JwtBearerOptions options)
    {
        if (options.ConfigurationManager is BaseConfigurationManager keys) keys.UseLastKnownGoodConfiguration = false;
    }

    /// <summary>The caller of a token that was checked.</summary>
    /// <exception cref="AccessException">It is not taken, or says too little.</exception>
    public static Caller Of(AuthenticateResult result, JwtOptions jwt)
    {
        if (result is not { Succeeded: true, Principal: { } token }) throw new AccessException(Refusal(result.Failure));
        var tenant = token.FindFirstValue(jwt.TenantClaim);
        if (tenant is null || !TenantName.IsOne(tenant)) throw new AccessException(AccessErrors.TenantMissing(jwt.TenantClaim));
        var roles = token.FindAll(jwt.RoleClaim).Select(claim => RoleOf(claim.Value)).OfType<Role>().ToList();
        if (roles.Count == 0) throw new AccessException(AccessErrors.RoleLacking(Role.Read, null));
        if (token.FindFirstValue("sub") is not { Length: > 0 } subject)
            throw new AccessException(AccessErrors.Invalid("The token has no subject (claim 'sub')."));
        return new(subject, subject, roles.Max(), tenant);
    }

    /// <summary>The caller of a token that was checked before, as long as it has not expired.</summary>
    /// <exception cref="AccessException">It has.</exception>
    public static Caller Until(DateTimeOffset? expires, Caller caller, TimeProvider clock) =>
        expires + ClockSkew <= clock.GetUtcNow() ? throw new AccessException(AccessErrors.Expired) : caller;

    private static Role? RoleOf(string claim) => claim switch
    {
        "read" => Role.Read,
        "run" => Role.Run,
        "admin" => Role.Admin,
        _ => null,
    };

    private static ErrorStatus Refusal(Exception? fault) => fault switch
    {
        AggregateException { InnerExceptions: [var one, ..] } => Refusal(one),
        SecurityTokenExpiredException => AccessErrors.Expired,
        SecurityTokenNotYetValidException => AccessErrors.Invalid("The token is not valid yet."),
        SecurityTokenInvalidAudienceException => AccessErrors.Invalid("The token was made for another audience."),
        SecurityTokenInvalidIssuerException => AccessErrors.Invalid("The token is of another issuer."),
        SecurityTokenInvalidAlgorithmException => AccessErrors.Invalid("The token's signature algorithm is not taken."),
        SecurityTokenInvalidSignatureException => AccessErrors.Invalid("The token's signature does not hold."),
        null or SecurityTokenException or ArgumentException => AccessErrors.Invalid("The token is no API key and no token (JWT)."),
        _ => AccessErrors.Unavailable, // the provider could not be asked
    };
}
