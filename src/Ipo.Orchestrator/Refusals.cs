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
        catch (RefusedException refused) { throw new RpcException(new Status(refused.Code, refused.Message)); }
        catch (JournalDamagedException damaged) { throw new RpcException(new Status(StatusCode.DataLoss, damaged.Message)); }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try { await continuation(request, responseStream, context); }
        catch (RefusedException refused) { throw new RpcException(new Status(refused.Code, refused.Message)); }
        catch (JournalDamagedException damaged) { throw new RpcException(new Status(StatusCode.DataLoss, damaged.Message)); }
    }
}
