using System.Runtime.CompilerServices;
using Grpc.Core;
using Ipo.Cli.Connections;
using Ipo.Cli.Sessions;
using Ipo.V1;

namespace Ipo.Cli.Watching;

/// <summary>A run's states as they come, over as many connections as it takes.</summary>
internal static class RunChanges
{
    /// <summary>After this time without a word from the orchestrator a person is better served by an error than by more
    /// waiting.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <summary>Every state from now to the final one. A broken stream is opened again after 1, 2, 4 … 30 seconds, at
    /// the address that holds by then, and <paramref name="tell"/> says so.
    /// </summary>
    /// <exception cref="CommandFailure">The orchestrator stayed away for longer than
    /// <see cref="Patience"/>.</exception>
    /// <exception cref="RpcException">It answered that this run cannot be watched.</exception>
    public static async IAsyncEnumerable<Run> FollowAsync(
        Session session, string runId, Action<string> tell, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var pause = TimeSpan.FromSeconds(1);
        var lastHeard = session.Terminal.Time.GetTimestamp();
        for (var isFirst = true; ; isFirst = false)
        {
            string broken;
            // Not "await foreach": a yield cannot stand in a try with a catch.
            using (var call = Open(session, runId, isFirst))
            {
                while (true)
                {
                    var (run, fault) = await NextAsync(call, cancellation);
                    if (run is null)
                    {
                        broken = fault ?? "the orchestrator ended the stream";
                        break;
                    }
                    (pause, lastHeard) = (TimeSpan.FromSeconds(1), session.Terminal.Time.GetTimestamp());
                    yield return run;
                    if (RunWords.IsFinal(run)) yield break;
                }
            }
            if (session.Terminal.Time.GetElapsedTime(lastHeard) > Patience)
                throw new CommandFailure(
                    $"The orchestrator has not answered for {Patience.TotalMinutes:0} minutes ({broken}). The run resumes " +
                    $"when the orchestrator is back; watch it again then with: {session.CommandLine($"watch {runId}")}");
            tell($"Connection lost ({broken}); retrying in {pause.TotalSeconds:0} s. The run continues.");
            await Task.Delay(pause, session.Terminal.Time, cancellation);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            session.Reconnect();
        }
    }

    // Null where the orchestrator was known and no longer is: an AppHost that is started again has taken its addresses
    // back meanwhile.
    private static AsyncServerStreamingCall<WatchRunResponse>? Open(Session session, string runId, bool isFirst)
    {
        try { return session.Client.Runs.WatchRun(new() { RunId = runId }); }
        catch (CommandFailure) when (!isFirst) { return null; }
    }

    /// <summary>The next state, or why it did not come. Throws a fault that a retry cannot fix.</summary>
    private static async Task<(
        Run? Run, string? Fault)> NextAsync(AsyncServerStreamingCall<WatchRunResponse>? call, CancellationToken cancellation)
    {
        if (call is null) return (null, "no running AppHost");
        try
        {
            return await call.ResponseStream.MoveNext(cancellation) ? (call.ResponseStream.Current.Run, null) : (null, null);
        }
        catch (RpcException fault) when (GrpcFaults.IsTransient(fault) && !cancellation.IsCancellationRequested)
        {
            return (null, GrpcFaults.NothingAnswered(fault) ? "nothing is listening" : fault.Status.Detail.TrimEnd('.'));
        }
    }
}
