namespace Ipo.Optimization.Settings;

/// <summary>Limits of a run; null is no limit.</summary>
/// <param name="Calls">Calls to paid providers.</param>
/// <param name="Tokens">Input and output tokens together.</param>
/// <param name="CostMicroUsd">Money in millionths of a US dollar.</param>
/// <param name="Duration">Running time.</param>
public sealed record Budget(long? Calls = null, long? Tokens = null, long? CostMicroUsd = null, TimeSpan? Duration = null)
{
    /// <summary>No limit.</summary>
    public static Budget None { get; } = new();
}
