namespace Ipo.V1;

/// <summary>A curve as a line of text, the same in a report and on a screen.</summary>
public static class Sparkline
{
    private const string Bars = "▁▂▃▄▅▆▇█";

    /// <summary>Numbers as bars from the lowest to the highest of them, one each; of more than fit, the last of each of as many equal
    /// parts as there are columns.</summary>
    /// <param name="values">The numbers, at least one.</param>
    /// <param name="columns">The most bars, at least one.</param>
    public static string Of(IReadOnlyList<double> values, int columns = 100)
    {
        var (low, high) = (values.Min(), values.Max());
        var shown = Math.Min(values.Count, columns);
        return string.Concat(Enumerable.Range(1, shown).Select(part => Bar(values[(int)((long)part * values.Count / shown) - 1])));

        char Bar(double value) => high == low ? Bars[0] : Bars[(int)Math.Round((value - low) / (high - low) * (Bars.Length - 1))];
    }
}
