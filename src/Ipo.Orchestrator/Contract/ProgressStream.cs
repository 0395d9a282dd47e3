using Grpc.Core;

namespace Ipo.Orchestrator.Contract;

/// <summary>Tells a caller how far work is while it waits for the result, for every call that streams progress.</summary>
internal static class ProgressStream
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(200);

    /// <summary>Sends progress a few times a second where it changed, and at last the result.</summary>
    /// <param name="work">The work.</param>
    /// <param name="progress">How far it is; null before it began.</param>
    /// <param name="stream">Where to.</param>
    /// <param name="ofProgress">The response that brings progress.</param>
    /// <param name="ofResult">The response that brings the result.</param>
    public static async Task WriteAsync<TResult, TProgress, TResponse>(
        Task<TResult> work, Func<TProgress?> progress, IServerStreamWriter<TResponse> stream, Func<TProgress, TResponse> ofProgress,
        Func<TResult, TResponse> ofResult, TimeProvider clock, CancellationToken cancellation)
        where TProgress : class =>
        await stream.WriteAsync(ofResult(await TellAsync(work, progress, stream, ofProgress, clock, cancellation)), cancellation);

    /// <summary>Sends progress a few times a second where it changed.</summary>
    /// <returns>The result, which takes more than one response.</returns>
    public static async Task<TResult> TellAsync<TResult, TProgress, TResponse>(
        Task<TResult> work, Func<TProgress?> progress, IServerStreamWriter<TResponse> stream, Func<TProgress, TResponse> ofProgress,
        TimeProvider clock, CancellationToken cancellation)
        where TProgress : class
    {
        TProgress? told = null;
        do
        {
            await Task.WhenAny(work, Task.Delay(Every, clock, CancellationToken.None));
            if (work.IsFaulted || progress() is not { } now || now.Equals(told)) continue;
            await stream.WriteAsync(ofProgress(told = now), cancellation);
        }
        while (!work.IsCompleted);
        return await work;
    }
}
