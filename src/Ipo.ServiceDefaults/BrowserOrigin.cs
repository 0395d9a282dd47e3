using System.Net;
using Microsoft.AspNetCore.Http;

namespace Ipo.ServiceDefaults;

/// <summary>Tells requests that a page of another site has a browser send to a service on the person's own
/// machine.</summary>
public static class BrowserOrigin
{
    /// <summary>Why a request is refused: it names another origin than its own host, or it reached a loopback address
    /// under a foreign name (DNS rebinding). Null where it may pass. Programs send no Origin, and a browser none with a
    /// page's own GET, so the name alone decides there; a browser speaks HTTP/2 over TLS alone, and the
    /// certificate then has to name the host.</summary>
    /// <param name="context">The request.</param>
    /// <param name="allowed">Further origins that may call; their names are no foreign ones.</param>
    /// <param name="setting">The configuration path of those.</param>
    public static string? Problem(HttpContext context, IEnumerable<string> allowed, string setting)
    {
        var (request, connection) = (context.Request, context.Connection);
        if (request.Headers.Origin is [{ } origin])
        {
            if (allowed.Contains(origin, StringComparer.OrdinalIgnoreCase)) return null;
            if (!Uri.TryCreate(origin, UriKind.Absolute, out var page) || page.Authority != request.Host.Value)
                return $"Pages of '{origin}' may not call this service. {setting} lists the origins that may.";
        }
        else if (HttpProtocol.IsHttp2(request.Protocol)) return null;
        return connection.LocalIpAddress is { } local && IPAddress.IsLoopback(local) && !IsLoopback(request.Host.Host)
            && !allowed.Any(one => Uri.TryCreate(one, UriKind.Absolute, out var known) && known.Host == request.Host.Host)
            ? $"This service listens on this machine alone and is not called '{request.Host.Host}'. Use localhost, or set {setting}."
            : null;
    }

    private static bool IsLoopback(string host) =>
        host == "localhost" || host.EndsWith(".localhost", StringComparison.Ordinal)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
