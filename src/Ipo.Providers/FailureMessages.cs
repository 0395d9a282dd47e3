using System.ClientModel.Primitives;
using System.Globalization;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Google.Protobuf.WellKnownTypes;
using Ipo.V1;

namespace Ipo.Providers;

/// <summary>Names what went wrong at an endpoint, for counting and for a person: what, where, what to do. What the
/// provider wrote enters only as a short cleaned quotation, and not at all where it shows a piece of the key.</summary>
/// <param name="options">The endpoint.</param>
/// <param name="path">Its configuration path.</param>
/// <param name="proxy">The proxy on the way there; null where there is none.</param>
/// <param name="time">The clock for moments that a server states.</param>
internal sealed partial class FailureMessages(ChatEndpointOptions options, string path, EndpointProxy? proxy, TimeProvider time)
{
    private const int LongestQuotation = 200;

    private string Who =>
        $"{options.Model.Trim()} at {options.Address.Authority}{(proxy is null ? "" : $", through the proxy {proxy.Address},")}";

    /// <summary>A status other than success.</summary>
    public ProviderFailure Refused(PipelineResponse response, ReadOnlyMemory<byte>? body) =>
        ByStatus(response.Status, body is { } text ? ChatAnswer.ReadError(text) : null, response);

    /// <summary>Success, and no answer in it.</summary>
    public ProviderFailure Unusable(AnswerFault fault, ProviderError? error, PipelineResponse response) => fault switch
    {
        // A gateway that reports its own upstream's status inside a success.
        AnswerFault.Error when error?.Status is >= 300 and <= 599 => ByStatus(error.Status.Value, error, response),
        AnswerFault.Error =>
            Of(FailureKind.Malformed,
            $"{Who} answered with an error in place of a completion{Said(error)}; check {path}:Endpoint and {path}:Model."),
        AnswerFault.NoChoice => Of(FailureKind.Empty, $"{Who} answered without a choice; ask again, or try another {path}:Model."),
        AnswerFault.LimitReached =>
            Of(FailureKind.LimitReached,
            $"{Who} reached the limit of {options.MaxOutputTokens.ToString(CultureInfo.InvariantCulture)} tokens before it wrote any text; "
                + $"models that think first need more. Raise {path}:MaxOutputTokens, or take a model that thinks less."),
        AnswerFault.NoText =>
            Of(FailureKind.Empty, $"{Who} answered without text; if it thinks before it writes, raise {path}:MaxOutputTokens."),
        AnswerFault.Refused => Of(FailureKind.Empty, $"{Who} refused to answer; try another {path}:Model."),
        _ => Of(FailureKind.Malformed,
            $"{Who} answered with something other than a chat completion; check that {path}:Endpoint ends where /chat/completions begins."),
    };

    public ProviderFailure TooLong(int bytes) =>
        Of(FailureKind.Malformed, $"{Who} answered with more than {bytes / 1024 / 1024} MiB; check {path}:Endpoint.");

    public ProviderFailure TimedOut() =>
        Of(FailureKind.TimedOut,
            $"{Who} did not answer within {options.Timeout.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture)} s; raise "
                + $"{path}:Timeout, or ask a faster model.");

    public ProviderFailure Unreachable(Exception broken)
    {
        var cause = Cause(broken);
        if (NotReached(cause) is not { } reason)
            return Of(FailureKind.Unavailable,
                $"The connection to {Who} broke before the answer was complete; whether the call was charged is not known.");
        return Of(FailureKind.Unreachable, proxy is null ? reason
            : $"{Who} was not reached: {proxy.Fault(cause)} Correct the proxy setting ({EndpointProxy.Variables}), or name "
                + $"{options.Address.Host} in no_proxy.");
    }

