namespace Ipo.Optimization.Facts;

/// <summary>What one call consumed.</summary>
/// <param name="InputTokens">Tokens of the request.</param>
/// <param name="OutputTokens">Tokens of the answer.</param>
/// <param name="CostMicroUsd">Money in millionths of a US dollar.</param>
/// <param name="Latency">Time to the end of the answer.</param>
public sealed record CallUsage(long InputTokens, long OutputTokens, long CostMicroUsd, TimeSpan Latency)
{
    /// <summary>Nothing.</summary>
    public static CallUsage None { get; } = new(0, 0, 0, TimeSpan.Zero);
}
