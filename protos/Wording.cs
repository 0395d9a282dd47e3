namespace Ipo.V1;

/// <summary>Closed sets in words, the same in every report, page and terminal.</summary>
public static class Wording
{
    /// <summary>Why proposals were refused, as it stands behind a number: "2 repeated".</summary>
    public static string Of(RefusalReason reason) => reason switch
    {
        RefusalReason.NoTags => "without <INS>",
        RefusalReason.UnclosedTag => "cut off",
        RefusalReason.Surplus => "more than asked for",
        RefusalReason.Empty => "empty",
        RefusalReason.TooLong => "too long",
        RefusalReason.ControlCharacter => "with control characters",
        RefusalReason.NoClass => "without <CLASS>",
        RefusalReason.SeveralClasses => "with several <CLASS>",
        RefusalReason.Markup => "with markup",
        RefusalReason.NamesAClass => "naming a class",
        RefusalReason.Duplicate => "repeated",
        RefusalReason.Unscorable => "not scorable",
        _ => "for an unknown reason",
    };

    /// <summary>How calls failed, as it stands behind a number: "3 rate-limited".</summary>
    public static string Of(FailureKind kind) => kind switch
    {
        FailureKind.RateLimited => "rate-limited",
        FailureKind.Unavailable => "unavailable",
        FailureKind.TimedOut => "timed out",
        FailureKind.Unauthorized => "unauthorized",
        FailureKind.Rejected => "rejected",
        FailureKind.Empty => "empty",
        FailureKind.Malformed => "malformed",
        FailureKind.Faulted => "internal errors",
        FailureKind.Interrupted => "interrupted",
        FailureKind.LimitReached => "cut at the token limit",
        FailureKind.Unreachable => "unreachable",
        _ => "of an unknown kind",
    };
}
