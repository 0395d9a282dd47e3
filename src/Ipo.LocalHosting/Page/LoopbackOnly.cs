using Microsoft.AspNetCore.Http;

namespace Ipo.LocalHosting.Page;

/// <summary>Answers only to the names of this machine itself. A web page elsewhere can point a name of its own at 127.0.0.1 (DNS
/// rebinding) and would then read ours with its visitor's browser; the Host header still says its name.</summary>
internal static class LoopbackOnly
{
    public static Task Check(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        if (context.Request.Host.Host is "127.0.0.1" or "localhost" or "[::1]") return next(context);
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return context.Response.WriteAsync("This page is served under 127.0.0.1 and localhost only.", context.RequestAborted);
    }
}
