using Grpc.Core;
using Ipo.Keys;
using Ipo.ServiceDefaults;

namespace Ipo.Orchestrator.Access;

/// <summary>What whoever is not let in is told: what is lacking, and never what there is.</summary>
internal static class AccessErrors
{
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(5);

    public static ErrorStatus Missing { get; } = new(
        StatusCode.Unauthenticated, "TOKEN_MISSING", "Say who calls: send the header 'authorization: Bearer TOKEN' with an API key or "
            + "a token of your identity provider. On the command line: IPO_TOKEN or --token-file.");

    public static ErrorStatus InQuery { get; } = new(
        StatusCode.Unauthenticated, "TOKEN_IN_QUERY", "A token stands in the address, where logs and histories keep it. Revoke it, and "
            + "send the next one in the header 'authorization: Bearer TOKEN'.");

    /// <param name="why">Why, as a sentence.</param>
    public static ErrorStatus Invalid(string why) => new(StatusCode.Unauthenticated, "TOKEN_INVALID", why);

    public static ErrorStatus Expired { get; } = new(
        StatusCode.Unauthenticated, "TOKEN_EXPIRED", "The token has expired; get a new one.");

    public static ErrorStatus Revoked { get; } = new(
        StatusCode.Unauthenticated, "TOKEN_REVOKED", "The key was revoked; ask whoever keeps the keys for a new one.");

    /// <summary>For a call that is open: the key is there, with another role or tenant.</summary>
    public static ErrorStatus Changed { get; } = new(
        StatusCode.Unauthenticated, "TOKEN_CHANGED", "The key was changed while the call was open; make the call again.");

    /// <param name="claim">The claim that names it.</param>
    public static ErrorStatus TenantMissing(string claim) => new(
        StatusCode.PermissionDenied, "TENANT_MISSING", $"The token names no tenant: its claim '{claim}' takes {TenantName.Rule}.")
    {
        Metadata = new Dictionary<string, string> { ["claim"] = claim },
    };

    /// <param name="needed">The role that is needed; null where no role is enough.</param>
    /// <param name="has">The caller's; null where the token names none.</param>
    public static ErrorStatus RoleLacking(Role? needed, Role? has) => new(
        StatusCode.PermissionDenied, "ROLE_LACKING", needed is null
            ? "No role may call this."
            : $"This takes the role '{Text(needed)}'; the caller's is '{Text(has)}'.")
    {
        Metadata = new Dictionary<string, string> { ["needed"] = Text(needed), ["role"] = Text(has) },
    };

    public static ErrorStatus Unavailable { get; } = new(
        StatusCode.Unavailable, "ACCESS_UNAVAILABLE", "Who calls cannot be checked now: the keys, or the identity provider's, cannot be "
            + "read. The orchestrator's log says why.")
    {
        RetryAfter = Later,
    };

    public static ErrorStatus AuditFailed { get; } = new(
        StatusCode.Unavailable, "AUDIT_FAILED", "Nothing was changed: who does what cannot be written down now. The orchestrator's log "
            + "says why.")
    {
        RetryAfter = Later,
    };

    public static ErrorStatus TooMany { get; } = new(
        StatusCode.ResourceExhausted, "TOO_MANY_REQUESTS", "Too many requests a second, or too many open at once; send fewer, or ask "
            + "whoever runs this service for more.")
    {
        RetryAfter = TimeSpan.FromSeconds(1),
    };

    public static ErrorStatus TooManyRefused { get; } = new(
        StatusCode.ResourceExhausted, "TOO_MANY_REQUESTS", "Too many calls without a valid token came from this address; send one that "
            + "is taken, and calls go through at once.")
    {
        RetryAfter = TimeSpan.FromMinutes(1),
    };

    /// <summary>What an exception of these means for a caller.</summary>
    public static ErrorStatus? Map(Exception fault) => (fault as AccessException)?.Status;

    private static string Text(Role? role) => role?.ToString().ToLowerInvariant() ?? "none";
}

/// <summary>A caller is not let in.</summary>
internal sealed class AccessException(ErrorStatus status) : Exception(status.Message)
{
    public ErrorStatus Status => status;
}
