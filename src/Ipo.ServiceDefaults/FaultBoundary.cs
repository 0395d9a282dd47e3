using System.Security.Cryptography;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.Logging;

namespace Ipo.ServiceDefaults;

/// <summary>The last line before a client. A service throws <see cref="RpcException"/> for what a caller can mend; anything else is
/// a fault of ours: it is logged with its stack under a short reference, and the client gets INTERNAL with that reference only.</summary>
internal sealed partial class FaultBoundary(ILogger<FaultBoundary> log) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try { return await continuation(request, context); }
        catch (Exception fault) when (fault is not RpcException) { throw Status(fault, context); }
    }

    public override async Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try { return await continuation(requestStream, context); }
        catch (Exception fault) when (fault is not RpcException) { throw Status(fault, context); }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try { await continuation(request, responseStream, context); }
        catch (Exception fault) when (fault is not RpcException) { throw Status(fault, context); }
    }

    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try { await continuation(requestStream, responseStream, context); }
        catch (Exception fault) when (fault is not RpcException) { throw Status(fault, context); }
    }

    private RpcException Status(Exception fault, ServerCallContext context)
    {
        // After a cancelled call everything may break (a closed stream, a cancelled token): that is the caller's doing, not a fault.
        if (context.CancellationToken.IsCancellationRequested)
        {
            return context.Deadline <= DateTime.UtcNow
                ? new RpcException(new Status(StatusCode.DeadlineExceeded, "The call's deadline passed before it was done."))
                : new RpcException(new Status(StatusCode.Cancelled, "The call was cancelled."));
        }
        var reference = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        Faulted(context.Method, reference, fault);
        return new RpcException(new Status(StatusCode.Internal, $"An unexpected fault; the service's log has it under reference {reference}."));
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} failed unexpectedly, reference {Reference}")]
    private partial void Faulted(string method, string reference, Exception fault);
}
