using System.Net;

namespace Ipo.Web.Backend;

/// <summary>Keeps pages of other sites away: a request that names another origin than its own host is refused, and so is
/// one that reached a loopback address under a foreign name (DNS rebinding).</summary>
internal sealed class ForeignPages(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (Problem(context) is not { } problem)
        {
            await next(context);
            return;
        }
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        await context.Response.WriteAsync(problem);
    }

    private static string? Problem(HttpContext context)
    {
        var (request, connection) = (context.Request, context.Connection);
        if (request.Headers.Origin is [{ } origin]
            && (!Uri.TryCreate(origin, UriKind.Absolute, out var page) || page.Authority != request.Host.Value))
            return $"Pages of '{origin}' may not use this service.";
        return connection.LocalIpAddress is { } local && IPAddress.IsLoopback(local) && !IsLoopback(request.Host.Host)
            ? $"This service listens on this machine alone and is not called '{request.Host.Host}'. Use localhost."
            : null;
    }

    private static bool IsLoopback(string host) =>
        host == "localhost" || host.EndsWith(".localhost", StringComparison.Ordinal)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
