using Ipo.Orchestrator.Access;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Role = Ipo.Keys.Role;

namespace Ipo.Orchestrator.Mcp;

/// <summary>Says beside a tool which role it takes at least; what says nothing is closed. No attribute of ASP.NET Core's:
/// the protocol's library would refuse with words of its own.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ToolForRoleAttribute(Role role) : Attribute
{
    public Role Role => role;
}

/// <summary>Holds each tool to its role, because the endpoint has one address for all of them, and has it written down.
/// </summary>
internal static class McpAccess
{
    private static readonly string[] Names = ["dataset", "runId"];

    public static McpRequestHandler<CallToolRequestParams, CallToolResult> Filter(
        McpRequestHandler<CallToolRequestParams, CallToolResult> next) => async (request, cancellation) =>
    {
        var needed = request.MatchedPrimitive?.Metadata.OfType<ToolForRoleAttribute>().SingleOrDefault()?.Role;
        var caller = Caller.Of(request.User);
        var audit = request.Services!.GetRequiredService<AuditLog>();
        var name = $"mcp {request.Params?.Name}";
        try
        {
            if (needed is { } role && caller?.Role >= role)
                return await audit.RecordAsync(
                    new AuditedCall(caller, role, name, Resource(request.Params)), () => next(request, cancellation).AsTask());
        }
        catch (AccessException refused) { return Refused(refused.Status); }
        var lacking = AccessErrors.RoleLacking(needed, caller?.Role);
        if (caller is not null) audit.Refused(caller, name, lacking.Reason);
        return Refused(lacking);
    };

    private static CallToolResult Refused(ServiceDefaults.ErrorStatus status) =>
        new() { IsError = true, Content = [new TextContentBlock { Text = $"{status.Reason}: {status.Message}" }] };

    private static Dictionary<string, string> Resource(CallToolRequestParams? call) => Names
        .Where(name => call?.Arguments?.ContainsKey(name) is true)
        .ToDictionary(name => name, name => call!.Arguments![name].ToString(), StringComparer.Ordinal);
}
