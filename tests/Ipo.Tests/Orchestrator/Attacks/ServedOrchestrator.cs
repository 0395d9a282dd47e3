using System.Net;
using System.Net.Sockets;
using Grpc.Net.Client;
using Ipo.Orchestrator;
using Ipo.ServiceDefaults;
using Ipo.Tests.Fakes;
using Ipo.Tests.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Xunit;

namespace Ipo.Tests.Orchestrator.Attacks;

/// <summary>An orchestrator on real ports, with all that a service has before a call reaches its own code.</summary>
internal sealed class ServedOrchestrator : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ServedOrchestrator(WebApplication app) => _app = app;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public Uri Http => new(_app.Urls.First());

    public Uri Grpc => new(_app.Urls.Last());

    public IServiceProvider Services => _app.Services;

    /// <summary>Starts it over a folder, whose <c>data</c> is the root of the datasets.</summary>
    /// <param name="settings">Its settings by path.</param>
    public static async Task<ServedOrchestrator> StartAsync(TempFolder folder, FakeServices fakes, params (string Path, string Value)[] settings)
    {
        var builder = TestService.Builder(settings.ToDictionary(setting => setting.Path, setting => (string?)setting.Value));
        builder.Configuration["Ipo:Orchestrator:DataDirectory"] = Path.Combine(folder, "state");
        builder.Configuration["Ipo:Orchestrator:DatasetRoots:0"] = Path.Combine(folder, "data");
        builder.AddServiceDefaults("orchestrator");
        builder.AddOrchestrator();
        fakes.AddClients(builder.Services);
        var app = builder.Build();
        app.MapServiceDefaults();
        app.MapOrchestrator();
        await app.StartAsync();
        return new(app);
    }

    /// <summary>Opens a connection to a port of it.</summary>
    public static async Task<Socket> ConnectAsync(Uri address, string from = "127.0.0.1")
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        await socket.ConnectAsync(IPAddress.Loopback, address.Port, Cancellation);
        return socket;
    }

    /// <summary>Reads until the other side closes or resets the connection.</summary>
    /// <returns>What came.</returns>
    public static async Task<byte[]> ReadToEndAsync(Socket socket)
    {
        var (all, buffer) = (new MemoryStream(), new byte[65_536]);
        try
        {
            for (int read; (read = await socket.ReceiveAsync(buffer, Cancellation)) > 0;) all.Write(buffer, 0, read);
        }
        catch (SocketException) { } // reset: closed, too
        return all.ToArray();
    }

    /// <summary>Demands that both ports answer as ever, from an address that nobody attacked from.</summary>
    public async Task AnswersAsync()
    {
        using var handler = new SocketsHttpHandler { ConnectCallback = async (to, _) => new NetworkStream(await ConnectAsync(new($"http://{to.DnsEndPoint.Host}:{to.DnsEndPoint.Port}"), "127.0.0.9"), true) };
        using var http = new HttpClient(handler) { BaseAddress = Http };
        Assert.Equal("{\"runs\":[],\"nextPageToken\":\"\",\"damagedRuns\":[]}", (await http.GetStringAsync(new Uri("/v1/runs", UriKind.Relative), Cancellation)).Replace(" ", "", StringComparison.Ordinal));
        using var channel = GrpcChannel.ForAddress(Grpc, new() { HttpHandler = handler });
        Assert.Empty((await new V1.IpoClient(channel).Runs.ListRunsAsync(new(), cancellationToken: Cancellation)).Runs);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
