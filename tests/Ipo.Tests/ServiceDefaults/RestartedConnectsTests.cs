using System.Collections.Concurrent;
using System.Reflection;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Grpc.Net.Client.Balancer;
using Grpc.Net.Client.Configuration;
using Ipo.ServiceDefaults;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Ipo.Tests.ServiceDefaults;

public sealed class RestartedConnectsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_connection_that_is_said_to_be_made_and_is_not_is_begun_anew()
    {
        await using var service = await TestService.Start((_, _) => Task.FromResult(new HealthCheckResponse()));
        var balancer = new Balanced();
        using var channel = GrpcChannel.ForAddress(service.Grpc, new()
        {
            Credentials = ChannelCredentials.Insecure,
            ServiceProvider = new ServiceCollection().AddSingleton<LoadBalancerFactory>(balancer).BuildServiceProvider(),
            ServiceConfig = new ServiceConfig { LoadBalancingConfigs = { new(balancer.Name) } },
        });
        var client = new Grpc.Health.V1.Health.HealthClient(channel);
        await client.CheckAsync(new(), cancellationToken: Cancellation);

        LeaveAlone(balancer.Ready.Single());
        await client.CheckAsync(new(), cancellationToken: Cancellation); // waits for a connection
        LeaveAlone(balancer.Ready.Single()); // and not only once
        await client.CheckAsync(new(), cancellationToken: Cancellation);
    }

    // What the fault of the channel comes to: a state that nobody works on. The moments in which it comes about by itself are too
    // short to be met on purpose.
    private static void LeaveAlone(Subchannel subchannel) =>
        Assert.Equal(true, typeof(Subchannel)
            .GetMethod("UpdateConnectivityState", BindingFlags.Instance | BindingFlags.NonPublic, [typeof(ConnectivityState), typeof(string)])!
            .Invoke(subchannel, [ConnectivityState.Connecting, "A test says so."]));

    private sealed class Balanced : LoadBalancerFactory
    {
        public ConcurrentDictionary<Subchannel, bool> Seen { get; } = new();

        public ICollection<Subchannel> Ready => Seen.Keys;

        public override string Name => "ipo_test";

        public override LoadBalancer Create(LoadBalancerOptions options) => new Balancer(
            new RestartedConnects(options.Controller, NullLoggerFactory.Instance, TimeSpan.FromMilliseconds(200)), options.LoggerFactory, Seen);
    }

    private sealed class Balancer(IChannelControlHelper controller, ILoggerFactory loggers, ConcurrentDictionary<Subchannel, bool> seen)
        : SubchannelsLoadBalancer(controller, loggers)
    {
        protected override SubchannelPicker CreatePicker(IReadOnlyList<Subchannel> readySubchannels)
        {
            foreach (var subchannel in readySubchannels) seen[subchannel] = true;
            return new Picker(readySubchannels[0]);
        }
    }

    private sealed class Picker(Subchannel subchannel) : SubchannelPicker
    {
        public override PickResult Pick(PickContext context) => PickResult.ForSubchannel(subchannel);
    }
}
