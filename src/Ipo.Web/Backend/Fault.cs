using Google.Rpc;
using Grpc.Core;

namespace Ipo.Web.Backend;

/// <summary>Why a call brought nothing, for the person at the page.</summary>
/// <param name="Message">What happened and what to do.</param>
/// <param name="Fields">What is wrong with single fields, by their path in the request.</param>
/// <param name="IsAway">Whether the orchestrator could not be reached, so that trying again may do.</param>
public sealed record Fault(string Message, IReadOnlyDictionary<string, string> Fields, bool IsAway)
{
    /// <summary>Whether signing in may help.</summary>
    public bool NeedsSignIn { get; private init; }

    /// <summary>What the page itself has to say.</summary>
    public static Fault Of(string message) => new(message, new Dictionary<string, string>(), false);

    public static Fault Of(RpcException refusal)
    {
        if (refusal.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded)
            return new(
                "The orchestrator does not answer. It may be starting again; this page goes on by itself once it does.",
                new Dictionary<string, string>(), true);
        var fields = refusal.GetRpcStatus()?.GetDetail<BadRequest>()?.FieldViolations
            .GroupBy(violation => violation.Field, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.First().Description, StringComparer.Ordinal);
        if (refusal.StatusCode is StatusCode.Unauthenticated && refusal.GetRpcStatus()?.GetDetail<ErrorInfo>()?.Reason == "TOKEN_MISSING")
            return new("Sign in to see this page.", new Dictionary<string, string>(), false) { NeedsSignIn = true };
        return new(refusal.Status.Detail, fields ?? [], false) { NeedsSignIn = refusal.StatusCode is StatusCode.Unauthenticated };
    }
}
