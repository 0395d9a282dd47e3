using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;
using Ipo.Tests.Fakes;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Ipo.Tests.ServiceDefaults;

public sealed class ServedMethodsTests
{
    // Field 15, whose length is missing.
    private static readonly byte[] Malformed = [0x7A];

    [Theory]
    [InlineData(MethodType.Unary, "Check")]
    [InlineData(MethodType.ServerStreaming, "Watch")]
    public async Task A_malformed_request_is_the_callers_fault_and_one_line_in_the_log(MethodType type, string name)
    {
        var log = new KeptLog();
        await using (var service = await TestService.Start(configure: builder => builder.Logging.AddProvider(log)))
        {
            using var channel = GrpcChannel.ForAddress(service.Grpc);
            var refusal = await Assert.ThrowsAsync<RpcException>(() => SendAsync(channel, type, "grpc.health.v1.Health", name, Malformed));

            Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
            Assert.Equal("INVALID_MESSAGE", refusal.GetRpcStatus()!.GetDetail<ErrorInfo>().Reason);
            Assert.StartsWith("The request is not a HealthCheckRequest of protobuf: ", refusal.Status.Detail, StringComparison.Ordinal);
        }
        var line = Assert.Single(log.Lines, line => line.Text.Contains("HealthCheckRequest", StringComparison.Ordinal));
        Assert.StartsWith($"/grpc.health.v1.Health/{name}: the request is not a ", line.Text, StringComparison.Ordinal);
        Assert.Null(line.Fault);
        Assert.DoesNotContain(log.Lines, line => line.Text.Contains("Error when executing", StringComparison.Ordinal));
    }

    /// <summary>Sends bytes in place of a request.</summary>
    internal static async Task SendAsync(GrpcChannel channel, MethodType type, string service, string name, byte[] request)
    {
        var raw = Marshallers.Create(bytes => bytes, bytes => bytes);
        var method = new Method<byte[], byte[]>(type, service, name, raw, raw);
        var options = new CallOptions(cancellationToken: TestContext.Current.CancellationToken);
        if (type == MethodType.Unary) await channel.CreateCallInvoker().AsyncUnaryCall(method, null, options, request);
        else
            await channel.CreateCallInvoker().AsyncServerStreamingCall(method, null, options, request)
                .ResponseStream.MoveNext(TestContext.Current.CancellationToken);
    }
}
