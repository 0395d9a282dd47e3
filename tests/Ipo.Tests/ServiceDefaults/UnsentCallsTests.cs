using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Ipo.ServiceDefaults;
using Xunit;
using GrpcHealth = Grpc.Health.V1.Health;

namespace Ipo.Tests.ServiceDefaults;

public sealed class UnsentCallsTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_call_whose_connection_was_refused_is_made_again_and_arrives_once()
    {
        var arrived = 0;
        await using var service = await TestService.Start((_, _) => { Interlocked.Increment(ref arrived); return Task.FromResult(new HealthCheckResponse()); });
        using var line = new Line(service.Grpc, refused: 2);
        using var call = line.Client.CheckAsync(new(), cancellationToken: Cancellation);
        await call;
        Assert.Equal((3, 1), (line.Connections, arrived));
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
        Assert.Contains(await call.ResponseHeadersAsync, header => header.Key == "date");
    }

    [Fact]
    public async Task It_is_given_up_after_three_attempts()
    {
        await using var service = await TestService.Start();
        using var line = new Line(service.Grpc, refused: int.MaxValue);
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await line.Client.CheckAsync(new(), cancellationToken: Cancellation));
        Assert.Equal((StatusCode.Unavailable, 3), (failure.StatusCode, line.Connections));
    }

    [Fact]
    public async Task A_call_that_was_on_its_way_when_its_connection_broke_is_not_made_again()
    {
        var arrived = 0;
        await using var service = await TestService.Start((_, context) =>
        {
            Interlocked.Increment(ref arrived);
            context.GetHttpContext().Abort();
            return Task.FromResult(new HealthCheckResponse());
        });
        using var line = new Line(service.Grpc, refused: 0);
        await Assert.ThrowsAsync<RpcException>(async () => await line.Client.CheckAsync(new(), cancellationToken: Cancellation));
        Assert.Equal((1, 1), (line.Connections, arrived));
    }

    /// <summary>A client whose first connections go to a port where nobody listens.</summary>
    private sealed class Line : IDisposable
    {
        private readonly GrpcChannel _channel;

        public Line(Uri service, int refused)
        {
            _channel = GrpcChannel.ForAddress(service, new() { HttpHandler = new SocketsHttpHandler { ConnectCallback = Connect } });
            Client = new(_channel.Intercept(new UnsentCalls()));

            async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken cancellation)
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, Connections++ < refused ? Closed() : service.Port), cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            }
        }

        public GrpcHealth.HealthClient Client { get; }

        public int Connections { get; private set; }

        public void Dispose() => _channel.Dispose();

        private static int Closed()
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        }
    }
}
