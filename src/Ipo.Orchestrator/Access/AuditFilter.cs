using System.Globalization;

namespace Ipo.Orchestrator.Access;

/// <summary>Has every call of an endpoint that is no RPC written down.</summary>
internal sealed class AuditFilter(AuditLog audit) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (Caller.Of(http.User) is not { } caller || ForRoleAttribute.Of(http.GetEndpoint()) is not { } needed) return await next(context);
        var names = http.Request.RouteValues.ToDictionary(
            pair => pair.Key, pair => Convert.ToString(pair.Value, CultureInfo.InvariantCulture) ?? "", StringComparer.Ordinal);
        var address = (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
        return await audit.RecordAsync(
            new AuditedCall(caller, needed, $"{http.Request.Method} {address}", names), () => next(context).AsTask());
    }
}
