using System.Globalization;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace Ipo.Benchmarks;

/// <summary>How a cost grows.</summary>
/// <param name="Name">What is done.</param>
/// <param name="Points">How many of what grows, and the seconds it takes.</param>
internal sealed record Growth(string Name, IReadOnlyList<(double Count, double Seconds)> Points)
{
    // As far as a point's cost of one may be from that of one in the largest point.
    private const double Tolerance = 0.15;

    /// <summary>From which count on the cost is proportional to it: the cost of one stays within 15 % of what it is at the largest count. Null where only the largest is.</summary>
    public double? ProportionalFrom()
    {
        var last = Points[^1].Seconds / Points[^1].Count;
        var from = Points.Reverse().TakeWhile(point => Math.Abs(point.Seconds / point.Count / last - 1) <= Tolerance).Last().Count;
        return from < Points[^1].Count ? from : null;
    }
}

/// <summary>Draws growth as an SVG, both axes logarithmic unless said otherwise, so that a proportional cost is a straight line of slope 1.</summary>
internal static class GrowthChart
{
    public static void Write(string path, string title, string across, IReadOnlyList<Growth> series, bool logarithmic)
    {
        var plot = new Plot();
        foreach (var growth in series)
        {
            var line = plot.Add.Scatter(
                growth.Points.Select(point => Place(point.Count)).ToArray(), growth.Points.Select(point => Place(point.Seconds * 1000)).ToArray());
            line.LegendText = growth.Name;
        }
        if (logarithmic)
        {
            plot.Axes.Bottom.TickGenerator = Decades();
            plot.Axes.Left.TickGenerator = Decades();
        }
        plot.Title(title);
        plot.XLabel(across);
        plot.YLabel("milliseconds");
        plot.ShowLegend(Alignment.UpperLeft);
        File.WriteAllText(path, plot.GetSvgXml(640, 420));

        double Place(double value) => logarithmic ? Math.Log10(value) : value;
    }

    private static NumericAutomatic Decades() => new()
    {
        IntegerTicksOnly = true,
        MinorTickGenerator = new LogMinorTickGenerator(),
        LabelFormatter = exponent => Math.Pow(10, exponent).ToString("#,0.###", CultureInfo.InvariantCulture),
    };
}
