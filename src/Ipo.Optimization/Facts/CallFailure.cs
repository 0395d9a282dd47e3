namespace Ipo.Optimization.Facts;

/// <summary>How a provider's call failed.</summary>
/// <param name="Kind">The kind, which reports count.</param>
/// <param name="Message">One sentence for a person.</param>
/// <param name="RetryAfter">How long the provider asked to wait; null where it did not say.</param>
public sealed record CallFailure(FailureKind Kind, string Message, TimeSpan? RetryAfter);

/// <summary>Kinds of failed calls. Names are stored in journals: add, never rename.</summary>
public enum FailureKind
{
    /// <summary>HTTP 429.</summary>
    RateLimited,

    /// <summary>HTTP 5xx, or the connection broke.</summary>
    Unavailable,

    /// <summary>No answer in time.</summary>
    TimedOut,

    /// <summary>The key was refused, or its account is out of credit.</summary>
    Unauthorized,

    /// <summary>The request was refused.</summary>
    Rejected,

    /// <summary>An answer without text.</summary>
    Empty,

    /// <summary>An answer that is not what the protocol promises.</summary>
    Malformed,

    /// <summary>The host stopped while the call was in flight; whether it was paid is unknown, so it counts as a
    /// call.</summary>
    Interrupted,

    /// <summary>A service of ours has a fault of its own; asking again may meet it again.</summary>
    Faulted,

    /// <summary>The limit of tokens was reached before any text; the same question would meet it again.</summary>
    LimitReached,

    /// <summary>No connection came about.</summary>
    Unreachable,
}
