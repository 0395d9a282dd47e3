namespace Ipo.Web.Charts;

/// <summary>A linear axis with round ticks.</summary>
/// <param name="Low">The value at its start.</param>
/// <param name="High">The value at its end; larger.</param>
/// <param name="Step">Distance of two ticks.</param>
public sealed record Axis(double Low, double High, double Step)
{
    private static readonly double[] Rounds = [1, 2, 5, 10];

    /// <summary>The smallest axis with ticks at 1, 2 or 5 times a power of ten that holds all values.</summary>
    /// <param name="values">The values; none gives 0 to 1.</param>
    /// <param name="ticks">About how many intervals.</param>
    public static Axis Of(IEnumerable<double> values, int ticks)
    {
        var all = values.Where(double.IsFinite).ToList();
        if (all.Count == 0) return new(0, 1, 0.5);
        var (low, high) = (all.Min(), all.Max());
        if (high - low < 1e-9) (low, high) = (low - 0.5, high + 0.5);
        var rough = (high - low) / ticks;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        var step = Rounds.Select(factor => factor * power).First(candidate => candidate >= rough - 1e-12);
        return new(Math.Floor((low / step) + 1e-9) * step, Math.Ceiling((high / step) - 1e-9) * step, step);
    }

    /// <summary>The values of its ticks.</summary>
    public IEnumerable<double> Ticks =>
        Enumerable.Range(0, (int)Math.Round((High - Low) / Step) + 1).Select(number => Low + (number * Step));

    /// <summary>Where a value lies, in 0..1.</summary>
    public double Share(double value) => (value - Low) / (High - Low);
}
