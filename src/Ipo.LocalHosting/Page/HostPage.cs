using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Encodings.Web;
using Aspire.Hosting;
using Ipo.LocalHosting.Running;
using Ipo.LocalHosting.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ipo.LocalHosting.Page;

/// <summary>The host's own web server: the page and its JSON on one loopback port, telemetry by OTLP over gRPC on another.</summary>
internal sealed class HostPage : IAsyncDisposable
{
    private readonly WebApplication _app;

    private HostPage(WebApplication app, int page, int telemetry)
    {
        _app = app;
        Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{page}/"));
        TelemetryAddress = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{telemetry}");
    }

    public Uri Address { get; }

    public string TelemetryAddress { get; }

    /// <param name="run">What is shown.</param>
    /// <param name="configuration">IPO_PAGE_PORT asks for a port of the page; otherwise it is any free one.</param>
    /// <param name="ports">Gives the free ones.</param>
    /// <param name="cancellation">Gives up the start.</param>
    public static async Task<HostPage> Start(LocalRun run, IConfiguration configuration, FreePorts ports, CancellationToken cancellation)
    {
        var page = Asked(configuration["IPO_PAGE_PORT"]) ?? ports.Take();
        var telemetry = ports.Take();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.Sources.Clear(); // the AppHost's own variables must not move this server
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 32 * 1024 * 1024;
            kestrel.Listen(IPAddress.Loopback, page, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, telemetry, listen => listen.Protocols = HttpProtocols.Http2);
        });
        builder.Services.AddGrpc(grpc => grpc.MaxReceiveMessageSize = 32 * 1024 * 1024);
        // The framework's own encoder leaves < and > as they are; an answer opened by itself must not be taken for markup by anyone.
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.Encoder = JavaScriptEncoder.Default);
        builder.Services.AddSingleton(run.Traces).AddSingleton(run.Metrics);

        var app = builder.Build();
        app.Use(LoopbackOnly.Check);
        app.MapGrpcService<TraceReceiver>();
        app.MapGrpcService<LogReceiver>();
        app.MapGrpcService<MetricReceiver>();
        PageFiles.Map(app);
        PageJson.Map(app, run);
        try
        {
            await app.StartAsync(cancellation);
        }
        catch (Exception refusal) when (refusal is IOException or SocketException)
        {
            await app.DisposeAsync();
            throw new DistributedApplicationException($"The page cannot be served ({refusal.Message}); set IPO_PAGE_PORT to a free port, or leave it unset.");
        }
        return new HostPage(app, page, telemetry);
    }

    private static int? Asked(string? port) => port switch
    {
        null or "" => null,
        _ when int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= 65_535 => number,
        _ => throw new DistributedApplicationException($"IPO_PAGE_PORT is '{port}'; set it to a port from 1 to 65535, or leave it unset for any free one."),
    };

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
