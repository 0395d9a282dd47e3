using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client.Balancer;
using Ipo.ServiceDefaults;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;
using GrpcHealth = Grpc.Health.V1.Health;

namespace Ipo.Tests.ServiceDefaults;

public sealed class GrpcClientsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static IHost Caller(IEnumerable<string> addresses, Action<GrpcClientDefaults>? configure = null)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(addresses.Select((address, number) => KeyValuePair.Create($"services:probe:grpc:{number}", (string?)address)));
        builder.AddIpoGrpcClient<GrpcHealth.HealthClient>("probe", configure);
        return builder.Build();
    }

    private static GrpcHealth.HealthClient Client(IHost caller) => caller.Services.GetRequiredService<GrpcHealth.HealthClient>();

    [Fact]
    public async Task Calls_go_round_robin_and_none_is_lost_when_a_replica_stops()
    {
        var counts = new ConcurrentDictionary<int, int>();
        var replicas = new List<TestService>();
        for (var number = 0; number < 3; number++)
        {
            var replica = number;
            replicas.Add(await TestService.Start((_, _) =>
            {
                counts.AddOrUpdate(replica, 1, (_, count) => count + 1);
                return Task.FromResult(new HealthCheckResponse());
            }));
        }
        using var caller = Caller(replicas.Select(replica => replica.Grpc.ToString()));
        // Connections to the replicas are made side by side; the balance is even from when all stand.
        var client = Client(caller);
        while (counts.Count < 3) await client.CheckAsync(new(), cancellationToken: Cancellation);
        counts.Clear();
        for (var call = 0; call < 30; call++) await client.CheckAsync(new(), cancellationToken: Cancellation);
        Assert.Equal([10, 10, 10], counts.OrderBy(one => one.Key).Select(one => one.Value));

        await replicas[0].DisposeAsync();
        counts.Clear();
        for (var call = 0; call < 30; call++) await client.CheckAsync(new(), cancellationToken: Cancellation);
        Assert.Equal(30, counts.Values.Sum());
        Assert.Equal(2, counts.Count);
        foreach (var replica in replicas.Skip(1)) await replica.DisposeAsync();
    }

    [Fact]
    public async Task A_server_that_says_it_is_leaving_is_one_that_cannot_be_reached()
    {
        // GOAWAY (RFC 9113, section 6.8): it processed nothing and saw no error.
        byte[] goAway = [0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        using var leaving = new TcpListener(IPAddress.Loopback, 0);
        leaving.Start();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var told = Task.Run(async () =>
        {
            var connections = new List<Socket>();
            while (!end.IsCancellationRequested)
                try
                {
                    connections.Add(await leaving.AcceptSocketAsync(end.Token));
                    await connections[^1].SendAsync(goAway, Cancellation);
                }
                catch (OperationCanceledException) { }
            foreach (var connection in connections) connection.Dispose();
        }, Cancellation);
        using var caller = Caller([$"http://{leaving.LocalEndpoint}"]);

        var refusal = await Assert.ThrowsAsync<RpcException>(async () => await Client(caller).CheckAsync(new(), cancellationToken: Cancellation));
        await end.CancelAsync();
        await told;

        Assert.Equal(StatusCode.Unavailable, refusal.StatusCode);
    }

    [Fact]
    public async Task A_replica_that_hangs_gets_no_more_calls_than_it_has_and_one_can_be_chosen_or_avoided()
    {
        var (counts, reached, gate) = (new ConcurrentDictionary<int, int>(), new TaskCompletionSource(), new TaskCompletionSource());
        var replicas = new List<TestService>();
        for (var number = 0; number < 3; number++)
        {
            var replica = number;
            replicas.Add(await TestService.Start(async (request, _) =>
            {
                counts.AddOrUpdate(replica, 1, (_, count) => count + 1);
                if (request.Service == "slow" && replica == 0)
                {
                    if (!reached.TrySetResult()) throw new RpcException(new Status(StatusCode.Internal, "asked again while it hangs"));
                    await gate.Task;
                }
                return new HealthCheckResponse();
            }));
        }
        using var caller = Caller(replicas.Select(replica => replica.Grpc.ToString()));
        var client = Client(caller);
        while (counts.Count < 3) await client.CheckAsync(new(), cancellationToken: Cancellation);
        Assert.Equal(3, caller.Services.GetRequiredKeyedService<Replicas>("probe").Ready);
        counts.Clear();
        Task? hanging = null;
        for (var call = 0; call < 40; call++)
        {
            Task one = client.CheckAsync(new() { Service = "slow" }, cancellationToken: Cancellation).ResponseAsync;
            if (hanging is null && await Task.WhenAny(one, reached.Task) == reached.Task) hanging = one;
            else await one;
        }
        Assert.Equal(1, counts[0]);
        Assert.NotNull(hanging);

        string Name(int replica) => $"{replicas[replica].Grpc.Host}:{replicas[replica].Grpc.Port}";
        async Task<string?> TakenAsync(ReplicaChoice choice)
        {
            choice.Enter();
            await client.CheckAsync(new(), cancellationToken: Cancellation).ResponseAsync;
            return choice.Taken;
        }
        Assert.Equal(Name(0), await TakenAsync(new() { Preferred = Name(0) }));
        for (var call = 0; call < 5; call++) Assert.Equal(Name(2), await TakenAsync(new() { Avoided = { Name(1) } }));
        Assert.NotNull(await TakenAsync(new() { Avoided = { Name(0), Name(1), Name(2) } }));
        Assert.NotNull(await TakenAsync(new() { Preferred = "gone:1" }));
        gate.SetResult();
        await hanging;
        foreach (var replica in replicas) await replica.DisposeAsync();
    }

    [Fact]
    public async Task A_name_is_looked_up_by_dns()
    {
        await using var service = await TestService.Start((_, _) => Task.FromResult(new HealthCheckResponse()));
        using var caller = Caller([$"dns:///127.0.0.1:{service.Grpc.Port}"]);
        await Client(caller).CheckAsync(new(), cancellationToken: Cancellation);
        // Ours, which asks again and again: gRPC's own does so only after a lost connection, and new replicas get no calls.
        Assert.Contains(caller.Services.GetServices<ResolverFactory>(), factory => factory is DnsResolverFactory);
    }

    [Fact]
    public async Task A_failed_call_is_not_made_twice()
    {
        var calls = 0;
        await using var service = await TestService.Start((_, _) =>
        {
            Interlocked.Increment(ref calls);
            throw new RpcException(new Status(StatusCode.Unavailable, "try again"));
        });
        using var caller = Caller([service.Grpc.ToString()]);
        await Assert.ThrowsAsync<RpcException>(async () => await Client(caller).CheckAsync(new(), cancellationToken: Cancellation));
        Assert.Equal(1, calls);
    }

    [Fact]
    public async Task A_call_gets_a_deadline_and_a_deadline_given_stays()
    {
        var deadlines = new ConcurrentQueue<TimeSpan>();
        await using var service = await TestService.Start((_, context) =>
        {
            deadlines.Enqueue(context.Deadline - DateTime.UtcNow);
            return Task.FromResult(new HealthCheckResponse());
        });
        using var caller = Caller([service.Grpc.ToString()], client => client.DefaultDeadline = TimeSpan.FromHours(5));
        await Client(caller).CheckAsync(new(), cancellationToken: Cancellation);
        await Client(caller).CheckAsync(new(), deadline: DateTime.UtcNow.AddHours(1), cancellationToken: Cancellation);
        using var watch = Client(caller).Watch(new(), cancellationToken: Cancellation);
        Assert.True(await watch.ResponseStream.MoveNext(Cancellation));
        Assert.Equal([5, 1, 5], deadlines.Select(left => Math.Round(left.TotalHours)));
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 5)]
    public async Task A_call_made_while_serving_another_has_no_more_time_than_that_one_unless_told_otherwise(bool propagate, int hours)
    {
        var left = TimeSpan.Zero;
        await using var called = await TestService.Start((_, context) =>
        {
            left = context.Deadline - DateTime.UtcNow;
            return Task.FromResult(new HealthCheckResponse());
        });
        await using var between = await TestService.Start(
            async (_, context) => await context.GetHttpContext().RequestServices.GetRequiredService<GrpcHealth.HealthClient>().CheckAsync(new()),
            builder =>
            {
                builder.Configuration["services:probe:grpc:0"] = called.Grpc.ToString();
                builder.AddIpoGrpcClient<GrpcHealth.HealthClient>("probe", client => (client.DefaultDeadline, client.PropagateCallContext) = (TimeSpan.FromHours(5), propagate));
            });
        using var caller = Caller([between.Grpc.ToString()]);
        await Client(caller).CheckAsync(new(), deadline: DateTime.UtcNow.AddHours(1), cancellationToken: Cancellation);
        Assert.Equal(hours, Math.Round(left.TotalHours));
    }

    [Fact]
    public async Task The_callers_trace_goes_on_in_the_called_service_with_one_client_span_for_a_call()
    {
        var seen = new ConcurrentQueue<string?>();
        await using var service = await TestService.Start((_, context) =>
        {
            seen.Enqueue(context.RequestHeaders.GetValue("traceparent"));
            return Task.FromResult(new HealthCheckResponse());
        });
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Grpc.Net.Client" or "System.Net.Http" or "Ipo.Test.Caller",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        using var source = new ActivitySource("Ipo.Test.Caller");
        using var caller = Caller([service.Grpc.ToString()]);
        string trace;
        using (var run = source.StartActivity("run")!)
        {
            trace = run.TraceId.ToHexString();
            await Client(caller).CheckAsync(new(), cancellationToken: Cancellation);
        }
        var ours = spans.Where(span => span.TraceId.ToHexString() == trace && span.Source.Name != source.Name).ToList();
        var call = Assert.Single(ours);
        Assert.Equal($"00-{trace}-{call.SpanId.ToHexString()}-01", Assert.Single(seen));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("ftp://host:21")]
    [InlineData("dns:///one:1", "dns:///two:2")]
    [InlineData("https://one:1", "http://two:2")]
    public void An_address_that_cannot_be_called_is_refused_with_its_path(params string[] addresses)
    {
        using var caller = Caller(addresses);
        var refusal = Assert.ThrowsAny<Exception>(() => Client(caller));
        Assert.Contains("services:probe:grpc:0", refusal.Message);
    }
}
