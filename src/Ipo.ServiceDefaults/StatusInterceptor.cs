using System.Security.Cryptography;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.Logging;

namespace Ipo.ServiceDefaults;

/// <summary>The one place where an exception becomes a gRPC status. What a service's <see cref="ErrorMap"/> knows is
/// answered with its details. Anything else is a fault of ours: it is logged with its stack under a short reference,
/// and the client gets INTERNAL with that reference only.</summary>
internal sealed partial class StatusInterceptor(IEnumerable<ErrorMap> maps, ILogger<StatusInterceptor> log) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try { return await continuation(request, context); }
        catch (Exception fault) when (fault is not RpcException) { throw Status(fault, context); }
    }

    public override async Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context,
        ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try { return await continuation(requestStream, context); }
        catch (Exception fault) when (fault is not RpcException) { throw Status(fault, context); }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try { await continuation(request, responseStream, context); }
        catch (Exception fault) when (fault is not RpcException) { throw Status(fault, context); }
    }

    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try { await continuation(requestStream, responseStream, context); }
        catch (Exception fault) when (fault is not RpcException) { throw Status(fault, context); }
    }

    private RpcException Status(Exception fault, ServerCallContext context)
    {
        if (Known(fault) is { } status) return status.ToException();
        // After a cancelled call everything may break (a closed stream, a cancelled token): that is the caller's doing,
        // not a fault.
        if (context.CancellationToken.IsCancellationRequested)
        {
            return context.Deadline <= DateTime.UtcNow
                ? new RpcException(new Status(StatusCode.DeadlineExceeded, "The call's deadline passed before it was done."))
                : new RpcException(new Status(StatusCode.Cancelled, "The call was cancelled."));
        }
        var reference = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        Failed(context.Method, reference, fault);
        return new ErrorStatus(
            StatusCode.Internal, "INTERNAL_ERROR", $"Internal error {reference}; the service's log has more under this reference.")
        {
            Metadata = new Dictionary<string, string> { ["reference"] = reference },
        }.ToException();
    }

    private ErrorStatus? Known(Exception fault) => fault is InvalidFieldException invalid
        ? invalid.Status
        : maps.Select(map => map(fault)).FirstOrDefault(known => known is not null);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} failed unexpectedly, reference {Reference}")]
    private partial void Failed(string method, string reference, Exception fault);
}
