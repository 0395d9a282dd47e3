using Ipo.Keys;

namespace Ipo.Orchestrator.Access;

/// <summary>Whose work is being done: everything that is kept is found under this name alone. It follows the work through
/// all that it awaits, as a trace does, so that no store can be asked without it. A request sets it to its caller's, a run
/// to that of its journal; work that nobody asked for is that of <see cref="TenantName.Local"/>.</summary>
internal static class Tenant
{
    private static readonly AsyncLocal<Work?> Ambient = new();

    /// <summary>The tenant whose work this is.</summary>
    public static string Current => Ambient.Value?.Tenant ?? TenantName.Local;

    /// <summary>Who asked for it, by name; null where nobody is asked, and in a run's own work.</summary>
    public static string? Caller => Ambient.Value?.Caller;

    /// <summary>Does what follows for a tenant, until the answer is disposed.</summary>
    public static IDisposable Enter(string tenant, string? caller = null)
    {
        var before = Ambient.Value;
        Ambient.Value = new(tenant, caller);
        return new Left(before);
    }

    private sealed record Work(string Tenant, string? Caller);

    private sealed class Left(Work? before) : IDisposable
    {
        public void Dispose() => Ambient.Value = before;
    }
}
