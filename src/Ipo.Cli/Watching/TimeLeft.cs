using Ipo.V1;

namespace Ipo.Cli.Watching;

/// <summary>
/// Estimates a run's remaining time from its steps. It counts the run's own running time, so that neither a pause of
/// the orchestrator nor the encoding before the first step is taken for a slow step.
/// </summary>
internal sealed class TimeLeft
{
    private int? _step; // The last one seen to complete, and the running time then.
    private TimeSpan _stepTime;
    private (int Step, TimeSpan Time)? _start; // The first completion seen, or the beginning of the search.
    private TimeSpan? _pace;

    /// <summary>As of the last state noted; null until a step was seen to complete.</summary>
    public TimeSpan? Estimate { get; private set; }

    public void Note(Run run)
    {
        Estimate = null;
        if (!ProgressText.IsSearching(run) || run.Elapsed is null) return;
        var elapsed = run.Elapsed.ToTimeSpan();
        if (run.StepsCompleted != _step) StepCompleted(run.StepsCompleted, elapsed);
        var left = _pace * (run.Settings.Steps - run.StepsCompleted) - (elapsed - _stepTime);
        if (run.Settings.Budget?.Duration?.ToTimeSpan() - elapsed is { } allowed && allowed < left) left = allowed;
        Estimate = left < TimeSpan.Zero ? TimeSpan.Zero : left;
    }

    private void StepCompleted(int completed, TimeSpan elapsed)
    {
        // A run joined in the middle of a step gives no start, since part of that step went unseen.
        if (_step is not null || completed == 0) _start ??= (completed, elapsed);
        _pace = _start is { } first && completed > first.Step ? (elapsed - first.Time) / (completed - first.Step)
            : completed > 0 ? elapsed / completed // All of the run, the encoding too, until there is something better.
            : null;
        (_step, _stepTime) = (completed, elapsed);
    }
}
