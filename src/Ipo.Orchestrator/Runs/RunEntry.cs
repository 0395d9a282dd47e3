using System.Threading.Channels;
using Google.Protobuf;

namespace Ipo.Orchestrator.Runs;

/// <summary>One run: who may write, what is shown, who watches.</summary>
internal sealed class RunEntry : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Lock _watching = new();
    private readonly List<RunWatcher> _watchers = [];

    // What stays of one whose state is not held; the message as its bytes, which take a third of it.
    private (RunOutline Outline, byte[] Message)? _kept;

    /// <summary>The run; null before it was read, and where it is over and was not used for a while.</summary>
    public RunView? View { get; private set; }

    /// <summary>What lists need of it; null before it was read.</summary>
    public RunOutline? Outline
    {
        get { lock (_watching) return View is { } view ? RunOutline.Of(view) : _kept?.Outline; }
    }

    public async Task<IDisposable> EnterAsync(CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        return new Leave(_gate);
    }

    public void Show(RunView view)
    {
        lock (_watching)
        {
            (View, _kept) = (view, null);
            foreach (var watcher in _watchers) watcher.Wake();
        }
    }

    /// <summary>Lets go of the state of a run that is over, unless somebody watches it.</summary>
    /// <param name="share">Given what a run works on and with, one that is equal to it.</param>
    public bool Shrink(Func<PreparedOutline, PreparedOutline> share)
    {
        lock (_watching)
        {
            if (_watchers.Count > 0) return false;
            if (View is not { State.IsRunning: false } view) return true;
            var outline = RunOutline.Of(view);
            if (outline.Prepared is { } prepared) outline = outline with { Prepared = share(prepared) };
            (View, _kept) = (null, (outline, RunMessages.Of(view).ToByteArray()));
            return true;
        }
    }

    /// <summary>The run as its message; null before it was read.</summary>
    public V1.Run? ToMessage()
    {
        lock (_watching) return View is { } view ? RunMessages.Of(view) : _kept is { } kept ? V1.Run.Parser.ParseFrom(kept.Message) : null;
    }

    public void Report(string activity, double progress, Hold hold = Hold.None)
    {
        lock (_watching)
        {
            if (View is { State.IsRunning: true } view)
                Show(view with { Activity = activity, Progress = progress, Hold = hold });
        }
    }

    public RunWatcher Watch()
    {
        var watcher = new RunWatcher(this);
        lock (_watching) _watchers.Add(watcher);
        return watcher;
    }

    public void Forget(RunWatcher watcher)
    {
        lock (_watching) _watchers.Remove(watcher);
    }

    public void Dispose() => _gate.Dispose();

    private sealed class Leave(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }
}

/// <summary>Somebody who watches a run. One place in the channel: changes that nobody looked at yet are one change.</summary>
internal sealed class RunWatcher(RunEntry entry) : IDisposable
{
    private readonly Channel<bool> _changed =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Wake() => _changed.Writer.TryWrite(true);

    public void Seen() => _changed.Reader.TryRead(out _);

    public Task<bool> ChangedAsync() => _changed.Reader.WaitToReadAsync().AsTask();

    public void Dispose() => entry.Forget(this);
}
