using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Ipo.V1;

/// <summary>Sends a caller's token with every call.</summary>
/// <param name="token">The token now: an API key or a JWT. Null sends none.</param>
public sealed class SignedCalls(Func<string?> token) : Interceptor
{
    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context,
        AsyncUnaryCallContinuation<TRequest, TResponse> continuation) => continuation(request, With(context));

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context,
        AsyncServerStreamingCallContinuation<TRequest, TResponse> continuation) => continuation(request, With(context));

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        ClientInterceptorContext<TRequest, TResponse> context,
        AsyncClientStreamingCallContinuation<TRequest, TResponse> continuation) => continuation(With(context));

    private ClientInterceptorContext<TRequest, TResponse> With<TRequest, TResponse>(ClientInterceptorContext<TRequest, TResponse> context)
        where TRequest : class where TResponse : class
    {
        if (token() is not { } current) return context;
        var headers = new Metadata { { "authorization", $"Bearer {current}" } };
        foreach (var entry in context.Options.Headers ?? []) headers.Add(entry);
        return new(context.Method, context.Host, context.Options.WithHeaders(headers));
    }
}
