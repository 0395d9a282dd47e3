using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Ipo.LocalHosting.Running;

/// <summary>What the page shows of a replica.</summary>
internal sealed record ReplicaStatus(ResourceState State, int? ProcessId, int Restarts, int? ExitCode, DateTimeOffset Since, string Detail);

/// <summary>Keeps one process of a resource alive: waits for those it needs, starts it, watches its health, starts it again.</summary>
internal sealed class Replica(
    ProcessResource resource, int index, LaunchCommand command, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> variables,
    IReadOnlySet<string> secrets, LocalRun run)
{
    private static readonly TimeSpan ProbeWhileStarting = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ProbeAfterwards = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<int> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ReplicaStatus _status = new(ResourceState.Waiting, null, 0, null, run.Clock.GetUtcNow(), "");

    public ProcessResource Resource => resource;

    public int Index => index;

    /// <summary>The resource's name, with the replica's number where there are several.</summary>
    public string Name { get; } = resource.Replicas == 1 ? resource.Name : string.Create(CultureInfo.InvariantCulture, $"{resource.Name}-{index}");

    public ReplicaStatus Status => _status;

    /// <summary>Done when it is ready for the first time; never fails.</summary>
    public Task Ready => _ready.Task;

    /// <summary>A task's exit code; never done for a service.</summary>
    public Task<int> Completed => _ended.Task;

    /// <summary>Runs until it has ended for good, or until <paramref name="stopping"/>; its process is gone when this returns.</summary>
    /// <param name="stopping">Stops this one.</param>
    /// <param name="ending">The whole host stops: what ends by itself is not started again.</param>
    /// <param name="killing">Ends the process without waiting for it.</param>
    public async Task Run(CancellationToken stopping, CancellationToken ending, CancellationToken killing)
    {
        try
        {
            if (await Dependencies(stopping) is { } obstacle)
            {
                Fail(obstacle);
                return;
            }
            for (var quickEnds = 0; ;)
            {
                var started = run.Clock.GetTimestamp();
                var exitCode = await RunOnce(stopping, killing);
                if (ending.IsCancellationRequested) break;
                var next = RestartRule.Decide(resource.IsTask, exitCode, run.Clock.GetElapsedTime(started), quickEnds);
                if (next.Pause is not { } pause)
                {
                    Move(next.State, _status with { ProcessId = null, ExitCode = exitCode }, $"ended with exit code {exitCode}");
                    if (next.State == ResourceState.Failed) run.Say($"{Name} failed with exit code {exitCode}");
                    _ended.TrySetResult(exitCode);
                    return;
                }
                quickEnds = next.QuickEnds;
                Move(next.State, _status with { ProcessId = null, ExitCode = exitCode, Restarts = _status.Restarts + 1 },
                    $"ended with exit code {exitCode}, starts again after {pause.TotalSeconds:0} s");
                run.Say($"{Name} {_status.Detail}");
                await Task.Delay(pause, run.Clock, ending);
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested) { } // asked to stop while it waited
        catch (DistributedApplicationException refusal)
        {
            Fail(refusal.Message);
            return;
        }
        Move(ResourceState.Stopped, _status with { ProcessId = null }, "");
    }

    // Null when all are ready; otherwise why they never will be.
    private async Task<string?> Dependencies(CancellationToken stopping)
    {
        foreach (var wait in resource.Waits)
        {
            foreach (var other in wait.Processes.SelectMany(run.ReplicasOf))
            {
                Move(ResourceState.Waiting, _status, $"waits for {other.Name}");
                if (wait.Type == WaitType.UntilHealthy)
                {
                    await other.Ready.WaitAsync(stopping);
                    continue;
                }
                var exitCode = await other.Completed.WaitAsync(stopping);
                if (exitCode != wait.ExitCode) return $"not started: {other.Name} ended with exit code {exitCode}";
            }
        }
        return null;
    }

    private async Task<int> RunOnce(CancellationToken stopping, CancellationToken killing)
    {
        Move(ResourceState.Starting, _status, "");
        await using var process = ChildProcess.Start(command, arguments, variables, secrets, (text, isError) => run.Record(Name, text, isError));
        Move(resource.Probes.Count == 0 ? ResourceState.Running : ResourceState.Starting, _status with { ProcessId = process.Id }, "");
        if (resource.Probes.Count == 0) _ready.TrySetResult();

        using var over = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var watching = Watch(over.Token);
        var ended = process.Ended();
        await Task.WhenAny(ended, Task.Delay(Timeout.Infinite, over.Token));
        if (!ended.IsCompleted) await process.Stop(killing);
        var exitCode = await ended;
        await over.CancelAsync();
        await watching;
        return exitCode;
    }

    private async Task Watch(CancellationToken over)
    {
        if (resource.Probes.Count == 0) return;
        try
        {
            for (var wasHealthy = false; ;)
            {
                var obstacle = await HealthCheck.FirstObstacle(run.Http, resource, index, over);
                if (obstacle is null)
                {
                    if (_status.State != ResourceState.Healthy) Move(ResourceState.Healthy, _status, "");
                    wasHealthy = true;
                    _ready.TrySetResult();
                }
                else
                {
                    Move(wasHealthy ? ResourceState.Unhealthy : ResourceState.Starting, _status, obstacle);
                }
                await Task.Delay(wasHealthy ? ProbeAfterwards : ProbeWhileStarting, run.Clock, over);
            }
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested) { } // the process has ended, or is to
    }

    private void Fail(string reason)
    {
        Move(ResourceState.Failed, _status with { ProcessId = null }, reason);
        run.Say($"{Name}: {reason}");
        _ended.TrySetResult(-1);
    }

    private void Move(ResourceState state, ReplicaStatus status, string detail) =>
        _status = status with { State = state, Detail = detail, Since = state == _status.State ? status.Since : run.Clock.GetUtcNow() };
}
