using Ipo.Keys;
using Ipo.Orchestrator.Access;
using Ipo.Orchestrator.Configuration;

namespace Ipo.Orchestrator.Uploads;

/// <summary>Where a tenant's uploads lie, and what was made of them. Nothing of it is shared: what another tenant has sent
/// has to be sent again.</summary>
internal static class UploadsFolder
{
    /// <summary>The folder of <see cref="Tenant.Current"/>.</summary>
    public static string Of(OrchestratorOptions options)
    {
        var all = Path.Combine(options.DataDirectory, "uploads");
        return Tenant.Current == TenantName.Local ? all : Path.Combine(all, "tenants", Tenant.Current);
    }
}
