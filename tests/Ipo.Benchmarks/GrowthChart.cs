using System.Globalization;
using System.Text;

namespace Ipo.Benchmarks;

/// <summary>How a cost grows.</summary>
/// <param name="Name">What is done.</param>
/// <param name="Points">How many of what grows, and the seconds it takes.</param>
internal sealed record Growth(string Name, IReadOnlyList<(double Count, double Seconds)> Points)
{
    // As far as a point's cost of one may be from that of one in the largest point.
    private const double Tolerance = 0.15;

    /// <summary>From which count on the cost is proportional to it: the cost of one stays within 15 % of what it is at the largest
    /// count. Null where only the largest is.</summary>
    public double? ProportionalFrom()
    {
        var last = Points[^1].Seconds / Points[^1].Count;
        var from = Points.Reverse().TakeWhile(point => Math.Abs(point.Seconds / point.Count / last - 1) <= Tolerance).Last().Count;
        return from < Points[^1].Count ? from : null;
    }
}

/// <summary>Draws growth as an SVG, both axes logarithmic, so that a proportional cost is a straight line of slope 1.
/// By hand and not by ScottPlot: that draws through Skia, which has no letters in the build without system libraries that we ship.</summary>
internal static class GrowthChart
{
    private const int Width = 640;
    private const int Height = 400;
    private const int Left = 70;
    private const int Top = 40;
    private const int Right = 20;
    private const int Bottom = 50;

    private static readonly string[] Colours = ["#1f77b4", "#d95f02"];

    public static void Write(string path, string title, string across, IReadOnlyList<Growth> series)
    {
        var points = series.SelectMany(growth => growth.Points).ToList();
        var x = new Axis(points.Min(point => point.Count), points.Max(point => point.Count), Left, Width - Right);
        var y = new Axis(points.Min(point => point.Seconds * 1000), points.Max(point => point.Seconds * 1000), Height - Bottom, Top);
        var svg = new StringBuilder($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"{Width}\" height=\"{Height}\" fill=\"white\"/>\n");
        foreach (var tick in x.Ticks())
            svg.Append(Line(x.Place(tick), Top, x.Place(tick), Height - Bottom)).Append(Text(x.Place(tick), Height - Bottom + 18, "middle", Short(tick)));
        foreach (var tick in y.Ticks())
            svg.Append(Line(Left, y.Place(tick), Width - Right, y.Place(tick))).Append(Text(Left - 6, y.Place(tick) + 4, "end", Short(tick)));
        for (var at = 0; at < series.Count; at++)
        {
            var colour = Colours[at % Colours.Length];
            var places = series[at].Points.Select(point => (X: x.Place(point.Count), Y: y.Place(point.Seconds * 1000))).ToList();
            svg.Append($"<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" points=\"{string.Join(' ', places.Select(place => $"{Number(place.X)},{Number(place.Y)}"))}\"/>\n");
            foreach (var place in places) svg.Append($"<circle cx=\"{Number(place.X)}\" cy=\"{Number(place.Y)}\" r=\"3\" fill=\"{colour}\"/>\n");
            svg.Append(Text(Left + 10, Top + 16 + 16 * at, "start", series[at].Name, colour));
        }
        svg.Append(Text(Width / 2.0, 22, "middle", title)).Append(Text(Width / 2.0, Height - 10, "middle", across)).Append(Text(8, Top - 10, "start", "milliseconds")).Append("</svg>\n");
        File.WriteAllText(path, svg.ToString());
    }

    private static string Line(double x1, double y1, double x2, double y2) =>
        $"<line x1=\"{Number(x1)}\" y1=\"{Number(y1)}\" x2=\"{Number(x2)}\" y2=\"{Number(y2)}\" stroke=\"#ddd\"/>\n";

    private static string Text(double x, double y, string anchor, string text, string colour = "#333") =>
        $"<text x=\"{Number(x)}\" y=\"{Number(y)}\" text-anchor=\"{anchor}\" fill=\"{colour}\">{System.Net.WebUtility.HtmlEncode(text)}</text>\n";

    private static string Number(double value) => value.ToString("F1", CultureInfo.InvariantCulture);

    private static string Short(double value) => value.ToString("#,0.###", CultureInfo.InvariantCulture);

    /// <summary>A logarithmic axis over whole decades' halves: 1, 2, 5, 10 …</summary>
    private sealed record Axis(double Least, double Most, double From, double To)
    {
        public double Place(double value) => From + (To - From) * (Math.Log(value) - Math.Log(Least)) / (Math.Log(Most) - Math.Log(Least));

        public IEnumerable<double> Ticks()
        {
            for (var decade = Math.Pow(10, Math.Floor(Math.Log10(Least))); decade <= Most; decade *= 10)
                foreach (var step in Most / Least > 300 ? new[] { 1.0 } : [1, 2, 5])
                    if (decade * step >= Least && decade * step <= Most) yield return decade * step;
        }
    }
}
