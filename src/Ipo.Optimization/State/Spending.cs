using System.Collections.Immutable;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Settings;

namespace Ipo.Optimization.State;

/// <summary>What a run has spent so far.</summary>
public sealed record Spending
{
    /// <summary>Calls to providers, failed ones included, answers from a cache not.</summary>
    public long Calls { get; init; }

    /// <summary>Those of them that went to paid providers.</summary>
    public long PaidCalls { get; init; }

    /// <summary>Failed calls by kind.</summary>
    public ImmutableSortedDictionary<FailureKind, long> Failures { get; init; } = ImmutableSortedDictionary<FailureKind, long>.Empty;

    /// <summary>Tokens of all requests.</summary>
    public long InputTokens { get; init; }

    /// <summary>Tokens of all answers.</summary>
    public long OutputTokens { get; init; }

    /// <summary>Money in millionths of a US dollar.</summary>
    public long CostMicroUsd { get; init; }

    /// <summary>Search images whose embedding was cached.</summary>
    public int ImagesCached { get; init; }

    /// <summary>Search images that had to be encoded.</summary>
    public int ImagesEncoded { get; init; }

    internal Spending Call(CallUsage usage, bool paid) => Recovered(usage) with
    {
        Calls = Calls + 1,
        PaidCalls = PaidCalls + (paid ? 1 : 0),
    };

    /// <summary>What a call cost that is counted already, and whose answer came late.</summary>
    internal Spending Recovered(CallUsage usage) => this with
    {
        InputTokens = InputTokens + usage.InputTokens,
        OutputTokens = OutputTokens + usage.OutputTokens,
        CostMicroUsd = CostMicroUsd + usage.CostMicroUsd,
    };

    internal Spending Failed(FailureKind kind) => this with { Failures = Failures.SetItem(kind, Failures.GetValueOrDefault(kind) + 1) };

    /// <summary>The limit that forbids another call, or null. Tokens and money are known after a call and not before,
    /// so the last calls, those made at once, may pass them.
    /// </summary>
    internal StopReason? Forbids(Budget budget, TimeSpan elapsed, bool paid)
    {
        if (paid && PaidCalls >= budget.Calls) return StopReason.CallsSpent;
        if (InputTokens + OutputTokens >= budget.Tokens) return StopReason.TokensSpent;
        if (CostMicroUsd >= budget.CostMicroUsd) return StopReason.MoneySpent;
        if (elapsed >= budget.Duration) return StopReason.TimeSpent;
        return null;
    }
}
