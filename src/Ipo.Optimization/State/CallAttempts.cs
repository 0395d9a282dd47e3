using Ipo.Optimization.Facts;

namespace Ipo.Optimization.State;

/// <summary>Failed attempts at one call.</summary>
/// <param name="Failures">Failures in a row, those of <see cref="Waits"/> aside.</param>
/// <param name="Interruptions">How often a host stopped while it was in flight; these are nobody's failure.</param>
/// <param name="InFlight">Whether a call is in flight, as far as the journal knows.</param>
/// <param name="Last">The last failure.</param>
/// <param name="NotBefore">When it may be asked again.</param>
internal sealed record CallAttempts(int Failures, int Interruptions, bool InFlight, CallFailure? Last, DateTimeOffset NotBefore)
{
    public static CallAttempts None { get; } = new(0, 0, false, null, DateTimeOffset.MinValue);

    /// <summary>Whether a call in flight may cost money.</summary>
    public bool IsPaid { get; init; }

    /// <summary>How often what costs nothing was away or busy; it is waited for as long as it takes, as the scorer
    /// is.</summary>
    public int Waits { get; init; }

    public int NextAttempt => Failures + Waits + Interruptions + 1;

    /// <summary>The failure after which it is not asked again; null while asking can help.</summary>
    public CallFailure? FinalFailure => Last is { } last && (Failures >= Retry.Most(last.Kind) || !Retry.Helps(last.Kind)) ? last : null;

    /// <summary>
    /// Whether the image asked about goes without a description: one that the model will not describe is left out; a
    /// provider that is down or refuses the key stops the run instead.
    /// </summary>
    public bool SkipsImage => FinalFailure is
    {
        Kind: FailureKind.Rejected or FailureKind.Empty or FailureKind.Malformed or FailureKind.LimitReached
    };

    public CallAttempts After(CallFailure failure, DateTimeOffset at)
    {
        if (failure.Kind == FailureKind.Interrupted) return Interrupted();
        var waits = !IsPaid && Retry.Passes(failure.Kind);
        return this with
        {
            Failures = Failures + (waits ? 0 : 1),
            Waits = Waits + (waits ? 1 : 0),
            InFlight = false,
            Last = failure,
            NotBefore = at + Retry.Delay(failure, Failures + Waits + 1, at),
        };
    }

    public CallAttempts Interrupted() => this with { Interruptions = Interruptions + 1, InFlight = false };
}
