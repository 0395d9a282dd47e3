using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ipo.Tests.Fakes;

/// <summary>A fake scorer at an address of its own, as a replica is, which scores one template at a time.</summary>
internal sealed class ScorerReplica : IAsyncDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private WebApplication _app = null!;
    private int _inside;

    private ScorerReplica() => Scorer.BeforeScoring = ScoreAsync;

    public FakeScorer Scorer { get; } = new();

    public Uri Address { get; private set; } = null!;

    /// <summary>How long a template takes.</summary>
    public TimeSpan ServiceTime { get; set; }

    /// <summary>Templates at once, waiting ones included; one more is refused, as the real one's queue does.</summary>
    public int Places { get; set; } = int.MaxValue;

    /// <summary>How many it refused.</summary>
    public int Refused { get; private set; }

    public static async Task<ScorerReplica> StartAsync()
    {
        var replica = new ScorerReplica();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(server => server.Listen(System.Net.IPAddress.Loopback, 0, port => port.Protocols = HttpProtocols.Http2));
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(replica.Scorer).AddGrpc(grpc => grpc.MaxReceiveMessageSize = 64 * 1024 * 1024);
        replica._app = builder.Build();
        replica._app.MapGrpcService<FakeScorer>();
        await replica._app.StartAsync();
        replica.Address = new(replica._app.Urls.Single());
        return replica;
    }

    /// <summary>Breaks every connection and takes none any more.</summary>
    public async Task EndAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        await _app.DisposeAsync();
        _turn.Dispose();
    }

    private async Task ScoreAsync()
    {
        try
        {
            if (Interlocked.Increment(ref _inside) > Places)
            {
                Refused++;
                throw new Google.Rpc.Status
                {
                    Code = (int)StatusCode.ResourceExhausted,
                    Message = "full",
                    Details = { Google.Protobuf.WellKnownTypes.Any.Pack(new Google.Rpc.RetryInfo { RetryDelay = new() { Nanos = 20_000_000 } }) },
                }.ToRpcException();
            }
            await _turn.WaitAsync();
            try { await Task.Delay(ServiceTime); }
            finally { _turn.Release(); }
        }
        finally { Interlocked.Decrement(ref _inside); }
    }
}
