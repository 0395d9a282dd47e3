using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Ipo.ServiceDefaults;
using Ipo.Tests.Fakes;
using Microsoft.Extensions.Logging;
using Xunit;
using GrpcHealth = Grpc.Health.V1.Health;

namespace Ipo.Tests.ServiceDefaults;

public sealed class StatusInterceptorTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_unexpected_fault_is_logged_under_the_reference_the_client_gets_and_nothing_else_of_it()
    {
        var log = new KeptLog();
        await using var service = await TestService.Start((_, _) => throw new InvalidOperationException("canary: disk at /secret"), builder => builder.Logging.AddProvider(log));
        using var channel = GrpcChannel.ForAddress(service.Grpc);
        var client = new GrpcHealth.HealthClient(channel);

        var unary = await Assert.ThrowsAsync<RpcException>(async () => await client.CheckAsync(new(), cancellationToken: Cancellation));
        Assert.Equal(StatusCode.Internal, unary.StatusCode);
        Assert.Matches("^Internal error [0-9a-f]{8}; the service's log has more under this reference\\.$", unary.Status.Detail);
        Assert.DoesNotContain(unary.Trailers, trailer => trailer.ToString().Contains("canary", StringComparison.Ordinal));
        var reference = unary.Status.Detail[^9..^1];
        Assert.Contains(log.Lines, line => line.Text.Contains(reference, StringComparison.Ordinal) && line.Fault is InvalidOperationException);

        using var watch = client.Watch(new(), cancellationToken: Cancellation);
        var streaming = await Assert.ThrowsAsync<RpcException>(() => watch.ResponseStream.MoveNext(Cancellation));
        Assert.Equal(StatusCode.Internal, streaming.StatusCode);
        Assert.DoesNotContain("canary", streaming.Status.Detail);
    }

    [Fact]
    public async Task What_a_service_refuses_reaches_the_client_as_it_is()
    {
        await using var service = await TestService.Start((_, _) => throw new RpcException(new Status(StatusCode.InvalidArgument, "template has no <CLASS>")));
        using var channel = GrpcChannel.ForAddress(service.Grpc);
        var refusal = await Assert.ThrowsAsync<RpcException>(async () => await new GrpcHealth.HealthClient(channel).CheckAsync(new(), cancellationToken: Cancellation));
        Assert.Equal((StatusCode.InvalidArgument, "template has no <CLASS>"), (refusal.StatusCode, refusal.Status.Detail));
    }

    [Fact]
    public async Task A_call_that_its_caller_gave_up_is_no_fault()
    {
        var log = new KeptLog();
        await using (var service = await TestService.Start(async (_, context) =>
        {
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
            return new HealthCheckResponse();
        }, builder => builder.Logging.AddProvider(log)))
        {
            using var channel = GrpcChannel.ForAddress(service.Grpc);
            var refusal = await Assert.ThrowsAsync<RpcException>(async () =>
                await new GrpcHealth.HealthClient(channel).CheckAsync(new(), deadline: DateTime.UtcNow.AddMilliseconds(300), cancellationToken: Cancellation));
            Assert.Equal(StatusCode.DeadlineExceeded, refusal.StatusCode);
        }
        // A service closes once its calls have ended: what the boundary had to say is said by then.
        Assert.DoesNotContain(log.Lines, line => line.Text.Contains("reference", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1, StatusCode.Cancelled, "The call was cancelled.")]
    [InlineData(-1, StatusCode.DeadlineExceeded, "The call's deadline passed before it was done.")]
    public async Task What_breaks_in_a_call_after_its_end_is_told_as_that_end_and_not_logged(int hoursToDeadline, StatusCode code, string words)
    {
        var log = new KeptLog();
        using var logging = LoggerFactory.Create(builder => builder.AddProvider(log));
        var boundary = new StatusInterceptor(new([], logging.CreateLogger<FaultAnswers>()));
        var ended = new FakeCallContext(DateTime.UtcNow.AddHours(hoursToDeadline), new CancellationToken(canceled: true));
        var broken = new ObjectDisposedException("stream");

        RpcException[] refusals =
        [
            await Assert.ThrowsAsync<RpcException>(() => boundary.UnaryServerHandler<string, string>("", ended, (_, _) => throw broken)),
            await Assert.ThrowsAsync<RpcException>(() => boundary.ClientStreamingServerHandler<string, string>(null!, ended, (_, _) => throw broken)),
            await Assert.ThrowsAsync<RpcException>(() => boundary.ServerStreamingServerHandler<string, string>("", null!, ended, (_, _, _) => throw broken)),
            await Assert.ThrowsAsync<RpcException>(() => boundary.DuplexStreamingServerHandler<string, string>(null!, null!, ended, (_, _, _) => throw broken)),
        ];
        Assert.All(refusals, refusal => Assert.Equal((code, words), (refusal.StatusCode, refusal.Status.Detail)));
        Assert.Empty(log.Lines);
    }
}
