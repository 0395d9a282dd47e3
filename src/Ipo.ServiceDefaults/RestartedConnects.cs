using System.Globalization;
using Grpc.Core;
using Grpc.Net.Client.Balancer;
using Microsoft.Extensions.Logging;

namespace Ipo.ServiceDefaults;

/// <summary>Begins a connection anew that is said to be made and is not. Where one breaks in the moment in which it stands, the
/// channel takes the attempt that is ending for one that goes on, starts no other, and leaves the replica alone for good
/// (Subchannel.ConnectTransportAsync of Grpc.Net.Client 2.85; dotnet's grpc issue 2734 is a sibling).</summary>
/// <param name="inner">What makes the subchannels.</param>
/// <param name="loggers">Where it is said.</param>
/// <param name="longest">How long a connection may take; more than a replica at hand needs, since one being made is given up.</param>
internal sealed partial class RestartedConnects(IChannelControlHelper inner, ILoggerFactory loggers, TimeSpan longest)
    : IChannelControlHelper
{
    private const string Mark = "ipo-restarted";

    private readonly ILogger _log = loggers.CreateLogger<RestartedConnects>();
    private long _restarts;

    public Subchannel CreateSubchannel(SubchannelOptions options)
    {
        var subchannel = inner.CreateSubchannel(options);
        var timer = TimeProvider.System.CreateTimer(
            _ => Restart(subchannel), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        subchannel.OnStateChanged(change =>
        {
            if (change.State is ConnectivityState.Shutdown) timer.Dispose();
            else timer.Change(change.State is ConnectivityState.Connecting ? longest : Timeout.InfiniteTimeSpan, longest);
        });
        return subchannel;
    }

    public void UpdateState(BalancerState state) => inner.UpdateState(state);

    public void RefreshResolver() => inner.RefreshResolver();

    // New addresses are all that makes a subchannel that connects begin anew, and equal ones are none: so each has a mark. One that has
    // been connected meanwhile keeps its connection.
    private void Restart(Subchannel subchannel)
    {
        try
        {
            var addresses = subchannel.GetAddresses();
            BegunAnew(string.Join(", ", addresses), longest.TotalSeconds);
            subchannel.UpdateAddresses([.. addresses.Select(Marked)]);
        }
        catch (InvalidOperationException) { } // it was shut down this moment
    }

    private BalancerAddress Marked(BalancerAddress address)
    {
        var marked = new BalancerAddress(address.EndPoint);
        IDictionary<string, object?> attributes = marked.Attributes;
        foreach (var (name, value) in address.Attributes) attributes[name] = value;
        attributes[Mark] = Interlocked.Increment(ref _restarts).ToString(CultureInfo.InvariantCulture);
        return marked;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "There was no connection to {Addresses} after {Seconds} s; it is begun anew.")]
    private partial void BegunAnew(string addresses, double seconds);
}
