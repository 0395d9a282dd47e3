using Ipo.V1;

namespace Ipo.Cli.Output;

/// <summary>What a completed run found, in the ten lines that a person reads first.</summary>
internal static class OutcomeText
{
    /// <summary>The answer: verdict, both prompts with their scores, the gain, the cost, what to do and where the report
    /// is.</summary>
    /// <param name="run">A completed run.</param>
    /// <param name="commandLine">Writes a command so that it reaches the same server.</param>
    public static IReadOnlyList<string> Lines(Run run, Func<string, string> commandLine)
    {
        var outcome = run.Outcome;
        var rows = new List<(string Name, string Value)>();
        if (outcome.WinnerScore is { } score) rows.Add((NameOfChoice(outcome), Scored(outcome.Winner, score)));
        if (outcome.BaselineScore is { } baseline)
            rows.Add(("baseline", Scored(outcome.WinnerScore is null ? outcome.Winner : Baseline(run), baseline)));
        if (outcome.Comparison is { } comparison) rows.Add(("difference", $"{Difference(comparison)}; {ScoredOn(outcome)}"));
        else rows.Add(("scored on", ScoredOn(outcome)));
        if (Novel(outcome) is { } novel) rows.Add(("novel classes", novel));
        rows.Add(("cost", $"{RunText.Spending(run)}, {Amounts.Clock(run.Elapsed?.ToTimeSpan() ?? TimeSpan.Zero)}"));
        rows.Add(("advice", outcome.Advice.Message));
        if (outcome.Advice.Kind is AdviceKind.UseWinner or AdviceKind.UseWinnerForSearchedClasses)
        {
            rows.Add(("use it", commandLine($"classify {run.RunId} IMAGE…")));
            // A list of templates cannot hold sentences of single classes.
            var form = outcome.Winner.ClassPrompts.Count > 0 ? "cupl --out prompts.json" : "open_clip --out templates.json";
            rows.Add(("", commandLine($"export {run.RunId} --format {form}")));
        }
        rows.Add(("report", commandLine($"report {run.RunId}")));
        var width = rows.Max(row => row.Name.Length);
        return
        [
            $"{Verdict(outcome)} ({run.Settings.Dataset}, run {run.RunId})",
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
                $": {Amounts.Percent(baseline.Accuracy)} → {Amounts.Percent(winner.Accuracy)} on {Images(outcome)}",
            { BaselineScore: { } baseline } => $": {Amounts.Percent(baseline.Accuracy)} on {Images(outcome)}",
            _ => "",
        };
        return $"{Verdict(outcome)} (run {run.RunId}){scores}";
    }

    /// <summary>The verdict in one word or two, for a column.</summary>
    public static string Word(RunOutcome outcome) => outcome switch
    {
        { Verdict.Judgement: Judgement.Better, NovelComparison.Judgement: Judgement.Worse } => "better, novel worse",
        { Verdict.Judgement: Judgement.Better } => "better",
        { Verdict.Judgement: Judgement.Worse } => "worse",
        { Verdict.Ground: VerdictGround.NothingScored } => "no finding",
        { WinnerScore: null } => "nothing better",
        _ => "not proved",
    };

    /// <summary>Baseline and choice in figures, with what they are of, for a column.</summary>
    public static string Figures(RunOutcome outcome) => outcome switch
    {
        { BaselineScore: { } baseline, WinnerScore: { } winner } =>
            $"{Amounts.Percent(baseline.Accuracy)} → {Amounts.Percent(winner.Accuracy)}, {Images(outcome)}",
        { BaselineScore: { } baseline } => $"{Amounts.Percent(baseline.Accuracy)}, {Images(outcome)}",
        _ => "",
    };

    private static string Verdict(RunOutcome outcome) => outcome switch
    {
        { Verdict.Judgement: Judgement.Better } => $"Better: the winner beats the baseline on {Images(outcome)}.",
        { Verdict.Ground: VerdictGround.NothingScored } => "No finding: not one candidate could be scored.",
        { Verdict.Judgement: Judgement.Worse } => $"Worse: the best prompt found is worse than the baseline on {Images(outcome)}.",
        { WinnerScore: null } => "Nothing better: no template beats the baseline.",
        { Verdict.Ground: VerdictGround.SearchImages } => "Not proved: only images that the search used were scored.",
        _ => $"Not proved: the best prompt found and the baseline are the same within chance on {Images(outcome)}.",
    };

    // What proved nothing is not called a winner.
    private static string NameOfChoice(RunOutcome outcome) => outcome.Verdict.Judgement is Judgement.Better ? "winner" : "best found";

    private static PromptSet Baseline(Run run) => new() { Templates = { run.Baseline.Template } };

    private static string Scored(PromptSet prompts, SplitScore score) =>
        $"{Amounts.Percent(score.Accuracy)} ({Amounts.Range(score.AccuracyLow, score.AccuracyHigh)})  {PromptSetText.Of(prompts)}";

    private static string ScoredOn(RunOutcome outcome) => outcome.SearchedClasses == outcome.DatasetClasses
        ? $"{Images(outcome)}, {(outcome.DatasetClasses == 2 ? "both" : $"all {Amounts.Count(outcome.DatasetClasses)}")} classes"
        : $"{Images(outcome)}, {Amounts.Count(outcome.SearchedClasses)} of {Amounts.Count(outcome.DatasetClasses)} classes";

    private static string? Novel(RunOutcome outcome) => outcome switch
    {
        { NovelComparison: { } comparison, NovelBaselineScore: { } baseline, NovelWinnerScore: { } winner } =>
            $"{Amounts.Percent(baseline.Accuracy)} → {Amounts.Percent(winner.Accuracy)}, {Difference(comparison)}; "
                + Amounts.Count(winner.Images, "test image"),
        _ => null,
    };

    private static string Difference(PairedComparison comparison) =>
        $"{Amounts.Points(comparison.AccuracyDifference)} ({Amounts.SignedRange(comparison.DifferenceLow, comparison.DifferenceHigh)}), "
            + $"McNemar p {Amounts.P(comparison.McnemarP)}";

    private static string Images(RunOutcome outcome)
    {
        var number = outcome.BaselineScore?.Images ?? 0;
        var kind = outcome.Split switch { Split.Test => "test image", Split.Validation => "validation image", _ => "search image" };
        return Amounts.Count(number, kind);
    }
}
