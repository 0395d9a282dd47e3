using System.Net.Sockets;
using Google.Rpc;
using Grpc.Core;
using Ipo.Orchestrator.Errors;

namespace Ipo.Orchestrator.Clients;

/// <summary>Waits for our own services: a scorer that restarts or is busy costs time and nothing else, so its calls
/// are simply made again, after the time that the answer asks for. Calls that may be paid are told apart (<see cref="SendOnceAsync"/>).
/// </summary>
/// <param name="clock">The clock.</param>
/// <param name="limit">Longest waiting for one call; null waits until cancelled, as a run does.</param>
/// <param name="waiting">Told what is waited for, for a person; with null once it is over.</param>
/// <param name="stop">Ends the waiting between calls, also where a call itself is let end.</param>
internal sealed class RetryPolicy(TimeProvider clock, TimeSpan? limit, Action<string?> waiting, CancellationToken stop = default)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    // A call that is too slow once may be so each time: three deadlines and the run says so instead of going on for
    // ever.
    private const int MostDeadlines = 3;

    /// <summary>What a request has: it would rather hear that a service is away than wait for it.</summary>
    public static RetryPolicy ForRequest(TimeProvider clock) => new(clock, TimeSpan.FromSeconds(5), _ => { });

    /// <summary>Makes a call that costs nothing until it is answered.</summary>
    /// <param name="service">The called service's name, for messages.</param>
    /// <param name="call">The call.</param>
    /// <exception cref="RefusedException">The service does not answer in the time there is, or refuses the
    /// call.</exception>
    public async Task<T> CallAsync<T>(string service, Func<Task<T>> call, CancellationToken cancellation)
    {
        try { return await CallAsync(service, call, Passes, cancellation); }
        catch (RpcException fault) { throw RefusedException.By(service, fault); }
    }

    /// <summary>Makes a call that may cost: again only while it is certain that nothing was sent.</summary>
    /// <exception cref="RpcException">The call failed on its way or in the service; whether it was paid is not
    /// known.</exception>
    public Task<T> SendOnceAsync<T>(string service, Func<Task<T>> call, CancellationToken cancellation) =>
        CallAsync(service, call, WasNotSent, cancellation);

    private async Task<T> CallAsync<T>(string service, Func<Task<T>> call, Func<RpcException, bool> waitFor, CancellationToken cancellation)
    {
        var began = clock.GetTimestamp();
        for (int attempt = 0, deadlines = 0; ; attempt++)
        {
            var wait = Delay(attempt);
            try
            {
                var answer = await call();
                if (attempt > 0) waiting(null);
                return answer;
            }
            catch (RpcException) when (cancellation.IsCancellationRequested) { throw new OperationCanceledException(cancellation); }
            catch (RpcException fault) when (waitFor(fault))
            {
                if (fault.StatusCode == StatusCode.DeadlineExceeded && ++deadlines == MostDeadlines)
                    throw RefusedException.Unavailable(
                        service, $"{service} did not answer in time, {deadlines} times in a row; give it more processors, or fewer images "
                            + "or candidates at once.", fault);
                if (clock.GetElapsedTime(began) >= limit)
                    throw RefusedException.Unavailable(
                        service, $"{service} does not answer ({fault.Status.Detail}); try again once it is up.", fault);
                if (Asked(fault) is { } asked && asked > wait) wait = asked;
                waiting($"waiting for {service}: {fault.Status.Detail}");
            }
            stop.ThrowIfCancellationRequested();
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, stop);
            await Task.Delay(wait, clock, either.Token);
        }
    }

    private static bool Passes(RpcException fault) =>
        fault.StatusCode is StatusCode.Unavailable or StatusCode.ResourceExhausted or StatusCode.DeadlineExceeded;

    // What the service asks for, as a full queue does.
    private static TimeSpan? Asked(RpcException fault) => fault.GetRpcStatus()?.GetDetail<RetryInfo>()?.RetryDelay.ToTimeSpan();

    // No connection, no call: the client's own verdict, with the socket's error as its cause.
    private static bool WasNotSent(RpcException fault)
    {
        if (fault.StatusCode != StatusCode.Unavailable) return false;
        for (var cause = fault.Status.DebugException; cause is not null; cause = cause.InnerException)
        {
            if (cause is HttpRequestException
                {
                    HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError,
                })
                return true;
            if (cause is SocketException
                {
                    SocketErrorCode: SocketError.ConnectionRefused or SocketError.HostNotFound or SocketError.HostUnreachable
                        or SocketError.NetworkUnreachable or SocketError.TryAgain,
                })
                return true;
        }
        return false;
    }

    private static TimeSpan Delay(int attempt) => TimeSpan.FromTicks(Math.Min(Longest.Ticks, First.Ticks << Math.Min(attempt, 16)));
}
