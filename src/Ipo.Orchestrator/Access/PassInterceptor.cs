using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Ipo.Orchestrator.Access;

/// <summary>Says why a call was ended whose caller is no longer let in: whatever broke after that, broke by it.</summary>
internal sealed class PassInterceptor : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try { return await continuation(request, context); }
        catch (Exception) when (RefusalOf(context) is not null) { throw RefusalOf(context)!; }
    }

    public override async Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context,
        ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try { return await continuation(requestStream, context); }
        catch (Exception) when (RefusalOf(context) is not null) { throw RefusalOf(context)!; }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try { await continuation(request, new WholeMessages<TResponse>(responseStream, context), context); }
        catch (Exception) when (RefusalOf(context) is not null) { throw RefusalOf(context)!; }
    }

    private static AccessException? RefusalOf(ServerCallContext context) =>
        context.GetHttpContext().Features.Get<Pass>()?.Refusal is { } refusal ? new(refusal) : null;
}
