using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Components;

namespace Ipo.Web.Charts;

/// <summary>Curves with every position worked out. It is made once and shown by any number of pages, and of a search that goes on only
/// the dots of new steps are news to them.</summary>
/// <param name="Vertical">The axis of values.</param>
/// <param name="Horizontal">The axis of steps.</param>
/// <param name="Curves">What is drawn.</param>
/// <param name="Reference">The baseline; null for none.</param>
/// <param name="Unit">What stands behind a value.</param>
public sealed record Drawing(Axis Vertical, Axis Horizontal, IReadOnlyList<DrawnCurve> Curves, Band? Reference, string Unit)
{
    // Of more candidates than a chart has room for, the worst, the middle and the best of neighbouring steps are drawn: a search of
    // 10,000 steps must not fill a browser.
    private const int MostDots = 1600, MostGroups = 200;

    public const int Width = 720, Height = 260, Left = 48, Right = 12, Top = 10, Bottom = 40;

    /// <summary>Works out every position.</summary>
    /// <param name="curves">What is drawn.</param>
    /// <param name="unit">What stands behind a value.</param>
    /// <param name="steps">Steps that there will be; the axis has room for them.</param>
    /// <param name="reference">The baseline; null for none.</param>
    public static Drawing Of(IReadOnlyList<Curve> curves, string unit, int steps = 0, Band? reference = null)
    {
        var marks = curves.SelectMany(curve => curve.Best.Concat(curve.Candidates)).ToList();
        IEnumerable<double> band = reference is { } shown ? [shown.Low, shown.High, shown.Value] : [];
        var vertical = Axis.Of(marks.Select(mark => mark.Value).Concat(band), 5);
        var horizontal = Axis.Of(marks.Select(mark => (double)mark.Step).Append(0).Append(Math.Max(1, steps)), 8);
        var drawing = new Drawing(vertical, horizontal, [], reference, unit);
        return drawing with { Curves = [.. curves.Select((curve, number) => drawing.Draw(curve, number))] };
    }

    public string X(double step) => N(Left + (Horizontal.Share(step) * (Width - Left - Right)));

    public string Y(double value) => N(YOf(value));

    public double YOf(double value) => Height - Bottom - (Vertical.Share(value) * (Height - Top - Bottom));

    /// <summary>A position or length.</summary>
    public static string N(double number) => number.ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>A value for a person.</summary>
    public static string Label(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);

    private DrawnCurve Draw(Curve curve, int number) => new(
        curve.Name, Path(curve), [.. Groups(curve).Select(group => new StepDots(group.Step, Dots(group.Marks, number)))],
        curve.Best.Count == 0 ? ""
            : $"{curve.Name}: from {Label(curve.Best[0].Value)}{Unit} to {Label(curve.Best[^1].Value)}{Unit} in "
                + $"{curve.Best[^1].Step} steps.");

    private IEnumerable<(int Step, IEnumerable<CurveMark> Marks)> Groups(Curve curve)
    {
        if (curve.Candidates.Count <= MostDots)
            return curve.Candidates.GroupBy(mark => mark.Step).Select(step => (step.Key, step.AsEnumerable()));
        var steps = (int)Math.Ceiling(Horizontal.High / MostGroups);
        return curve.Candidates.GroupBy(mark => (mark.Step - 1) / steps).Select(group =>
        {
            var ordered = group.OrderBy(mark => mark.Value).ToList();
            return (group.Key, new[] { ordered[0], ordered[ordered.Count / 2], ordered[^1] }.Distinct());
        });
    }

    // The best so far stays until a better one comes: a staircase, with a point where it rises and at its end.
    private string Path(Curve curve)
    {
        var path = new StringBuilder();
        var at = "";
        foreach (var (mark, number) in curve.Best.Select((mark, number) => (mark, number)))
        {
            var y = Y(mark.Value);
            if (number == 0) path.Append(CultureInfo.InvariantCulture, $"M{X(mark.Step)} {y}");
            else if (y != at) path.Append(CultureInfo.InvariantCulture, $"H{X(mark.Step)}V{y}");
            else if (number == curve.Best.Count - 1) path.Append(CultureInfo.InvariantCulture, $"H{X(mark.Step)}");
            at = y;
        }
        return path.ToString();
    }

    private MarkupString Dots(IEnumerable<CurveMark> marks, int number) => new(string.Concat(marks.Select(mark =>
        $"""<circle class="dot c{number}" cx="{X(mark.Step)}" cy="{Y(mark.Value)}" r="2.5"><title>"""
            + $"step {mark.Step}: {Label(mark.Value)}{Unit}  {WebUtility.HtmlEncode(mark.Text)}</title></circle>")));
}

/// <summary>A curve with every position worked out.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="Path">The staircase of the best, as SVG has it.</param>
/// <param name="Dots">Its candidates, step by step.</param>
/// <param name="Summary">The curve as a sentence; empty for none.</param>
public sealed record DrawnCurve(string Name, string Path, IReadOnlyList<StepDots> Dots, string Summary);

/// <summary>The candidates of a step.</summary>
/// <param name="Step">The step.</param>
/// <param name="Markup">A dot for each, with its template on demand.</param>
public sealed record StepDots(int Step, MarkupString Markup);
