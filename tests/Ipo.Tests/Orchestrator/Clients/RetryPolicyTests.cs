using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;
using Ipo.Orchestrator.Clients;
using Ipo.Orchestrator.Errors;
using Ipo.Tests.Fakes;
using Xunit;

namespace Ipo.Tests.Orchestrator.Clients;

public sealed class RetryPolicyTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_free_call_is_made_again_until_it_is_answered_and_says_what_it_waits_for()
    {
        var said = new List<string?>();
        var calls = 0;
        var retry = new RetryPolicy(new RushingClock(), limit: null, said.Add);
        Assert.Equal(7, await retry.CallAsync("clip-scorer", () => ++calls < 20 ? throw Fault(StatusCode.Unavailable, "starting") : Task.FromResult(7), Cancellation));
        Assert.Equal(20, calls);
        Assert.Equal("waiting for clip-scorer: starting", said[0]);
        Assert.Null(said[^1]);
    }

    [Fact]
    public async Task A_request_waits_a_few_seconds_and_then_names_the_service()
    {
        var clock = new RushingClock();
        var refused = await Assert.ThrowsAsync<RefusedException>(() => RetryPolicy.ForRequest(clock).CallAsync<int>("clip-scorer", () => throw Fault(StatusCode.Unavailable, "connection refused"), Cancellation));
        Assert.Equal(StatusCode.Unavailable, refused.Code);
        Assert.Equal("clip-scorer does not answer (connection refused); try again once it is up.", refused.Message);
        Assert.InRange(clock.Waited.TotalSeconds, 5, 12);
    }

    [Fact]
    public async Task A_service_that_says_how_long_to_wait_is_left_alone_that_long()
    {
        var clock = new RushingClock();
        var full = new Google.Rpc.Status
        {
            Code = (int)StatusCode.ResourceExhausted,
            Message = "full",
            Details = { Google.Protobuf.WellKnownTypes.Any.Pack(new Google.Rpc.RetryInfo { RetryDelay = new() { Seconds = 90 } }) },
        };
        var calls = 0;
        var retry = new RetryPolicy(clock, limit: null, _ => { });
        Assert.Equal(7, await retry.CallAsync("clip-scorer", () => ++calls < 3 ? throw full.ToRpcException() : Task.FromResult(7), Cancellation));
        Assert.InRange(clock.Waited.TotalSeconds, 180, 181);
    }

    [Fact]
    public async Task A_call_that_is_always_too_slow_is_not_made_for_ever()
    {
        var calls = 0;
        var retry = new RetryPolicy(new RushingClock(), limit: null, _ => { });
        var refused = await Assert.ThrowsAsync<RefusedException>(() => retry.CallAsync<int>("clip-scorer", () => { calls++; throw Fault(StatusCode.DeadlineExceeded, ""); }, Cancellation));
        Assert.Contains("did not answer in time, 3 times in a row", refused.Message, StringComparison.Ordinal);
        Assert.Equal(3, calls);
    }

    [Fact]
    public async Task A_refusal_is_passed_on_with_the_services_name()
    {
        var retry = new RetryPolicy(new RushingClock(), limit: null, _ => { });
        var refused = await Assert.ThrowsAsync<RefusedException>(() => retry.CallAsync<int>("clip-scorer", () => throw Fault(StatusCode.InvalidArgument, "templates is empty"), Cancellation));
        Assert.Equal((StatusCode.InvalidArgument, "clip-scorer: templates is empty"), (refused.Code, refused.Message));
    }

    [Theory]
    [InlineData(StatusCode.Unavailable)]
    [InlineData(StatusCode.DeadlineExceeded)]
    [InlineData(StatusCode.Internal)]
    public async Task A_call_that_may_be_paid_is_never_made_twice_once_it_may_have_been_sent(StatusCode code)
    {
        var calls = 0;
        var retry = new RetryPolicy(new RushingClock(), limit: null, _ => { });
        await Assert.ThrowsAsync<RpcException>(() => retry.SendOnceAsync<int>("prompt-gen", () => { calls++; throw Fault(code, "broke"); }, Cancellation));
        Assert.Equal(1, calls);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_call_that_may_be_paid_waits_while_nobody_listens(bool balanced)
    {
        using var unused = new TcpListener(IPAddress.Loopback, 0);
        unused.Start();
        var port = ((IPEndPoint)unused.LocalEndpoint).Port;
        unused.Stop();
        using var channel = balanced
            ? GrpcChannel.ForAddress($"dns:///localhost:{port}", new GrpcChannelOptions { Credentials = Grpc.Core.ChannelCredentials.Insecure, ServiceConfig = new() { LoadBalancingConfigs = { new Grpc.Net.Client.Configuration.RoundRobinConfig() } } })
            : GrpcChannel.ForAddress($"http://127.0.0.1:{port}");
        var client = new V1.PromptGenService.PromptGenServiceClient(channel);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var waits = 0;
        var retry = new RetryPolicy(new RushingClock(), limit: null, _ => { if (++waits == 3) enough.Cancel(); });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => retry.SendOnceAsync("prompt-gen", () => client.ProposeTemplatesAsync(new(), cancellationToken: Cancellation).ResponseAsync, enough.Token));
        Assert.Equal(3, waits);
    }

    private static RpcException Fault(StatusCode code, string detail) => new(new Status(code, detail));
}
