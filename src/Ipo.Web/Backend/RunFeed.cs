using System.Threading.Channels;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Ipo.V1;

namespace Ipo.Web.Backend;

/// <summary>Follows one run for everybody who looks at it, over every restart of the orchestrator. It ends a while after the last
/// viewer left: the page that is drawn first and the one that lives on after it share it.</summary>
internal sealed partial class RunFeed : IDisposable
{
    // Short enough that what was journalled is on the page within half a second.
    private static readonly TimeSpan Smallest = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1), LookAgain = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(15);
    private const int LargestPage = 1000; // the contract's limit

    private readonly Lock _joining = new();
    private readonly HashSet<RunViewer> _viewers = [];
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _ended = new();
    private readonly Channel<bool> _hurry =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly TimeProvider _clock;
    private readonly ILogger<RunFeed> _log;
    private readonly string _runId;
    private readonly ITimer _emptiness;
    private readonly Action<RunFeed> _gone;
    private readonly Tenth _reporting, _describing;
    private (int Templates, RunState State) _reported = (-1, RunState.Unspecified);
    private IReadOnlyList<ImageDescription> _described = [];
    private bool _allDescribed;

    public RunFeed(
        string? token, string runId, IServiceScopeFactory scopes, TimeProvider clock, ILogger<RunFeed> log, Action<RunFeed> gone)
    {
        (_runId, _clock, _log, _gone, _reporting, _describing) = (runId, clock, log, gone, new(clock), new(clock));
        _emptiness = clock.CreateTimer(_ => EndIfEmpty(), null, Linger, Timeout.InfiniteTimeSpan);
        _ = FollowAsync(token, scopes);
    }

    /// <summary>The run as it was seen last; null before.</summary>
    public RunSnapshot? Latest { get; private set; }

    /// <summary>Why there is nothing newer; null while all is well.</summary>
    public Fault? Fault { get; private set; }

    public Task First => _first.Task;

    /// <summary>Adds a viewer; null where the feed has ended this moment.</summary>
    public RunViewer? TryJoin(Action changed)
    {
        lock (_joining)
        {
            if (_ended.IsCancellationRequested) return null;
            var viewer = new RunViewer(this, changed);
            _viewers.Add(viewer);
            _emptiness.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return viewer;
        }
    }

    public void Leave(RunViewer viewer)
    {
        lock (_joining)
            if (_viewers.Remove(viewer) && _viewers.Count == 0 && !_ended.IsCancellationRequested)
                _emptiness.Change(Linger, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Counts what a page took to show what the search has found, so that many pages are shown it less often.</summary>
    public void Drew(TimeSpan time) => _reporting.Took(time);

    /// <summary>Looks at the run at once.</summary>
    public void Hurry() => _hurry.Writer.TryWrite(true);

    public void Dispose()
    {
        lock (_joining)
        {
            if (_ended.IsCancellationRequested) return;
            _ended.Cancel();
            _ended.Dispose();
        }
        _emptiness.Dispose();
        _gone(this);
    }

    private void EndIfEmpty()
    {
        lock (_joining)
            if (_viewers.Count == 0) Dispose();
    }

    private async Task FollowAsync(string? token, IServiceScopeFactory scopes)
    {
        await Task.Yield(); // whoever opens it does not wait for it
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<Session>().Token = token;
        var client = scope.ServiceProvider.GetRequiredService<IpoClient>();
        try
        {
            while (true)
            {
                try
                {
                    await WatchAsync(client);
                    await PauseAsync(Latest!.Run.State is RunState.Completed or RunState.Cancelled ? Timeout.InfiniteTimeSpan : LookAgain);
                }
                catch (RpcException refusal) when (!_ended.IsCancellationRequested)
                {
                    Fault = Fault.Of(refusal);
                    Tell();
                    if (IsFinal(refusal.StatusCode)) break;
                    await Task.Delay(Fault.IsAway ? Again : LookAgain, _clock, _ended.Token);
                }
            }
        }
        catch (Exception) when (_ended.IsCancellationRequested) { } // nobody looks any more
        catch (Exception fault)
        {
            Broken(_runId, fault);
            Fault = Fault.Of($"The pages cannot follow this run: {fault.Message}");
            Tell();
        }
        Dispose(); // who comes next begins anew
    }

    // Everything else may pass: a stream that broke, a limit that was reached, a run that is being repaired.
    private static bool IsFinal(StatusCode code) =>
        code is StatusCode.NotFound or StatusCode.InvalidArgument or StatusCode.Unauthenticated or StatusCode.PermissionDenied
            or StatusCode.Unimplemented;

    // A run that failed or was paused may be resumed, here or elsewhere.
    private async Task PauseAsync(TimeSpan longest)
    {
        using var pause = CancellationTokenSource.CreateLinkedTokenSource(_ended.Token);
        pause.CancelAfter(longest);
        try { await _hurry.Reader.ReadAsync(pause.Token); }
        catch (OperationCanceledException) when (!_ended.IsCancellationRequested) { }
    }

    private async Task WatchAsync(IpoClient client)
    {
        using var call = client.Runs.WatchRun(
            new() { RunId = _runId, SmallestInterval = Duration.FromTimeSpan(Smallest) }, deadline: DateTime.MaxValue,
            cancellationToken: _ended.Token);
        await foreach (var change in call.ResponseStream.ReadAllAsync(_ended.Token))
        {
            var seen = (change.Run.TemplatesScored, change.Run.State);
            await DescribeAsync(client, change.Run);
            var isDue = seen.State != _reported.State || (seen != _reported && _reporting.IsDue);
            if (isDue || Latest is not { } known)
            {
                Latest = RunSnapshot.Of(change.Run, await ReportAsync(client), _described);
                _reported = seen;
            }
            else Latest = known.With(change.Run, _described);
            Fault = null;
            Tell();
        }
    }

    private Task<GetRunReportResponse> ReportAsync(IpoClient client)
    {
        var request = new GetRunReportRequest { RunId = _runId, ReadMask = new() { Paths = { "report", "search" } } };
        return _reporting.TakeAsync(async () => await client.Reports.GetRunReportAsync(request, cancellationToken: _ended.Token));
    }

    // Images are described before the first step. What was sent with a completed run is its report.
    private async Task DescribeAsync(IpoClient client, Run run)
    {
        if (_allDescribed || run.Captioner is null || run.State is RunState.Completed) return;
        if (!_describing.IsDue && !RunWords.IsFinal(run)) return; // the last state of a run that stands is shown whole
        _described = await _describing.TakeAsync(async () =>
        {
            var (found, request) = (new List<ImageDescription>(), new ListDescriptionsRequest { RunId = _runId, PageSize = LargestPage });
            do
            {
                var page = await client.Runs.ListDescriptionsAsync(request, cancellationToken: _ended.Token);
                found.AddRange(page.Descriptions);
                request.PageToken = page.NextPageToken;
            }
            while (request.PageToken.Length > 0);
            return found;
        });
        _allDescribed = run.StepsCompleted > 0;
    }

    private void Tell()
    {
        _first.TrySetResult();
        RunViewer[] viewers;
        lock (_joining) viewers = [.. _viewers];
        foreach (var viewer in viewers) viewer.Tell();
    }

    // What is large takes a tenth of the time, whatever its size and whoever draws it, and progress all of it.
    private sealed class Tenth(TimeProvider clock)
    {
        private readonly Lock _counting = new();
        private long _notBefore;

        public bool IsDue
        {
            get { lock (_counting) return clock.GetTimestamp() >= _notBefore; }
        }

        public async Task<T> TakeAsync<T>(Func<Task<T>> work)
        {
            var begun = clock.GetTimestamp();
            var result = await work();
            Took(clock.GetElapsedTime(begun));
            return result;
        }

        public void Took(TimeSpan time)
        {
            lock (_counting)
                _notBefore = Math.Max(_notBefore, clock.GetTimestamp()) + (long)(9 * time.TotalSeconds * clock.TimestampFrequency);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The pages cannot follow run {RunId}")]
    private partial void Broken(string runId, Exception fault);
}
