namespace Ipo.AppHost;

internal static class PostgresComposition
{
    /// <summary>Gives the orchestrator a PostgreSQL for its journal where one is set or asked for, and the port at which those that
    /// share it talk to each other; else it keeps a file.</summary>
    public static IResourceBuilder<ProjectResource> WithPostgres(
        this IResourceBuilder<ProjectResource> orchestrator, HostSettings settings)
    {
        const string Name = "postgres";
        var builder = orchestrator.ApplicationBuilder;
        IResourceBuilder<IResourceWithConnectionString>? postgres =
            settings.HasExternalPostgres ? builder.AddConnectionString(Name)
            : settings.WantsPostgresContainer
                ? builder.AddPostgres("postgres-server").WithDataVolume().AddDatabase(Name, databaseName: "ipo")
            : null;
        return postgres is null ? orchestrator : orchestrator
            .WithReference(postgres, Name).WaitFor(postgres)
            .WithEndpoint(scheme: "tcp", name: "cluster", env: "IPO_CLUSTER_PORT", isProxied: false);
    }
}
