namespace Ipo.Optimization.Statistics;

/// <summary>A 95 % interval.</summary>
/// <param name="Low">Its lower end.</param>
/// <param name="High">Its upper end.</param>
public sealed record Interval(double Low, double High)
{
    /// <summary>Whether it holds a number, its ends included.</summary>
    public bool Holds(double number) => Low <= number && number <= High;
}
