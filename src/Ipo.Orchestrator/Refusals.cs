using Grpc.Core;
using Grpc.Core.Interceptors;
using Ipo.Orchestrator.Runs;

namespace Ipo.Orchestrator;

/// <summary>The one place where what the orchestrator refuses becomes a gRPC status.</summary>
internal sealed class Refusals : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try { return await continuation(request, context); }
        catch (Exception fault) when (StatusOf(fault) is { } status) { throw new RpcException(status); }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try { await continuation(request, responseStream, context); }
        catch (Exception fault) when (StatusOf(fault) is { } status) { throw new RpcException(status); }
    }

    // Null for what nobody foresaw.
    private static Status? StatusOf(Exception fault) => fault switch
    {
        RefusedException refused => new(refused.Code, refused.Message),
        JournalDamagedException damaged => new(StatusCode.DataLoss, damaged.Message),
        JournalConflictException conflict => new(StatusCode.Aborted, $"{conflict.Message} Send the request again."),
        _ => null,
    };
}
