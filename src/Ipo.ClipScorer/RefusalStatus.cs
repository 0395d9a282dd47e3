using Grpc.Core;
using Grpc.Core.Interceptors;
using Ipo.ClipScorer.Scoring;

namespace Ipo.ClipScorer;

/// <summary>The one place where the scorer's refusals become a gRPC status. What is not listed is a fault and goes on to the service
/// defaults' boundary.</summary>
internal sealed class RefusalStatus : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try { return await continuation(request, context); }
        catch (Exception refusal) when (Code(refusal) is { } code) { throw new RpcException(new Status(code, refusal.Message)); }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try { await continuation(request, responseStream, context); }
        catch (Exception refusal) when (Code(refusal) is { } code) { throw new RpcException(new Status(code, refusal.Message)); }
    }

    private static StatusCode? Code(Exception refusal) => refusal switch
    {
        InvalidRequestException or TemplateRefusedException or ImageSetTooLargeException => StatusCode.InvalidArgument,
        UnknownImageSetException => StatusCode.FailedPrecondition,
        QueueFullException => StatusCode.ResourceExhausted,
        StillLoadingException => StatusCode.Unavailable,
        _ => null,
    };
}
