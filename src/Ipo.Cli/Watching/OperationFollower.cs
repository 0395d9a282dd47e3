using Grpc.Core;
using Ipo.Cli.Connections;
using Ipo.Cli.Output;
using Ipo.Cli.Sessions;
using Ipo.V1;

namespace Ipo.Cli.Watching;

/// <summary>Has a registration or an evaluation done as an operation, which a lost connection does not end.</summary>
internal static class OperationFollower
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <summary>Begins an operation, or joins the one of this id, and shows its progress until it is done. A broken stream is
    /// opened again, and an operation that a restart interrupted is taken up. Ctrl-C cancels it.</summary>
    /// <param name="session">The command.</param>
    /// <param name="request">What to do, under an id.</param>
    /// <returns>The operation, which has succeeded.</returns>
    /// <exception cref="RpcException">It was refused or has failed, in the words of the call that does the same.</exception>
    /// <exception cref="CommandFailure">It was cancelled, or the orchestrator stayed away.</exception>
    public static async Task<Operation> FollowAsync(Session session, CreateOperationRequest request)
    {
        try { return await ShowAsync(session, request.OperationId, request, operation => { }); }
        catch (Exception fault) when (session.WasInterrupted(fault))
        {
            if (await CancelAsync(session, request.OperationId) is not { } what) throw; // it had not begun
            throw new CommandFailure($"Interrupted. {what}", ExitCode.Interrupted);
        }
    }

    /// <summary>Shows the progress of an operation until it runs no more, and hands on each state. A broken stream is opened
    /// again. It is only looked at: Ctrl-C leaves it as it is.</summary>
    /// <returns>The operation, which has succeeded.</returns>
    /// <exception cref="RpcException">There is no such operation, or it has failed, in the words of the call that does the
    /// same.</exception>
    /// <exception cref="CommandFailure">It was cancelled or interrupted.</exception>
    public static Task<Operation> WatchAsync(Session session, string operationId, Action<Operation> take) =>
        ShowAsync(session, operationId, request: null, take);

    private static Operation Result(Session session, Operation ended) => ended.State switch
    {
        OperationState.Succeeded => ended,
        OperationState.Failed => throw ended.Error.ToRpcException(),
        OperationState.Interrupted => throw new CommandFailure(
            $"{OperationText.Name(ended)} was interrupted when the orchestrator stopped. Take it up again with: "
                + session.CommandLine($"operations resume {ended.OperationId}")),
        _ => throw new CommandFailure($"{OperationText.Name(ended)} is {OperationText.State(ended.State)}."),
    };

    private static async Task<Operation> ShowAsync(
        Session session, string operationId, CreateOperationRequest? request, Action<Operation> take)
    {
        var display = new CountDisplay(session.Terminal);
        try { return Result(session, await EndAsync(session, operationId, request, Take, Tell)); }
        finally { display.EndLine(); }

        void Take(Operation operation)
        {
            take(operation);
            if (request is null && session.Json) return; // each state is a line then
            if (OperationText.Progress(operation) is var (doing, done, all)) display.Show(doing, done, all);
        }

        void Tell(string text)
        {
            display.EndLine();
            session.Terminal.Tell(text);
        }
    }

    // A million files take hours, and connections break meanwhile. Asking again under the same id joins the operation, and
    // without a request it is only looked for.
    private static async Task<Operation> EndAsync(
        Session session, string operationId, CreateOperationRequest? request, Action<Operation> take, Action<string> tell)
    {
        var (pause, lastHeard, heard) = (TimeSpan.FromSeconds(1), session.Terminal.Time.GetTimestamp(), false);
        while (true)
        {
            string lost;
            try
            {
                if (request is not null) Heard((await session.Client.Operations.CreateOperationAsync(request)).Operation);
                if (await LastAsync(session, operationId, Heard) is { } last
                    && (request is null || last.State is not OperationState.Interrupted))
                    return last;
                lost = "the orchestrator stopped";
            }
            catch (Exception fault) when (heard && !session.Cancellation.IsCancellationRequested
                && GrpcFaults.WhyLost(fault) is { } reason
                && session.Terminal.Time.GetElapsedTime(lastHeard) < RunChanges.Patience)
            {
                lost = reason;
            }
            tell(
                $"Connection lost ({lost}); retrying in {pause.TotalSeconds:0} s. Operation {operationId} goes on meanwhile"
                    + $"{(request is null ? "" : ", or is taken up again after a restart")}.");
            await Task.Delay(pause, session.Terminal.Time, session.Cancellation);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            session.Reconnect();
        }

        void Heard(Operation operation)
        {
            (pause, lastHeard, heard) = (TimeSpan.FromSeconds(1), session.Terminal.Time.GetTimestamp(), true);
            if (request is null || operation.State is OperationState.Running) take(operation);
        }
    }

    // The state in which the stream ends; null where it breaks off without a fault.
    private static async Task<Operation?> LastAsync(Session session, string operationId, Action<Operation> take)
    {
        Operation? newest = null;
        using var watch = session.Client.Operations.WatchOperation(new() { OperationId = operationId });
        await foreach (var response in watch.ResponseStream.ReadAllAsync(session.Cancellation)) take(newest = response.Operation);
        return newest is { State: OperationState.Running } ? null : newest;
    }

    // What became of it; null where it had not begun.
    private static async Task<string?> CancelAsync(Session session, string operationId)
    {
        session.Terminal.Tell($"Cancelling operation {operationId}; Ctrl-C again leaves it running.");
        try
        {
            var ended = (await session.LastClient.Operations.CancelOperationAsync(new() { OperationId = operationId })).Operation;
            return ended.State is OperationState.Cancelled
                ? $"{OperationText.Name(ended)} is cancelled."
                : $"{OperationText.Name(ended)} had {OperationText.State(ended.State)} before. Show it with: "
                    + session.CommandLine($"operations show {operationId}");
        }
        catch (RpcException none) when (none.StatusCode is StatusCode.NotFound) { return null; }
        catch (RpcException fault)
        {
            return $"Operation {operationId} could not be cancelled and may go on ({GrpcFaults.WhyLost(fault) ?? fault.Status.Detail}). "
                + $"Cancel it with: {session.CommandLine($"operations cancel {operationId}")}";
        }
    }
}
