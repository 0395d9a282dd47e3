namespace Ipo.V1;

/// <summary>What a completed run found in words, the same in a terminal and on a page.</summary>
public static class OutcomeWords
{
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

    /// <summary>The verdict as a sentence.</summary>
    public static string Verdict(RunOutcome outcome) => outcome switch
    {
        { Verdict.Judgement: Judgement.Better } => $"Better: the winner beats the baseline on {Images(outcome)}.",
        { Verdict.Ground: VerdictGround.NothingScored } => "No finding: not one candidate could be scored.",
        { Verdict.Judgement: Judgement.Worse } => $"Worse: the best prompt found is worse than the baseline on {Images(outcome)}.",
        { WinnerScore: null } => "Nothing better: no template beats the baseline.",
        { Verdict.Ground: VerdictGround.SearchImages } => "Not proved: only images that the search used were scored.",
        _ => $"Not proved: the best prompt found and the baseline are the same within chance on {Images(outcome)}.",
    };

    /// <summary>What to call the prompt that was chosen: what proved nothing is not called a winner.</summary>
    public static string NameOfChoice(RunOutcome outcome) => outcome.Verdict.Judgement is Judgement.Better ? "winner" : "best found";

    /// <summary>The images and classes that the scores are of.</summary>
    public static string ScoredOn(RunOutcome outcome) => outcome.SearchedClasses == outcome.DatasetClasses
        ? $"{Images(outcome)}, {(outcome.DatasetClasses == 2 ? "both" : $"all {Amounts.Count(outcome.DatasetClasses)}")} classes"
        : $"{Images(outcome)}, {Amounts.Count(outcome.SearchedClasses)} of {Amounts.Count(outcome.DatasetClasses)} classes";

    /// <summary>A difference with its interval and p-value.</summary>
    public static string Difference(PairedComparison comparison) =>
        $"{Amounts.Points(comparison.AccuracyDifference)} ({Amounts.SignedRange(comparison.DifferenceLow, comparison.DifferenceHigh)}), "
            + $"McNemar p {Amounts.P(comparison.McnemarP)}";

    /// <summary>How many images of which kind the scores are of.</summary>
    public static string Images(RunOutcome outcome)
    {
        var number = outcome.BaselineScore?.Images ?? 0;
        var kind = outcome.Split switch { Split.Test => "test image", Split.Validation => "validation image", _ => "search image" };
        return Amounts.Count(number, kind);
    }
}
