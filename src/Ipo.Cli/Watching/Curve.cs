using Ipo.V1;

namespace Ipo.Cli.Watching;

/// <summary>The best accuracy on the search images after each step, the baseline's first, gathered from a run's states.</summary>
/// <param name="before">What is known of the steps before the first state.</param>
internal sealed class Curve(IEnumerable<CurvePoint> before)
{
    private readonly List<double> _best = [.. before.Select(point => point.BestAccuracy)];

    public IReadOnlyList<double> Best => _best;

    public void Note(Run run)
    {
        if (run is not { Baseline: { } baseline, Best: { } best }) return;
        var known = run.StepsCompleted + 1;
        if (_best.Count > known) _best.RemoveRange(known, _best.Count - known); // the run went back
        if (_best.Count == 0) _best.Add(baseline.Accuracy);
        // States come at most so often: a step that none told of has the value before it.
        while (_best.Count < known - 1) _best.Add(_best[^1]);
        if (_best.Count < known) _best.Add(best.Accuracy);
        else _best[^1] = best.Accuracy;
    }
}
