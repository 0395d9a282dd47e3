using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Ipo.Tests.Fakes;
using Microsoft.Extensions.Logging;
using Xunit;
using GrpcHealth = Grpc.Health.V1.Health;

namespace Ipo.Tests.ServiceDefaults;

public sealed class FaultBoundaryTests
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
        Assert.Matches("^An unexpected fault; the service's log has it under reference [0-9a-f]{8}\\.$", unary.Status.Detail);
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
        var ended = new TaskCompletionSource();
        await using var service = await TestService.Start(async (_, context) =>
        {
            try { await Task.Delay(Timeout.Infinite, context.CancellationToken); }
            finally { ended.SetResult(); }
            return new HealthCheckResponse();
        }, builder => builder.Logging.AddProvider(log));
        using var channel = GrpcChannel.ForAddress(service.Grpc);
        var refusal = await Assert.ThrowsAsync<RpcException>(async () =>
            await new GrpcHealth.HealthClient(channel).CheckAsync(new(), deadline: DateTime.UtcNow.AddMilliseconds(300), cancellationToken: Cancellation));
        Assert.Equal(StatusCode.DeadlineExceeded, refusal.StatusCode);
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(60), Cancellation);
        Assert.DoesNotContain(log.Lines, line => line.Text.Contains("reference", StringComparison.Ordinal));
    }
}
