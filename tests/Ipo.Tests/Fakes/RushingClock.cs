namespace Ipo.Tests.Fakes;

/// <summary>A clock on which waiting takes no time: every timer is due at once, and the time is then as late as it asked for.</summary>
internal sealed class RushingClock : TimeProvider
{
    private long _ticks = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero).Ticks;

    /// <summary>How long was waited for in all.</summary>
    public TimeSpan Waited { get; private set; }

    // A millisecond a look, so that no two events happen at one time.
    public override DateTimeOffset GetUtcNow() => new(Interlocked.Add(ref _ticks, TimeSpan.TicksPerMillisecond), TimeSpan.Zero);

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Due();
        if (dueTime < TimeSpan.Zero) return timer; // never
        Interlocked.Add(ref _ticks, dueTime.Ticks);
        lock (this) Waited += dueTime;
        ThreadPool.QueueUserWorkItem(_ => callback(state));
        return timer;
    }

    private sealed class Due : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose() { }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
