namespace Ipo.Orchestrator.Journal;

/// <summary>A run among those of all tenants.</summary>
/// <param name="Tenant">Whose it is.</param>
/// <param name="RunId">Its id, which another tenant's may have too.</param>
internal readonly record struct RunKey(string Tenant, string RunId)
{
    /// <summary>The run of that id of the tenant whose work is done.</summary>
    public static RunKey Of(string runId) => new(Access.Tenant.Current, runId);
}
