using Ipo.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace Ipo.Web.Backend;

/// <summary>Keeps pages of other sites away.</summary>
internal sealed class BrowserGuard(RequestDelegate next, IOptions<WebOptions> options)
{
    private const string Setting = $"{WebOptions.Section}:{nameof(WebOptions.AllowedOrigins)}";

    public Task InvokeAsync(HttpContext context)
    {
        if (BrowserOrigin.Problem(context, options.Value.AllowedOrigins, Setting) is not { } problem) return next(context);
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return context.Response.WriteAsync(problem, context.RequestAborted);
    }
}
