using Ipo.V1;

namespace Ipo.Cli.Watching;

/// <summary>
/// Estimates a run's remaining time from its steps. It counts the run's own running time, so that neither a pause of
/// the orchestrator nor the encoding before the first step is taken for a slow step.
/// </summary>
internal sealed class TimeLeft
{
    private Run? first;

    /// <summary>As of the last state noted; null until a step was seen to complete.</summary>
    public TimeSpan? Estimate { get; private set; }

    public void Note(Run run)
    {
        Estimate = null;
        if (!ProgressText.IsSearching(run) || run.Elapsed is null) return;
        first ??= run;
        var elapsed = run.Elapsed.ToTimeSpan();
        // Steps seen since this command came; where none was, all of the run, which then counts the encoding too.
        var (steps, time) = run.StepsCompleted > first.StepsCompleted
            ? (run.StepsCompleted - first.StepsCompleted, elapsed - first.Elapsed.ToTimeSpan())
            : (run.StepsCompleted, elapsed);
        if (steps == 0) return;
        var left = time / steps * (run.Settings.Steps - run.StepsCompleted);
        if (run.Settings.Budget?.Duration?.ToTimeSpan() - elapsed is { } allowed && allowed < left) left = allowed;
        Estimate = left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
