using Ipo.Orchestrator.Access;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace Ipo.Orchestrator.Http;

/// <summary>Answers whoever is not let in, in the words of the protocol that was spoken: a gRPC status, or its JSON.</summary>
internal sealed class AccessRefusals(AuditLog audit, Strangers strangers) : IAuthorizationMiddlewareResultHandler
{
    public async Task HandleAsync(
        RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Succeeded || (authorizeResult.Forbidden && HoldsNothing(context.GetEndpoint())))
        {
            await next(context);
            return;
        }
        var caller = Caller.Of(context.User);
        var status = authorizeResult.Forbidden
            ? AccessErrors.RoleLacking(ForRoleAttribute.Of(context.GetEndpoint()), caller?.Role)
            : (await context.AuthenticateAsync()).Failure is AccessException refused ? refused.Status : AccessErrors.Missing;
        if (caller is null) status = strangers.Refuse(context, status);
        else audit.Refused(caller, $"{context.Request.Method} {context.Request.Path}", status.Reason);
        await Refusals.AnswerAsync(context, status);
    }

    // No such path, another method than it has, or gRPC's answer that there is no such RPC.
    private static bool HoldsNothing(Endpoint? endpoint) =>
        endpoint is not RouteEndpoint { RoutePattern.RawText: var pattern } || pattern is null
        || pattern.Contains("{unimplementedService}", StringComparison.Ordinal)
        || pattern.Contains("{unimplementedMethod}", StringComparison.Ordinal);
}
