namespace Ipo.LocalHosting.Running;

/// <summary>Where a replica stands, in the words the page shows.</summary>
internal enum ResourceState
{
    /// <summary>Others have to be ready first.</summary>
    Waiting,

    /// <summary>The process runs and has not passed its health check yet.</summary>
    Starting,

    /// <summary>The process runs; nothing says more about its health.</summary>
    Running,

    /// <summary>The last health check passed.</summary>
    Healthy,

    /// <summary>It was healthy, and the last check failed.</summary>
    Unhealthy,

    /// <summary>It ended by itself and is started again after a pause.</summary>
    Restarting,

    /// <summary>A task that ended well.</summary>
    Finished,

    /// <summary>A task that ended badly, or something that cannot be started.</summary>
    Failed,

    /// <summary>Ended because the host stops.</summary>
    Stopped,
}

/// <summary>What follows when a process has ended by itself.</summary>
/// <param name="State">The state it is in now.</param>
/// <param name="Pause">How long to wait before it starts again; null where it does not.</param>
/// <param name="QuickEnds">How many times in a row it has now ended soon after its start.</param>
internal sealed record AfterExit(ResourceState State, TimeSpan? Pause, int QuickEnds);

/// <summary>Services are started again, after 1, 2, 4, … seconds, at most 30; one that ran a minute starts over at 1. Tasks are
/// not: one that ended well is done, and one that failed would do its work, and pay for it, twice.</summary>
internal static class RestartRule
{
    private static readonly TimeSpan Settled = TimeSpan.FromMinutes(1);
    private const int LongestPauseSeconds = 30;

    public static AfterExit Decide(bool isTask, int exitCode, TimeSpan ran, int quickEnds)
    {
        if (isTask) return new(exitCode == 0 ? ResourceState.Finished : ResourceState.Failed, null, 0);
        var ends = ran >= Settled ? 1 : quickEnds + 1;
        var seconds = Math.Min(LongestPauseSeconds, 1 << Math.Min(ends - 1, 10));
        return new(ResourceState.Restarting, TimeSpan.FromSeconds(seconds), ends);
    }
}
