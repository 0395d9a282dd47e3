using System.Net;
using Grpc.Net.Client.Balancer;
using Microsoft.Extensions.Logging;

namespace Ipo.ServiceDefaults;

/// <summary>Each call goes to the replica that has the fewest of this channel's calls, in turn among equals: one that is slow or
/// hangs is given less, which round robin would not do. A streamed answer counts until it begins.</summary>
internal sealed class LeastCalls(IChannelControlHelper controller, ILoggerFactory loggers, Replicas replicas)
    : SubchannelsLoadBalancer(new RestartedConnects(controller, loggers, LongestConnect), loggers)
{
    private static readonly TimeSpan LongestConnect = TimeSpan.FromSeconds(10);

    private static readonly BalancerAttributesKey<OpenCalls> Open = new("ipo-open-calls");

    /// <summary>The policy for a service of that name. Each has one of its own, since a channel tells its policy nothing else.</summary>
    public static string Policy(string service) => $"ipo_least_calls_{service}";

    protected override SubchannelPicker CreatePicker(IReadOnlyList<Subchannel> readySubchannels)
    {
        replicas.Ready = readySubchannels.Count;
        return new Picker([.. readySubchannels.Select(Replica.Of)]);
    }

    public sealed class Factory(string service, Replicas replicas) : LoadBalancerFactory
    {
        public override string Name => Policy(service);

        public override LoadBalancer Create(LoadBalancerOptions options) =>
            new LeastCalls(options.Controller, options.LoggerFactory, replicas);
    }

    private sealed class Picker(IReadOnlyList<Replica> ready) : SubchannelPicker
    {
        private uint _next;

        public override PickResult Pick(PickContext context)
        {
            var choice = ReplicaChoice.Current;
            var first = Interlocked.Increment(ref _next);
            var inTurn = Enumerable.Range(0, ready.Count).Select(at => ready[(int)((first + at) % ready.Count)]);
            var taken = inTurn.MinBy(replica => (
                choice is null || choice.Preferred is null || replica.Name != choice.Preferred,
                choice is not null && choice.Avoided.Contains(replica.Name), replica.Calls.Count))!;
            if (choice is not null) choice.Taken = taken.Name;
            return PickResult.ForSubchannel(taken.Subchannel, taken.Calls);
        }
    }

    private sealed record Replica(Subchannel Subchannel, string Name, OpenCalls Calls)
    {
        public static Replica Of(Subchannel subchannel)
        {
            // Pickers come and go with every change; the count stays with the replica.
            if (!subchannel.Attributes.TryGetValue(Open, out var calls)) subchannel.Attributes.Set(Open, calls = new());
            return new(subchannel, subchannel.CurrentAddress?.EndPoint is DnsEndPoint at ? $"{at.Host}:{at.Port}" : "", calls);
        }
    }

    private sealed class OpenCalls : ISubchannelCallTracker
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public void Start() => Interlocked.Increment(ref _count);

        public void Complete(CompletionContext context) => Interlocked.Decrement(ref _count);
    }
}
