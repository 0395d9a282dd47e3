using System.Net;
using System.Net.Sockets;
using Ipo.Orchestrator.Configuration;
using Ipo.Orchestrator.Runs;
using Ipo.Orchestrator.Storage;
using Ipo.ServiceDefaults;
using Orleans.Configuration;

namespace Ipo.Orchestrator.Placement;

/// <summary>Several orchestrators over one database. Orleans places runs on them and finds out who died; who is there stands in
/// the database too (<see cref="MembersTable"/>). With a file for a database there is one orchestrator, and none of this.</summary>
internal static class Cluster
{
    /// <summary>The port at which orchestrators talk to each other; 0 takes a free one.</summary>
    public const string PortSetting = "IPO_CLUSTER_PORT";

    /// <summary>The address at which the others reach this one, for instance its pod's; by default the first of its own that is
    /// not loopback, and loopback where it is bound to that.</summary>
    public const string AddressSetting = "IPO_CLUSTER_ADDRESS";

    public static void AddWorkers(IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<LocalWorkers>();
        if (string.IsNullOrEmpty(builder.Configuration[DatabaseChoice.Setting]))
        {
            builder.Services.AddSingleton<IRunWorkers>(services => services.GetRequiredService<LocalWorkers>());
            return;
        }
        builder.Services.AddSingleton<IRunWorkers, ClusterWorkers>();
        // A run waits for its new worker as long as the death of the old one takes to be seen, and the search for it.
        builder.Services.PostConfigure<OrchestratorOptions>(options =>
        {
            if (string.IsNullOrEmpty(builder.Configuration[$"{OrchestratorOptions.Section}:{nameof(OrchestratorOptions.TakeUpEvery)}"]))
                options.TakeUpEvery = TimeSpan.FromSeconds(3);
        });
        IPAddress address;
        int port;
        try
        {
            (address, port) = (Address(builder.Configuration), Port(builder.Configuration));
        }
        catch (ServiceStartException refusal)
        {
            builder.RefuseStart(
                $"{refusal.Message} Orchestrators that share a database ({DatabaseChoice.Setting}) are reached by the others there.");
            return;
        }
        builder.UseOrleans(silo =>
        {
            silo.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = ("ipo", "ipo"));
            silo.Services.AddSingleton<IMembershipTable, MembersTable>();
            silo.ConfigureEndpoints(address, port, gatewayPort: 0, listenOnAnyHostAddress: false);
            silo.Configure<ClusterMembershipOptions>(membership =>
            {
                (membership.ProbeTimeout, membership.NumMissedProbesLimit) = (TimeSpan.FromSeconds(1), 3);
                membership.NumVotesForDeathDeclaration = 1;
                membership.TableRefreshTimeout = TimeSpan.FromSeconds(5);
                membership.DefunctSiloCleanupPeriod = TimeSpan.FromMinutes(10);
                membership.DefunctSiloExpiration = TimeSpan.FromHours(1);
            });
            // Orleans tries each step of its stop for as long as a join may take, five minutes, while the database is away. The others miss
            // one that could not say its end as they miss one that died.
            silo.Services.AddOptions<ClusterMembershipOptions>().Configure<IHostApplicationLifetime>((membership, lifetime) =>
                lifetime.ApplicationStopping.Register(() => membership.MaxJoinAttemptTime = TimeSpan.FromSeconds(3)));
            silo.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(10));
        });
    }

    private static IPAddress Address(IConfiguration configuration) => configuration[AddressSetting] switch
    {
        null or "" => ServicePorts.IsOpenToTheNetwork(configuration) ? OwnAddress() : IPAddress.Loopback,
        var text when IPAddress.TryParse(text, out var address) => address,
        var other => throw new ServiceStartException($"{AddressSetting} is '{other}'; it takes an IP address."),
    };

    private static IPAddress OwnAddress() => Dns.GetHostAddresses(Dns.GetHostName())
        .FirstOrDefault(address => address.AddressFamily is AddressFamily.InterNetwork && !IPAddress.IsLoopback(address))
        ?? throw new ServiceStartException(
            $"no address of this machine is found at which other orchestrators reach it; set {AddressSetting}.");

    private static int Port(IConfiguration configuration)
    {
        var text = configuration[PortSetting];
        if (string.IsNullOrEmpty(text)) return 11111;
        if (!int.TryParse(text, out var port) || port is < 0 or > 65535)
            throw new ServiceStartException($"{PortSetting} is '{text}'; it takes a port number from 0 to 65535.");
        if (port > 0) return port;
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
