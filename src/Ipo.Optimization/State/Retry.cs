using Ipo.Optimization.Facts;

namespace Ipo.Optimization.State;

/// <summary>When a failed call is made again. The only retries of paid calls are these, each of them a fact in the
/// journal.</summary>
public static class Retry
{
    /// <summary>Attempts at one call before the run fails; a person can resume it. What costs nothing and is only away
    /// or busy is waited for without limit.</summary>
    public const int MostAttempts = 6;

    /// <summary>The same where the provider is busy, or not ready yet: with the waits below some four minutes. Limits of
    /// calls are counted by the minute as a rule, and a server may take a few to load a model. A refusal costs
    /// nothing.</summary>
    public const int MostAttemptsAtBusy = 10;

    // Calls that were refused together come back apart, or they would be refused together again.
    private const double MostJitter = 0.2;

    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestUnasked = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    /// <summary>Whether asking again can help: a refused key or request stays refused, and a limit that was too small
    /// stays too small.</summary>
    public static bool Helps(FailureKind kind) =>
        kind is not (FailureKind.Unauthorized or FailureKind.Rejected or FailureKind.LimitReached);

    /// <summary>Whether it is over by itself once what was asked is up, or less busy.</summary>
    public static bool Passes(FailureKind kind) => kind is FailureKind.Unavailable or FailureKind.RateLimited or FailureKind.Unreachable;

    /// <summary>How many attempts a kind of failure is worth.</summary>
    public static int Most(FailureKind kind) =>
        kind is FailureKind.Unavailable or FailureKind.RateLimited ? MostAttemptsAtBusy : MostAttempts;

    /// <summary>How long to wait before the next attempt: what the provider asked for, two minutes at most, else 1, 2,
    /// 4 … seconds, a minute at most; and up to a fifth of that longer.</summary>
    /// <param name="failure">The failure.</param>
    /// <param name="failures">Failures so far, with this one.</param>
    /// <param name="at">When it happened. Its last digits, which no two calls share, stand for chance: the journal
    /// keeps them, so that a later fold waits as long.</param>
    public static TimeSpan Delay(CallFailure failure, int failures, DateTimeOffset at)
    {
        var wait = failure switch
        {
            { RetryAfter: { } asked } when asked > TimeSpan.Zero => asked < Longest ? asked : Longest,
            _ => TimeSpan.FromTicks(Math.Min(LongestUnasked.Ticks, First.Ticks << Math.Min(failures - 1, 20))),
        };
        return wait * (1 + (MostJitter * (at.Ticks % 1000 / 1000.0)));
    }
}
