using Ipo.V1;

namespace Ipo.Cli.Output;

/// <summary>What a completed run found, in the ten lines that a person reads first.</summary>
internal static class OutcomeText
{
    private const int Green = 32, Red = 31, LongestCurve = 60;

    /// <summary>Writes them; on a screen with pictures of the intervals and of the search.</summary>
    /// <param name="terminal">Where to.</param>
    /// <param name="run">A completed run.</param>
    /// <param name="lines">Its <see cref="Lines"/>.</param>
    /// <param name="curve">The best accuracy on the search images after each step.</param>
    public static void Print(Terminal terminal, Run run, IReadOnlyList<string> lines, IReadOnlyList<double> curve)
    {
        terminal.Print(lines[0], Colour(run.Outcome));
        foreach (var line in lines.Skip(1)) terminal.Print(line);
        if (terminal.OutLive) PrintPictures(terminal, run, curve);
    }

    /// <summary>Writes the verdict on one line with its pictures, below a report whose verdict has left the screen.</summary>
    public static void PrintShort(Terminal terminal, Run run, IReadOnlyList<double> curve)
    {
        terminal.Print(Line(run), Colour(run.Outcome));
        PrintPictures(terminal, run, curve);
    }

    private static void PrintPictures(Terminal terminal, Run run, IReadOnlyList<double> curve)
    {
        const string Margin = "  ";
        var width = Math.Max(20, terminal.Width() - 1) - Margin.Length;
        List<(string, SplitScore)> scores = [];
        if (run.Outcome.BaselineScore is { } baseline) scores.Add(("baseline", baseline));
        if (run.Outcome.WinnerScore is { } winner) scores.Add((OutcomeWords.NameOfChoice(run.Outcome), winner));
        foreach (var line in IntervalPicture.Lines(scores, width)) terminal.Print(Margin + line);
        if (CurveLine(curve, width, IntervalPicture.NameColumns) is { } search) terminal.Print(Margin + search);
    }

    /// <summary>The curve on one line, with its two ends in words; null where no step was scored.</summary>
    /// <param name="curve">The best accuracy on the search images after each step.</param>
    /// <param name="width">Columns that there are.</param>
    /// <param name="nameColumns">Columns of the line's name.</param>
    public static string? CurveLine(IReadOnlyList<double> curve, int width, int nameColumns)
    {
        if (curve.Count < 2) return null;
        var words = $"  {Amounts.Percent(curve[0])} → {Amounts.Percent(curve[^1])} of the search images";
        var room = width - nameColumns - words.Length;
        return room < 1 ? null : $"{"search".PadRight(nameColumns)}{Sparkline.Of(curve, Math.Min(room, LongestCurve))}{words}";
    }

    private static int? Colour(RunOutcome outcome) => outcome.Verdict.Judgement switch
    {
        Judgement.Better => Green,
        Judgement.Worse => Red,
        _ => null,
    };

    /// <summary>The answer: verdict, both prompts with their scores, the gain, the cost, what to do and where the report
    /// is.</summary>
    /// <param name="run">A completed run.</param>
    /// <param name="commandLine">Writes a command so that it reaches the same server.</param>
    /// <param name="page">Address of the run's page; empty if no pages are served.</param>
    public static IReadOnlyList<string> Lines(Run run, Func<string, string> commandLine, string page = "")
    {
        var outcome = run.Outcome;
        var rows = new List<(string Name, string Value)>();
        if (outcome.WinnerScore is { } score) rows.Add((OutcomeWords.NameOfChoice(outcome), Scored(outcome.Winner, score)));
        if (outcome.BaselineScore is { } baseline)
            rows.Add(("baseline", Scored(outcome.WinnerScore is null ? outcome.Winner : Baseline(run), baseline)));
        if (outcome.Comparison is { } comparison)
            rows.Add(("difference", $"{OutcomeWords.Difference(comparison)}; {OutcomeWords.ScoredOn(outcome)}"));
        else rows.Add(("scored on", OutcomeWords.ScoredOn(outcome)));
        if (Novel(outcome) is { } novel) rows.Add(("novel classes", novel));
        rows.Add(("cost", $"{RunWords.Spending(run)}, {Amounts.Clock(run.Elapsed?.ToTimeSpan() ?? TimeSpan.Zero)}"));
        rows.Add(("advice", outcome.Advice.Message));
        if (outcome.Advice.Kind is AdviceKind.UseWinner or AdviceKind.UseWinnerForSearchedClasses)
        {
            rows.Add(("use it", commandLine($"classify {run.RunId} IMAGE…")));
            // A list of templates cannot hold sentences of single classes.
            var form = outcome.Winner.ClassPrompts.Count > 0 ? "cupl --out prompts.json" : "open_clip --out templates.json";
            rows.Add(("", commandLine($"export {run.RunId} --format {form}")));
        }
        rows.Add(("report", commandLine($"report {run.RunId}")));
        if (page.Length > 0) rows.Add(("page", page));
        var width = rows.Max(row => row.Name.Length);
        return
        [
            $"{OutcomeWords.Verdict(outcome)} ({run.Settings.Dataset}, run {run.RunId})",
            .. rows.Select(row => $"  {row.Name.PadRight(width)}  {row.Value}"),
        ];
    }

    /// <summary>The same on one line.</summary>
    public static string Line(Run run)
    {
        var outcome = run.Outcome;
        var scores = outcome switch
        {
            { BaselineScore: { } baseline, WinnerScore: { } winner } =>
                $": {Amounts.Percent(baseline.Accuracy)} → {Amounts.Percent(winner.Accuracy)} on {OutcomeWords.Images(outcome)}",
            { BaselineScore: { } baseline } => $": {Amounts.Percent(baseline.Accuracy)} on {OutcomeWords.Images(outcome)}",
            _ => "",
        };
        return $"{OutcomeWords.Verdict(outcome)} (run {run.RunId}){scores}";
    }

    private static PromptSet Baseline(Run run) => new() { Templates = { run.Baseline.Template } };

    private static string Scored(PromptSet prompts, SplitScore score) =>
        $"{Amounts.Percent(score.Accuracy)} ({Amounts.Range(score.AccuracyLow, score.AccuracyHigh)})  {RunWords.Prompts(prompts)}";

    private static string? Novel(RunOutcome outcome) => outcome switch
    {
        { NovelComparison: { } comparison, NovelBaselineScore: { } baseline, NovelWinnerScore: { } winner } =>
            $"{Amounts.Percent(baseline.Accuracy)} → {Amounts.Percent(winner.Accuracy)}, {OutcomeWords.Difference(comparison)}; "
                + Amounts.Count(winner.Images, "test image"),
        _ => null,
    };
}
