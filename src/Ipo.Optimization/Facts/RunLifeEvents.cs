using System.Text.Json.Serialization;
using Ipo.Optimization.Settings;

namespace Ipo.Optimization.Facts;

/// <summary>A person asked for the run.</summary>
/// <param name="At">When it happened.</param>
/// <param name="RunId">The run's id.</param>
/// <param name="Settings">Its settings.</param>
/// <param name="Labels">What it is filed under; null for nothing.</param>
/// <param name="DisplayName">What a person calls it; null for nothing.</param>
/// <param name="By">The name of who asked; null where nobody was asked for it.</param>
/// <param name="Branch">The run that it takes its first memory from; null for none.</param>
public sealed record RunCreated(
    DateTimeOffset At, string RunId, RunSettings Settings,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, string>? Labels = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? DisplayName = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? By = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] BranchPoint? Branch = null)
    : RunEvent(At);

/// <summary>Where a run branches off from another one. It scores these templates anew, on its own images and with its own checkpoint, and
/// counts its budget from nothing.</summary>
/// <param name="RunId">The other run.</param>
/// <param name="Step">The step after which.</param>
/// <param name="Templates">What that run's memory held then, the worst first.</param>
public sealed record BranchPoint(string RunId, int Step, IReadOnlyList<string> Templates);

/// <summary>A host took the run up, at first or after a restart; the time between hosts is not running time.</summary>
public sealed record RunPickedUp(DateTimeOffset At) : RunEvent(At)
{
    /// <summary>What the journal had lost by then; null if nothing was missed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public LostTail? Lost { get; init; }
}

/// <summary>Events that stood at the end of a journal and were gone at the next start: a log was cut, or an older copy put back.</summary>
/// <param name="Events">How many.</param>
/// <param name="FromStep">Steps that were completed with them.</param>
/// <param name="ToStep">Steps that are completed without.</param>
public sealed record LostTail(long Events, int FromStep, int ToStep);

/// <summary>A person wants the search to end and what it found to be proved.</summary>
public sealed record StopRequested(DateTimeOffset At) : RunEvent(At);

/// <summary>The run is final and has a report.</summary>
public sealed record RunCompleted(DateTimeOffset At) : RunEvent(At);

/// <summary>The run cannot go on by itself.</summary>
/// <param name="At">When it happened.</param>
/// <param name="Reason">What went wrong and how to put it right, as one sentence.</param>
public sealed record RunFailed(DateTimeOffset At, string Reason) : RunEvent(At);

/// <summary>A person wants the run to stand still after the step at work.</summary>
public sealed record PauseRequested(DateTimeOffset At) : RunEvent(At);

/// <summary>The run stands still until a person lets it go on.</summary>
public sealed record RunPaused(DateTimeOffset At) : RunEvent(At);

/// <summary>A person let a failed or paused run go on.</summary>
public sealed record RunResumed(DateTimeOffset At) : RunEvent(At);

/// <summary>A person stopped the run for good.</summary>
public sealed record RunCancelled(DateTimeOffset At) : RunEvent(At);
