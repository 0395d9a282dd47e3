using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Ipo.Cli.Connections;

/// <summary>
/// Puts a deadline and the command's cancellation on every call, so that no command can forget them: gRPC has no
/// default deadline. A stream gets the cancellation only, because a run may take days; an operation gets the wait that a
/// person chose too, because a registration or an evaluation is one answer.
/// </summary>
internal sealed class Deadlines(TimeSpan? chosen, TimeProvider time, CancellationToken cancellation) : Interceptor
{
    /// <summary>For calls that only read or note something down.</summary>
    public static readonly TimeSpan Short = TimeSpan.FromSeconds(30);

    /// <summary>For calls that read or encode every image they name: a large test split takes a CPU many
    /// minutes.</summary>
    public static readonly TimeSpan Long = TimeSpan.FromMinutes(30);

    private static readonly HashSet<string> Heavy = ["ClassifyImages", "FindBenchDatasets", "PlanBench"];

    // They end by themselves, and say how far they are until then.
    private static readonly HashSet<string> WithProgress = ["WatchOperation", "CompareRun"];

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context,
        AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
    {
        var wait = chosen ?? (Heavy.Contains(context.Method.Name) ? Long : Short);
        var options = context.Options.WithDeadline(time.GetUtcNow().UtcDateTime + wait).WithCancellationToken(cancellation);
        return continuation(request, new(context.Method, context.Host, options));
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context,
        AsyncServerStreamingCallContinuation<TRequest, TResponse> continuation) =>
        continuation(request, new(context.Method, context.Host, Options(context.Method.Name, context.Options)));

    private CallOptions Options(string method, CallOptions options) => chosen is { } wait && WithProgress.Contains(method)
        ? options.WithDeadline(time.GetUtcNow().UtcDateTime + wait).WithCancellationToken(cancellation)
        : options.WithCancellationToken(cancellation);
}
