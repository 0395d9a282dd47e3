using Ipo.Keys;
using Microsoft.AspNetCore.Authorization;

namespace Ipo.Orchestrator.Access;

/// <summary>Says beside an RPC, an endpoint or a tool which role it takes at least. What says nothing is closed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ForRoleAttribute(Role role) : Attribute, IAuthorizeData
{
    public Role Role => role;

    public string? Policy { get => PolicyOf(role); set => throw new NotSupportedException(); }

    public string? Roles { get; set; }

    public string? AuthenticationSchemes { get; set; }

    /// <summary>The role that an endpoint takes; null where it says none.</summary>
    public static Role? Of(Endpoint? endpoint) => endpoint?.Metadata.GetOrderedMetadata<ForRoleAttribute>() is { Count: > 0 } needed
        ? needed.Max(one => one.Role)
        : null;

    /// <summary>The name of a role's policy.</summary>
    public static string PolicyOf(Role role) => $"{AccessScheme.Name}:{role}";
}
