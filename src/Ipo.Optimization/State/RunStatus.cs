namespace Ipo.Optimization.State;

/// <summary>Where a run stands.</summary>
public enum RunStatus
{
    /// <summary>It works, or waits for a host.</summary>
    Running,

    /// <summary>It is complete.</summary>
    Completed,

    /// <summary>It cannot go on by itself; a person can resume it.</summary>
    Failed,

    /// <summary>A person stopped it.</summary>
    Cancelled,

    /// <summary>A person made it stand still; a person can resume it.</summary>
    Paused,
}