    // Null where the connection stood and broke later.
    private string? NotReached(Exception cause) => cause switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } =>
            $"The host of {Who} is unknown; check {path}:Endpoint.",
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError, InnerException: { } insecure } =>
            $"No secure connection to {Who}: {TlsFault.Of(insecure)} (\"{insecure.Message}\"). Check {path}:Endpoint, or have this machine "
                + "trust the authority that signed the server's certificate.",
        HttpRequestException { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused } } =>
            $"Nothing listens where {Who} should be; start the server or check {path}:Endpoint.",
        HttpRequestException
        {
            HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.ProxyTunnelError,
            InnerException: var inner
        } =>
            $"No connection to {Who}{(inner is null ? "" : $" (\"{inner.Message}\")")}; check {path}:Endpoint and the network.",
        _ => null,
    };

    private ProviderFailure ByStatus(int status, ProviderError? error, PipelineResponse response)
    {
        var what = $"{Who} answered HTTP {status}";
        return status switch
        {
            402 => OutOfCredit(what, error),
            429 when error?.Code == "insufficient_quota" => OutOfCredit(what, error),
            429 => Of(FailureKind.RateLimited, $"{what}: slow down{Said(error)}. Ask less often, or raise the account's limits.",
                Wait(error, response)),
            // Nothing quoted here: providers like to repeat the key they refuse.
            401 => Of(FailureKind.Unauthorized,
                $"{what}: it refused the key. Check {path}:ApiKey and that its account may use this model."),
            403 when error is { IsModeration: true } =>
                Of(FailureKind.Rejected, $"{what}: its moderation refused what was asked. Try another {path}:Model or provider."),
            403 => Of(FailureKind.Unauthorized,
                $"{what}: it refused the key, or what was asked. Check {path}:ApiKey, that its account may use this model, and what its "
                    + "provider allows."),
            408 or >= 500 =>
                Of(FailureKind.Unavailable, $"{what}: it failed on its side{Said(error)}. Ask again later.", Wait(error, response)),
            407 => Of(FailureKind.Unauthorized,
                $"{what}: the proxy wants a name and a password. Add them to its address ({EndpointProxy.Variables})."),
            >= 300 and < 400 => Of(FailureKind.Rejected, $"{what}: it redirects. Set {path}:Endpoint to the address it has moved to."),
            404 => Of(FailureKind.Rejected, $"{what}: no such model or address{Said(error)}. Check {path}:Model and {path}:Endpoint."),
            400 or 422 =>
                Of(FailureKind.Rejected,
                $"{what}: it refused the request{Said(error)}. Check {path} and what was asked; where it does not know a field, see "
                    + $"{path}:SendSeed and {path}:MaxOutputTokensField."),
            _ => Of(FailureKind.Rejected, $"{what}: it refused the request{Said(error)}. Check {path} and what was asked."),
        };
    }

    private ProviderFailure OutOfCredit(string what, ProviderError? error) =>
        Of(FailureKind.Unauthorized,
            $"{what}: its account is out of credit{Said(error)}. Top it up, or set {path}:ApiKey to another account's.");

    private string Said(ProviderError? error)
    {
        if (error is null) return "";
        var said = Blank().Replace(Unprintable().Replace($"{error.Code} {error.Message}", " "), " ").Trim();
        if (said.Length == 0 || options.ApiKey.IsIn(said)) return "";
        return said.Length <= LongestQuotation ? $" (\"{said}\")" : $" (\"{said[..LongestQuotation].TrimEnd()}…\")";
    }

    // The headers first: a sentence in the body is written for people.
    private Duration? Wait(ProviderError? error, PipelineResponse response) =>
        (StatedWait.In(name => response.Headers.TryGetValue(name, out var value) ? value : null, time.GetUtcNow()) ?? error?.Wait)
            is { } wait ? Duration.FromTimeSpan(wait) : null;

    private static ProviderFailure Of(FailureKind kind, string message, Duration? retryAfter = null) =>
        new() { Kind = kind, Message = message, RetryAfter = retryAfter };

    // The pipeline wraps what the HTTP client says, which wraps the socket.
    private static Exception Cause(Exception broken)
    {
        for (var cause = broken; cause is not null; cause = cause.InnerException)
            if (cause is HttpRequestException) return cause;
        return broken;
    }

    // Control, format and surrogate characters, and angle brackets: a quotation stays text wherever it is shown.
    [GeneratedRegex(@"[\p{C}\p{Zl}\p{Zp}<>]")]
    private static partial Regex Unprintable();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blank();
}
