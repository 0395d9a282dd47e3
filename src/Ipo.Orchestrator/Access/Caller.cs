using System.Security.Claims;
using Ipo.Keys;

namespace Ipo.Orchestrator.Access;

/// <summary>Who calls, once a key or a token has said so.</summary>
/// <param name="Id">For the audit log: a key's id, or a token's subject.</param>
/// <param name="Name">Whose limits count: keys of one name are one caller's.</param>
/// <param name="Role">What the caller may do.</param>
/// <param name="Tenant">Whose things the caller sees.</param>
internal sealed record Caller(string Id, string Name, Role Role, string Tenant)
{
    /// <summary>Whoever calls where nobody is asked.</summary>
    public static Caller Anybody { get; } = new("anybody", "anybody", Role.Admin, TenantName.Local);

    /// <summary>As the framework carries it along.</summary>
    public ClaimsPrincipal ToPrincipal() => new(new Identity(this));

    /// <summary>Who a request is of; null where nobody was told.</summary>
    public static Caller? Of(ClaimsPrincipal? principal) => (principal?.Identity as Identity)?.Caller;

    private sealed class Identity(Caller caller) : ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, caller.Id)], AccessScheme.Name)
    {
        public Caller Caller => caller;
    }
}
