using Ipo.Cli.Sessions;

namespace Ipo.Cli.Runs;

/// <summary>A run's page for a browser.</summary>
internal static class RunPage
{
    /// <summary>Its address; empty where the orchestrator names no pages.</summary>
    public static async Task<string> AddressAsync(Session session, string run)
    {
        var system = await session.Client.System.GetSystemAsync(new());
        return system.WebAddress.Length > 0 ? $"{system.WebAddress}/runs/{run}" : "";
    }
}
