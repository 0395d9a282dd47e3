using Ipo.Orchestrator.Configuration;
using Microsoft.Extensions.Options;

namespace Ipo.Orchestrator.Storage;

/// <summary>Which database an orchestrator works with.</summary>
internal static class DatabaseChoice
{
    /// <summary>A connection string of PostgreSQL; where there is none, a file in the data directory.</summary>
    public const string Setting = "ConnectionStrings:postgres";

    public static Database Open(IServiceProvider services) => services.GetRequiredService<IConfiguration>()[Setting] is { Length: > 0 } server
        ? new PostgresDatabase(server)
        : SqliteDatabase.InFolder(services.GetRequiredService<IOptions<OrchestratorOptions>>().Value.DataDirectory);
}
