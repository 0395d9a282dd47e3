using System.Net;
using Ipo.Cli.Connections;

namespace Ipo.Cli.Hub;

/// <summary>What a hub's refusal means and what to do about it. A hub says "401" also for what does not exist, so that nobody learns
/// what is private.</summary>
internal static class HubRefusal
{
    private const int LongestReason = 200;

    /// <summary>Why a model's files are not listed.</summary>
    public static Exception OfModel(HttpResponseMessage response, HubSettings settings, ModelName model, string revision) =>
        response.StatusCode switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => Closed(response, settings, model),
            HttpStatusCode.NotFound when Code(response) == "RevisionNotFound" => new CommandFailure(
                $"{model} has no revision '{revision}' at {settings.Endpoint}. "
                + $"Take a branch, a tag or a commit that is listed at {Page(settings, model)}."),
            HttpStatusCode.NotFound => new CommandFailure(
                $"{settings.Endpoint} has no model {model} with a revision '{revision}'. "
                + "Names are case-sensitive: copy it from the model's page."),
            _ => Other(response, settings.Endpoint),
        };

    /// <summary>Why a file is not sent.</summary>
    /// <param name="response">The refusal.</param>
    /// <param name="last">The address that refused: the hub's, or one that it sent on to.</param>
    public static Exception OfFile(HttpResponseMessage response, HubSettings settings, ModelName model, string file, Uri last) =>
        response.StatusCode switch
        {
            // A link to another host is good for a while only; the next try gets a new one.
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NotFound when !settings.IsHubs(last) =>
                new PassingFault($"{last.Host}, to which the hub sends for {file}, answers {(int)response.StatusCode}"),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => Closed(response, settings, model),
            HttpStatusCode.NotFound => new CommandFailure(
                $"{settings.Endpoint} lists {file} for {model} and does not have it. Try again later, or another mirror."),
            HttpStatusCode.RequestedRangeNotSatisfiable =>
                new PassingFault($"{last.Host} has less of {file} than is here") { DropsPart = true },
            _ => Other(response, last),
        };

    private static CommandFailure Closed(HttpResponseMessage response, HubSettings settings, ModelName model)
    {
        var status = (int)response.StatusCode;
        if (Code(response) == "GatedRepo")
            return new(
                $"{model} is gated ({status}): accept its licence at {Page(settings, model)}, "
                + "and set HF_TOKEN to a token of the account that did.");
        return settings.Token is null
            ? new($"{settings.Endpoint} shows {model} to nobody without a token ({status}): it is gated, private, "
                + $"or not there under this name. Look at {Page(settings, model)}, accept its licence where it asks for that, "
                + "and set HF_TOKEN.")
            : new($"{settings.Endpoint} does not let the account of HF_TOKEN read {model} ({status}{Reason(response)}). "
                + "Check that the token is valid and may read it, and that the account accepted the licence at "
                + $"{Page(settings, model)}.");
    }

    private static Exception Other(HttpResponseMessage response, Uri address) => response.StatusCode switch
    {
        HttpStatusCode.TooManyRequests => new PassingFault($"{address.Host} has too many requests (429)", StatedWait(response)),
        HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError =>
            new PassingFault($"{address.Host} answers {(int)response.StatusCode}{Reason(response)}", StatedWait(response)),
        _ => new CommandFailure(
            $"{address.Host} answers {(int)response.StatusCode}{Reason(response)}, which is no answer of a hub. "
            + "Check HF_ENDPOINT and the model's name."),
    };

    private static TimeSpan? StatedWait(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } wait } => wait,
        { Date: { } moment } => TimeSpan.FromSeconds(
            Math.Max(0, (moment - (response.Headers.Date ?? DateTimeOffset.UtcNow)).TotalSeconds)),
        _ => null,
    };

    private static string Page(HubSettings settings, ModelName model) => $"{settings.Endpoint}{model}";

    private static string? Code(HttpResponseMessage response) =>
        response.Headers.TryGetValues("X-Error-Code", out var codes) ? codes.First() : null;

    private static string Reason(HttpResponseMessage response) =>
        response.Headers.TryGetValues("X-Error-Message", out var reasons) && reasons.First() is var reason
            ? $": {reason[..Math.Min(LongestReason, reason.Length)]}"
            : "";
}
