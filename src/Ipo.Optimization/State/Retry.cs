using Ipo.Optimization.Facts;

namespace Ipo.Optimization.State;

/// <summary>When a failed call is made again. The only retries of paid calls are these, each of them a fact in the
/// journal.</summary>
public static class Retry
{
    /// <summary>Attempts at one call before the run fails; a person can resume it. What costs nothing and is only away
    /// or busy is waited for without limit.</summary>
    public const int MostAttempts = 6;

    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    /// <summary>Whether asking again can help: a refused key or request stays refused.</summary>
    public static bool Helps(FailureKind kind) => kind is not (FailureKind.Unauthorized or FailureKind.Rejected);

    /// <summary>Whether it is over by itself once what was asked is up, or less busy.</summary>
    public static bool Passes(FailureKind kind) => kind is FailureKind.Unavailable or FailureKind.RateLimited;

    /// <summary>How long to wait before the next attempt: what the provider asked for, else 1, 2, 4 … seconds; two
    /// minutes at most.
    /// </summary>
    public static TimeSpan Delay(CallFailure failure, int failures) => failure switch
    {
        { RetryAfter: { } asked } when asked > TimeSpan.Zero => asked < Longest ? asked : Longest,
        _ => TimeSpan.FromTicks(Math.Min(Longest.Ticks, First.Ticks << Math.Min(failures - 1, 20))),
    };
}
