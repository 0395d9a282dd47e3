using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Ipo.ServiceDefaults;

/// <summary>Makes a unary call again whose connection was never made, on whichever replica is next. The balancer can
/// hand out a replica that stopped a moment ago, before it has seen the end of its connection. Such a call has not left
/// this process, so nothing is done or paid twice; a call that was on its way, or was answered with an error, is never
/// made again.</summary>
internal sealed class UnsentCalls : Interceptor
{
    private const int MostAttempts = 3;

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        TRequest request,
        ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
    {
        var attempts = new Attempts<TResponse>(() => continuation(request, context));
        var answer = attempts.Answer();
        return new(answer, _ => attempts.Headers(answer), _ => attempts.Last.GetStatus(), _ => attempts.Last.GetTrailers(),
            _ => attempts.Last.Dispose(), attempts);
    }

    private static bool NeverLeft(RpcException failure) => failure.Status is
    {
        StatusCode: StatusCode.Unavailable,
        DebugException: HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError },
    };

    private sealed class Attempts<TResponse>(Func<AsyncUnaryCall<TResponse>> call)
    {
        public AsyncUnaryCall<TResponse> Last { get; private set; } = call();

        public async Task<TResponse> Answer()
        {
            for (var attempt = 1; ; attempt++)
                try
                {
                    return await Last.ResponseAsync;
                }
                catch (RpcException failure) when (attempt < MostAttempts && NeverLeft(failure))
                {
                    Last.Dispose();
                    Last = call();
                }
        }

        // Of the last attempt, which is known to be the last when it is over.
        public async Task<Metadata> Headers(Task answer)
        {
            await answer.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return await Last.ResponseHeadersAsync;
        }
    }
}
