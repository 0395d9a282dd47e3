using Aspire.Hosting.Lifecycle;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ipo.AppHost;

/// <summary>What this host does besides Aspire: it tells its story on the terminal, keeps endpoints.json, starts again
/// what crashed, stops services in their order, and ends when DCP does.</summary>
internal static class HostServices
{
    public static void AddHostServices(this IDistributedApplicationBuilder builder, HostSettings settings)
    {
        if (settings.Home is not { } home) return; // publishing
        var services = builder.Services;
        services.AddSingleton(_ => home).AddSingleton(TimeProvider.System).AddSingleton(Console.Out);
        services.AddSingleton<EndpointsRecord>();
        services.AddSingleton<IDistributedApplicationEventingSubscriber>(provider => provider.GetRequiredService<EndpointsRecord>());
        services.AddSingleton<RunningProcesses>();
        services.AddSingleton<IDistributedApplicationEventingSubscriber>(provider => provider.GetRequiredService<RunningProcesses>());
        services.AddSingleton<IDistributedApplicationEventingSubscriber, ConsoleStory>();
        // The last to start is the first to stop, before Aspire stops DCP.
        services.AddHostedService<CrashedServices>().AddHostedService<DcpWatch>().AddHostedService<OrderlyStop>();
        services.Configure<HostOptions>(host => host.ShutdownTimeout = OrderlyStop.Grace + TimeSpan.FromSeconds(30));
        // Resources are stopped before this process ends, so that whoever waits for it knows that they are gone.
        builder.Configuration["DcpPublisher:WaitForResourceCleanup"] ??= "true";
        // What Aspire itself logs is of use to one who looks for a fault of its own:
        // Logging__LogLevel__Default=Information.
        if (builder.Configuration["Logging:LogLevel:Default"] is null) services.AddLogging(Quieten);
    }

    private static void Quieten(ILoggingBuilder logging)
    {
        logging.AddFilter("", LogLevel.Warning);
        logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error); // the dashboard's cookies, which end with it
        // A start that fails throws as well; one that is cancelled is no fault.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        // One line of DcpWatch instead of a trace for each stream that broke; but a missing container engine is said.
        logging.AddFilter("Aspire.Hosting.Dcp", LogLevel.Critical);
        logging.AddFilter("Aspire.Hosting.Dcp.DcpHost", LogLevel.Warning);
    }
}
