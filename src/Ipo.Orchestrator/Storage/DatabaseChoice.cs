using Ipo.Orchestrator.Configuration;
using Microsoft.Extensions.Options;

namespace Ipo.Orchestrator.Storage;

/// <summary>Which database an orchestrator works with.</summary>
internal static class DatabaseChoice
{
    /// <summary>A connection string of PostgreSQL; if it is not set, the database is a file in the data directory.</summary>
    public const string Setting = "ConnectionStrings:postgres";

    public static Database Open(IServiceProvider services)
    {
        if (services.GetRequiredService<IConfiguration>()[Setting] is { Length: > 0 } server) return new PostgresDatabase(server);
        var options = services.GetRequiredService<IOptions<OrchestratorOptions>>().Value;
        return SqliteDatabase.InFolder(options.DataDirectory, options.LeastFreeBytes);
    }
}
