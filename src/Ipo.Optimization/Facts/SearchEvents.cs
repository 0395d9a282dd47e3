using System.Text.Json.Serialization;
using Ipo.Optimization.Templates;

namespace Ipo.Optimization.Facts;

/// <summary>Intent: candidates are about to be asked for.</summary>
/// <param name="At">When it happened.</param>
/// <param name="Step">The step, from 1.</param>
/// <param name="Call">The call within the step, from 0.</param>
/// <param name="Attempt">The attempt at this call, from 1.</param>
/// <param name="InstructionDigest">SHA-256 of the instruction, 64 hexadecimal digits; equal on every attempt and every
/// machine.</param>
public sealed record ProposalRequested(DateTimeOffset At, int Step, int Call, int Attempt, string InstructionDigest) : RunEvent(At);

/// <summary>The proposer's answer, as it came, before anything is made of it.</summary>
public sealed record ProposalAnswered(
    DateTimeOffset At, int Step, int Call, string Answer, CallUsage Usage, string Model) : RunEvent(At)
{
    /// <summary>Whether it was kept from an equal question before, so that nothing was asked and nothing paid.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Cached { get; init; }

    /// <summary>Whether it was bought for this very call by an attempt whose answer did not arrive, and kept: that attempt is
    /// counted as a call, and the usage here is what it cost.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Recovered { get; init; }
}

/// <summary>The proposer's provider failed.</summary>
public sealed record ProposalFailed(DateTimeOffset At, int Step, int Call, CallFailure Failure, CallUsage Usage) : RunEvent(At);

/// <summary>A template was scored on the search images.</summary>
/// <param name="At">When it happened.</param>
/// <param name="Step">The step that proposed it; 0 for the baseline.</param>
/// <param name="Template">The template.</param>
/// <param name="Accuracy">Accuracy in 0..1.</param>
/// <param name="Loss">Mean cross-entropy in nats.</param>
/// <param name="Correct">One '1' or '0' per search image; null where the preset keeps no outcomes.</param>
/// <param name="Losses">Cross-entropy of each search image; kept where they are few enough to choose by it.</param>
public sealed record TemplateScored(
    DateTimeOffset At,
    int Step,
    string Template,
    double Accuracy,
    double Loss,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Correct = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<float>? Losses = null) : RunEvent(At);

/// <summary>A proposal was refused.</summary>
public sealed record TemplateRefused(DateTimeOffset At, int Step, string Text, RefusalReason Reason, string Message) : RunEvent(At);

/// <summary>All proposals of a step are scored or refused.</summary>
public sealed record StepCompleted(DateTimeOffset At, int Step) : RunEvent(At);

/// <summary>What a template confuses on the search images, where a proposer is shown it.</summary>
public sealed record ConfusionsFound(DateTimeOffset At, string Template, IReadOnlyList<ConfusedPair> Pairs) : RunEvent(At);

/// <summary>The search is over; what follows is proof.</summary>
/// <param name="At">When it happened.</param>
/// <param name="Reason">Why it ended.</param>
/// <param name="Winner">The best on the search images; the run's winner, unless held-out images choose it.</param>
public sealed record SearchEnded(DateTimeOffset At, StopReason Reason, string Winner) : RunEvent(At);
