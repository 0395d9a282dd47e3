using Ipo.Cli.Output;
using Ipo.V1;

namespace Ipo.Cli.Watching;

/// <summary>What progress says, as pure functions of a run's state.</summary>
internal static class ProgressText
{
    /// <summary>What the done part of the bar is made of.</summary>
    public const char Full = '━';

    private const int NameColumns = 10;
    private const int LongestBar = 40;
    private const int ShortestBar = 10;

    /// <summary>Whether steps are what is going on: before them images are encoded, after them, however early the search
    /// ended, the splits are evaluated.</summary>
    public static bool IsSearching(Run run) =>
        run is { State: RunState.Running, Baseline: not null, StopReason: StopReason.Unspecified }
        && run.StepsCompleted < run.Settings?.Steps;

    /// <summary>One plain line about the last completed step; with ASCII only, since it is read in logs.</summary>
    public static string Step(Run run, TimeSpan? left)
    {
        var parts = new List<string> { $"step {run.StepsCompleted}/{run.Settings.Steps}: {Scores(run)}", RunWords.Spending(run) };
        if (left is { } time) parts.Add($"{Amounts.Clock(time)} left");
        return string.Join("; ", parts);
    }

    /// <summary>
    /// The live block, each line at most <paramref name="width"/> columns wide: a bar with the step and the time left,
    /// the curve, the best template and the baseline with their scores, and what it cost.
    /// </summary>
    /// <param name="run">The newest state.</param>
    /// <param name="curve">The best accuracy on the search images after each step.</param>
    /// <param name="left">The time left; null where it is not known.</param>
    /// <param name="width">Columns that there are.</param>
    public static IReadOnlyList<string> Block(Run run, IReadOnlyList<double> curve, TimeSpan? left, int width)
    {
        var searching = IsSearching(run);
        var head = searching ? $"step {run.StepsCompleted}/{run.Settings.Steps}"
            : run.Activity is { Length: > 0 } activity ? activity : RunWords.State(run.State);
        var share = run.State is RunState.Completed ? 1
            : Math.Clamp(searching ? (double)run.StepsCompleted / run.Settings.Steps : run.ActivityProgress, 0, 1);
        var tail = $"{share * 100:0} %" + (left is { } time ? $"  {Amounts.Clock(time)} left" : "")
            + (searching && run.Activity.Length > 0 ? $"  {run.Activity}" : "");
        var room = width - ScreenText.Width(head) - ScreenText.Width(tail) - 4;
        var first = room >= ShortestBar
            ? $"{head}  {Bar(share, Math.Min(room, LongestBar))}  {tail}"
            : ScreenText.Fit($"{head}  {tail}", width);
        var lines = new List<string> { first };
        if (run is not { Baseline: { } baseline, Best: { } best }) return lines;
        if (OutcomeText.CurveLine(curve, width, NameColumns) is { } line) lines.Add(line);
        lines.Add(ScreenText.Fit(Row("best", best), width));
        lines.Add(ScreenText.Fit(Row("baseline", baseline), width));
        lines.Add(ScreenText.Fit($"{"spent".PadRight(NameColumns)}{RunWords.Spending(run)}", width));
        return lines;
    }

    private static string Row(string name, ScoredTemplate scored) =>
        $"{name.PadRight(NameColumns)}{Amounts.Percent(scored.Accuracy),7}  loss {Amounts.Nats(scored.Loss)}  {scored.Template}";

    private static string Scores(Run run)
    {
        if (run.Best is not { } best || run.Baseline is not { } baseline) return "no score yet";
        // Of images that the search sees: what these figures gain is no gain.
        return $"search images: best {Amounts.Percent(best.Accuracy)} (loss {Amounts.Nats(best.Loss)}), "
            + $"baseline {Amounts.Percent(baseline.Accuracy)}";
    }

    private static string Bar(double share, int width)
    {
        var full = (int)Math.Round(share * width);
        return new string(Full, full) + new string('─', width - full);
    }
}
