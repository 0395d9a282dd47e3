using Grpc.Core;
using Ipo.Orchestrator.Configuration;
using Ipo.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace Ipo.Orchestrator.Http;

/// <summary>Keeps pages of other sites away from the HTTP API.</summary>
internal sealed class BrowserGuard(RequestDelegate next, IOptions<OrchestratorOptions> options)
{
    private const string Setting = $"{OrchestratorOptions.Section}:{nameof(OrchestratorOptions.AllowedOrigins)}";

    public Task InvokeAsync(HttpContext context) =>
        BrowserOrigin.Problem(context, options.Value.AllowedOrigins, Setting) is { } problem
            ? Refusals.WriteAsync(context.Response, new(StatusCode.PermissionDenied, "FOREIGN_ORIGIN", problem))
            : next(context);
}
