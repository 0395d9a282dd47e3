using System.Net;
using Grpc.Core;
using Ipo.Orchestrator.Configuration;
using Microsoft.Extensions.Options;

namespace Ipo.Orchestrator.Http;

/// <summary>Keeps pages of other sites away from the HTTP API: a browser would send their requests to a service on the
/// person's own machine. A request that names another origin than its own host is refused, and so is one that reached a
/// loopback address under a foreign name (DNS rebinding). Programs send no Origin and are not concerned.</summary>
internal sealed class BrowserGuard(RequestDelegate next, IOptions<OrchestratorOptions> options)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (Problem(context) is not { } problem)
        {
            await next(context);
            return;
        }
        await Refusals.WriteAsync(context.Response, new(StatusCode.PermissionDenied, "FOREIGN_ORIGIN", problem));
    }

    private string? Problem(HttpContext context)
    {
        var (request, connection) = (context.Request, context.Connection);
        if (request.Headers.Origin is not [{ } origin]) return null;
        if (options.Value.AllowedOrigins.Contains(origin, StringComparer.OrdinalIgnoreCase)) return null;
        if (!Uri.TryCreate(origin, UriKind.Absolute, out var page) || page.Authority != request.Host.Value)
            return $"Pages of '{origin}' may not call this service. Ipo:Orchestrator:AllowedOrigins lists the origins that may.";
        return connection.LocalIpAddress is { } local && IPAddress.IsLoopback(local) && !IsLoopback(request.Host.Host)
            ? $"This service listens on this machine alone and is not called '{request.Host.Host}'. Use localhost."
            : null;
    }

    private static bool IsLoopback(string host) =>
        host == "localhost" || host.EndsWith(".localhost", StringComparison.Ordinal)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
