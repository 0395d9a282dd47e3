using Ipo.V1;

namespace Ipo.Web.Charts;

/// <summary>A search as a chart draws it.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="Best">Value of the best template after each step, the baseline as step 0.</param>
/// <param name="Candidates">Value of each template by the step that proposed it; empty where only the best is drawn.</param>
public sealed record Curve(string Name, IReadOnlyList<CurveMark> Best, IReadOnlyList<CurveMark> Candidates)
{
    /// <summary>Accuracy on the search images, in percent.</summary>
    public static Curve OfAccuracy(string name, IEnumerable<CurvePoint> curve, IEnumerable<ScoredTemplate> trajectory) => new(
        name,
        [.. curve.Select(point => new CurveMark(point.Step, point.BestAccuracy * 100, ""))],
        [.. trajectory.Where(scored => scored.Step > 0)
            .Select(scored => new CurveMark(scored.Step, scored.Accuracy * 100, scored.Template))]);

    /// <summary>Mean cross-entropy on the search images, in nats.</summary>
    public static Curve OfLoss(string name, IEnumerable<CurvePoint> curve, IEnumerable<ScoredTemplate> trajectory) => new(
        name,
        [.. curve.Select(point => new CurveMark(point.Step, point.BestLoss, ""))],
        [.. trajectory.Where(scored => scored.Step > 0).Select(scored => new CurveMark(scored.Step, scored.Loss, scored.Template))]);
}

/// <summary>A value at a step.</summary>
/// <param name="Step">The step; 0 is the baseline.</param>
/// <param name="Value">The value, in the chart's unit.</param>
/// <param name="Text">What stands beside it on demand; empty for nothing.</param>
public sealed record CurveMark(int Step, double Value, string Text);

/// <summary>A band across a chart, for instance the baseline's interval.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Value">The line in its middle.</param>
/// <param name="Low">Its lower end.</param>
/// <param name="High">Its upper end.</param>
public sealed record Band(string Name, double Value, double Low, double High);
