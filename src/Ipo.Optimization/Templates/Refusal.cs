namespace Ipo.Optimization.Templates;

/// <summary>Why a proposal did not become a scored template.</summary>
/// <param name="Reason">The kind, which reports count.</param>
/// <param name="Message">One sentence for a person.</param>
public sealed record Refusal(RefusalReason Reason, string Message);

/// <summary>The kinds of refusal. Names are stored in journals and shown in reports: add, never rename.</summary>
public enum RefusalReason
{
    /// <summary>The answer holds no <c>&lt;INS&gt;</c>.</summary>
    NoTags,

    /// <summary>An <c>&lt;INS&gt;</c> without its <c>&lt;/INS&gt;</c>: the answer was cut. The published code accepted
    /// it (paper.md, section 7, 9).</summary>
    UnclosedTag,

    /// <summary>More candidates than asked for; the first ones were taken.</summary>
    Surplus,

    /// <summary>Nothing between the tags.</summary>
    Empty,

    /// <summary>More than <see cref="PromptTemplate.MaximumLength"/> characters.</summary>
    TooLong,

    /// <summary>A control, format or private-use character.</summary>
    ControlCharacter,

    /// <summary>No <c>&lt;CLASS&gt;</c>.</summary>
    NoClass,

    /// <summary>More than one <c>&lt;CLASS&gt;</c>.</summary>
    SeveralClasses,

    /// <summary>A tag or a stray angle bracket.</summary>
    Markup,

    /// <summary>A class name of the dataset stands in the template.</summary>
    NamesAClass,

    /// <summary>The same template was scored before, or stands earlier in the same step.</summary>
    Duplicate,

    /// <summary>The scorer refused it, for instance because a prompt is longer than the checkpoint's context.</summary>
    Unscorable,
}
