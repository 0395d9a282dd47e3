using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Ipo.ServiceDefaults;

/// <summary>Holds connections to <see cref="ConnectionOptions"/>. All but the share of one address is Kestrel's own.</summary>
internal sealed class ConnectionLimits(IOptions<ConnectionOptions> options)
{
    private readonly ConcurrentDictionary<IPAddress, int> _open = new();

    /// <summary>Sets Kestrel's own limits.</summary>
    public static void Set(KestrelServerLimits limits, ConnectionOptions options)
    {
        limits.MaxConcurrentConnections = options.Most;
        limits.MaxConcurrentUpgradedConnections = options.Most;
        limits.KeepAliveTimeout = options.IdleTimeout;
        limits.RequestHeadersTimeout = options.HeadersTimeout;
        limits.MaxRequestHeaderCount = options.MostHeaders;
        limits.MaxRequestHeadersTotalSize = options.HeaderBytes;
        limits.MinRequestBodyDataRate = limits.MinResponseDataRate =
            options.SlowestBytesPerSecond == 0 ? null : new(options.SlowestBytesPerSecond, options.SlowGrace);
        limits.Http2.MaxStreamsPerConnection = options.CallsPerConnection;
        limits.Http2.KeepAlivePingDelay = options.PingInterval;
        limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(20);
    }

    /// <summary>Closes what is over the share of its address.</summary>
    public static void Use(ListenOptions listen) => listen.Use(next =>
    {
        var limits = listen.ApplicationServices.GetRequiredService<ConnectionLimits>();
        return connection => limits.OpenAsync(connection, next);
    });

    private async Task OpenAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var most = options.Value.MostPerAddress;
        if (most == 0 || connection.RemoteEndPoint is not IPEndPoint { Address: var from })
        {
            await next(connection);
            return;
        }
        var address = CallerNetwork.Of(from);
        try
        {
            if (_open.AddOrUpdate(address, 1, (_, open) => open + 1) <= most) await next(connection);
            else connection.Abort(new ConnectionAbortedException("This address has as many connections as it may."));
        }
        finally
        {
            // The last one takes the entry along, else each address that ever called would stay.
            if (_open.AddOrUpdate(address, 0, (_, open) => open - 1) == 0) _open.TryRemove(new(address, 0));
        }
    }
}
