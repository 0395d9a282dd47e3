using System.Text.Encodings.Web;
using Ipo.Keys;
using Ipo.Orchestrator.Configuration;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;

namespace Ipo.Orchestrator.Access;

/// <summary>Tells who calls from the one header <c>authorization: Bearer TOKEN</c>: an API key, or a token that the
/// framework's JwtBearer checks. Where neither is configured, everybody is <see cref="Caller.Anybody"/>.</summary>
internal sealed partial class AccessHandler(
    IOptions<AccessOptions> access, KeyRing keys, IOptionsMonitor<JwtBearerOptions> jwt,
    IOptionsMonitor<AuthenticationSchemeOptions> scheme, ILoggerFactory logs, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(scheme, logs, encoder)
{
    private const string Bearer = "Bearer ";

    // Where people put tokens: RFC 6750 has the first, which it discourages.
    private static readonly string[] InQuery = ["access_token", "token", "api_key", "apikey", "key", "authorization"];

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (!access.Value.IsConfigured) return Is(Caller.Anybody);
        if (Request.Query.Any(pair => InQuery.Contains(pair.Key, StringComparer.OrdinalIgnoreCase) || pair.Value.Any(IsKey)))
            return Not(AccessErrors.InQuery);
        if (Request.Headers.Authorization.Count == 0) return AuthenticateResult.NoResult();
        if (Request.Headers.Authorization is not [{ } header] || !header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
            return Not(AccessErrors.Invalid("The header 'authorization' is not 'Bearer TOKEN', or is there more than once."));
        var token = header[Bearer.Length..].Trim();
        try
        {
            if (ApiKey.LooksLikeOne(token)) return Is(Keep(token, keys.Find(token), () => keys.Find(token)));
            if (access.Value.Jwt.Authority.Length == 0)
                return Not(AccessErrors.Invalid("The token is no API key, and this service takes nothing else. A key begins with 'ipo_'."));
            await DemandProviderAsync();
            var result = await Context.AuthenticateAsync(JwtBearerDefaults.AuthenticationScheme);
            var caller = JwtCaller.Of(result, access.Value.Jwt);
            return Is(Keep(token, caller, () => JwtCaller.Until(result.Properties?.ExpiresUtc, caller, TimeProvider)));
        }
        catch (AccessException refused) { return AuthenticateResult.Fail(refused); }
    }

    private Caller Keep(string token, Caller caller, Func<Caller> again)
    {
        Context.Features.Set(new Pass(token, caller, again));
        return caller;
    }

    // The framework would call a good token's signature wrong while it has not been told any key.
    private async Task DemandProviderAsync()
    {
        try { await jwt.Get(JwtBearerDefaults.AuthenticationScheme).ConfigurationManager!.GetConfigurationAsync(Context.RequestAborted); }
        catch (Exception fault) when (!Context.RequestAborted.IsCancellationRequested)
        {
            NotTold(Logger, access.Value.Jwt.Authority, fault.GetBaseException().Message);
            throw new AccessException(AccessErrors.Unavailable);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "No token is taken: {Authority} does not tell its keys: {Reason}")]
    private static partial void NotTold(ILogger log, string authority, string reason);

    private static bool IsKey(string? text) => text is not null && ApiKey.LooksLikeOne(text);

    private static AuthenticateResult Is(Caller caller) => AuthenticateResult.Success(new(caller.ToPrincipal(), AccessScheme.Name));

    private static AuthenticateResult Not(ServiceDefaults.ErrorStatus status) => AuthenticateResult.Fail(new AccessException(status));
}
