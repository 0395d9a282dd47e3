using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Ipo.ServiceDefaults;

/// <summary>The one place where an exception becomes a gRPC status, by what it means for a caller
/// (<see cref="FaultAnswers"/>).</summary>
internal sealed class StatusInterceptor(FaultAnswers faults) : Interceptor
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
        if (faults.Known(fault) is { } status) return status.ToException();
        // After a cancelled call everything may break (a closed stream, a cancelled token): that is the caller's doing,
        // not a fault.
        if (context.CancellationToken.IsCancellationRequested)
        {
            return context.Deadline <= DateTime.UtcNow
                ? new RpcException(new Status(StatusCode.DeadlineExceeded, "The call's deadline passed before it was done."))
                : new RpcException(new Status(StatusCode.Cancelled, "The call was cancelled."));
        }
        return faults.Unforeseen(fault, context.Method).ToException();
    }
}
