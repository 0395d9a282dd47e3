using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Ipo.ServiceDefaults.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Ipo.ServiceDefaults;

/// <summary>The two ports of a service. Cleartext HTTP/1 and HTTP/2 cannot share one: without TLS there is no
/// negotiation, and Kestrel then speaks HTTP/1 only. So gRPC has an h2c port, and health, JSON and pages have an HTTP/1
/// port. With TLS both stay, and both speak it: callers show certificates on the gRPC port of a service that asks them for
/// nothing else, which probes and browsers cannot.</summary>
public static class ServicePorts
{
    /// <summary>The h2c port for gRPC; default 8081, 0 takes a free one.</summary>
    public const string GrpcSetting = "IPO_GRPC_PORT";

    /// <summary>The HTTP/1 port for health, JSON and pages; default 8080, 0 takes a free one.</summary>
    public const string HttpSetting = "IPO_HTTP_PORT";

    /// <summary>"loopback" (default: nothing outside this machine can reach the service) or "any"
    /// (containers).</summary>
    public const string BindSetting = "IPO_BIND";

    internal static void Listen(WebApplicationBuilder builder, bool grpc)
    {
        int http, h2c;
        IPAddress address;
        try
        {
            address = Address(builder.Configuration);
            http = Port(builder.Configuration, HttpSetting, 8080);
            h2c = grpc ? Port(builder.Configuration, GrpcSetting, 8081) : 0;
        }
        catch (ServiceStartException refusal)
        {
            builder.RefuseStart(refusal.Message);
            return;
        }
        builder.Services.AddSettings<ConnectionOptions>(ConnectionOptions.Section);
        builder.Services.AddSingleton<ConnectionLimits>().AddOptions<KestrelServerOptions>()
            .Configure<IOptions<ConnectionOptions>>((kestrel, limits) => ConnectionLimits.Set(kestrel.Limits, limits.Value));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // A unary gRPC call is one request body; Kestrel's own 30 MB would cut it before gRPC's limit speaks.
            kestrel.Limits.MaxRequestBodySize = GrpcServing.MaxReceiveBytes + 64 * 1024;
            var services = kestrel.ApplicationServices;
            var isKnown = services.GetRequiredService<IServiceProviderIsService>(); // nothing is made yet: wrong settings would throw here
            Open(http, HttpProtocols.Http1, asksCallers: false);
            if (grpc) Open(h2c, HttpProtocols.Http2, asksCallers: !isKnown.IsService(typeof(NetworkGuard)));

            void Open(int port, HttpProtocols protocols, bool asksCallers)
            {
                if (address.Equals(IPAddress.Any)) kestrel.ListenAnyIP(port, Configure); // IPv6 too
                else kestrel.Listen(address, port, Configure);

                void Configure(ListenOptions listen)
                {
                    listen.Protocols = protocols;
                    ConnectionLimits.Use(listen); // also while hands are shaken
                    if (!isKnown.IsService(typeof(ServiceCertificate))) return;
                    listen.UseHttps(new TlsHandshakeCallbackOptions
                    {
                        OnConnection = connection => services.GetRequiredService<ServiceCertificate>().Accept(connection, asksCallers),
                    });
                }
            }
        });
    }

    /// <summary>Says which setting names a port that another process holds, before Kestrel fails with a
    /// trace.</summary>
    internal static void RefuseWhatIsTaken(IConfiguration configuration, bool grpc)
    {
        var address = Address(configuration);
        RefuseTaken(address, Port(configuration, HttpSetting, 8080), HttpSetting);
        if (grpc) RefuseTaken(address, Port(configuration, GrpcSetting, 8081), GrpcSetting);
    }

    private static void RefuseTaken(IPAddress address, int port, string setting)
    {
        if (port == 0) return;
        using var probe = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // As Kestrel binds: a port in TIME_WAIT is free.
            if (!OperatingSystem.IsWindows()) probe.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            probe.Bind(new IPEndPoint(address, port));
            probe.Listen();
        }
        catch (SocketException refusal)
        {
            throw new ServiceStartException(
                $"port {port} cannot be opened on {address} ({refusal.SocketErrorCode}); set {setting} to a free port, or to 0 to take "
                    + "any.", refusal);
        }
    }

    /// <summary>Whether anything outside this machine may reach the service.</summary>
    public static bool IsOpenToTheNetwork(IConfiguration configuration) => !IPAddress.IsLoopback(Address(configuration));

    private static IPAddress Address(IConfiguration configuration) => configuration[BindSetting] switch
    {
        null or "" or "loopback" => IPAddress.Loopback,
        "any" => IPAddress.Any,
        var other => throw new ServiceStartException($"{BindSetting} is '{other}'; it takes 'loopback' or 'any'."),
    };

    private static int Port(IConfiguration configuration, string setting, int fallback)
    {
        var text = configuration[setting];
        if (string.IsNullOrEmpty(text)) return fallback;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= 65535
            ? port
            : throw new ServiceStartException($"{setting} is '{text}'; it takes a port number from 0 to 65535.");
    }
}
