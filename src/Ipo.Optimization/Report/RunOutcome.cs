using Ipo.Optimization.Choosing;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Proof;
using Ipo.Optimization.State;
using Ipo.Optimization.Statistics;
using Ipo.Optimization.Templates;

namespace Ipo.Optimization.Report;

/// <summary>What a completed run found: the answer before its report. A pure function of the run's state.</summary>
public sealed record RunOutcome
{
    /// <summary>What the selection rule chose; the baseline where nothing beats it.</summary>
    public required PromptSet Winner { get; init; }

    /// <summary>What may be said of the winner, and on what ground.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>The images that <see cref="BaselineScore"/> and <see cref="WinnerScore"/> are of: test images of the
    /// classes searched on where there are scores of them, else the selection images.</summary>
    public required DatasetPart Part { get; init; }

    /// <summary>The baseline on these images; null where it was not evaluated there.</summary>
    public PartScore? BaselineScore { get; init; }

    /// <summary>The winner on these images; null where the baseline stays.</summary>
    public PartScore? WinnerScore { get; init; }

    /// <summary>Both in pairs; null where the baseline stays.</summary>
    public PairedComparison? Comparison { get; init; }

    /// <summary>The baseline on the test images of novel classes; null where there are none.</summary>
    public PartScore? NovelBaselineScore { get; init; }

    /// <summary>The winner on them; null where there are none, and where the baseline stays.</summary>
    public PartScore? NovelWinnerScore { get; init; }

    /// <summary>Both in pairs on them; null where there are none, and where the baseline stays.</summary>
    public PairedComparison? NovelComparison { get; init; }

    /// <summary>Classes that were searched on.</summary>
    public required int SearchedClasses { get; init; }

    /// <summary>Classes of the dataset.</summary>
    public required int DatasetClasses { get; init; }

    /// <summary>Whether nothing beat the baseline.</summary>
    public bool BaselineStays => Winner == PromptTemplate.Baseline;

    /// <summary>What to use: a winner that is not proved better is no reason to change a prompt.</summary>
    public PromptSet Recommended => Verdict.Judgement == Judgement.Better ? Winner : PromptTemplate.Baseline;

    /// <summary>What to do with it; it follows from the facts above.</summary>
    public Advice Advice => this switch
    {
        { Verdict.Ground: VerdictGround.NothingScored } => new(AdviceKind.CheckProposer),
        { BaselineStays: true } or { Verdict.Judgement: Judgement.Worse } => new(AdviceKind.KeepBaseline),
        { Verdict.Judgement: Judgement.Better, NovelComparison.Judgement: Judgement.Worse } =>
            new(AdviceKind.UseWinnerForSearchedClasses),
        { Verdict.Judgement: Judgement.Better } => new(AdviceKind.UseWinner),
        _ => new(AdviceKind.GatherImages, Comparison?.ImagesToTell ?? 0),
    };

    /// <summary>The outcome of a run.</summary>
    /// <param name="run">A completed run.</param>
    public static RunOutcome Of(RunState run) => Of(run, run.Chosen is null ? null : WinnerChoice.Of(run));

    /// <summary>The outcome of a run whose choice is known.</summary>
    /// <param name="run">A completed run.</param>
    /// <param name="choice">What its selection images chose; null where the search images did.</param>
    internal static RunOutcome Of(RunState run, WinnerChoice? choice)
    {
        var (winner, prepared) = (PromptSet.Parse(run.Winner!), run.Prepared!);
        var stays = winner == PromptTemplate.Baseline;
        PairedComparison? Compare(DatasetPart part) =>
            stays ? null : PartScore.Compare(run, winner, PromptTemplate.Baseline, part);
        PartScore? Score(PromptSet set, DatasetPart part) => PartScore.Of(run, set, part);

        var part = Score(PromptTemplate.Baseline, DatasetPart.TestBase) is null
            ? Finalists.SelectionPart(prepared)
            : DatasetPart.TestBase;
        var finalist = choice?.Finalists.FirstOrDefault(one => one.Template == winner);
        return new()
        {
            Winner = winner,
            Verdict = run.IsNothingScored ? Verdict.OfNothing : Verdict.Of(stays, Compare(DatasetPart.TestBase), finalist, choice?.Folded),
            Part = part,
            BaselineScore = Score(PromptTemplate.Baseline, part),
            WinnerScore = stays ? null : Score(winner, part),
            Comparison = Compare(part),
            NovelBaselineScore = Score(PromptTemplate.Baseline, DatasetPart.TestNovel),
            NovelWinnerScore = stays ? null : Score(winner, DatasetPart.TestNovel),
            NovelComparison = Compare(DatasetPart.TestNovel),
            SearchedClasses = prepared.ClassNames.Count,
            DatasetClasses = prepared.ClassNames.Count + prepared.NovelClassNames.Count,
        };
    }
}

/// <summary>What to do with what a run found.</summary>
/// <param name="Kind">In one word.</param>
/// <param name="ImagesNeeded">With <see cref="AdviceKind.GatherImages"/>: about how many images would tell, see
/// <see cref="PairedComparison.ImagesToTell"/>; 0 where no difference was seen.</param>
public sealed record Advice(AdviceKind Kind, int ImagesNeeded = 0);

/// <summary>What to do with what a run found, in one word.</summary>
public enum AdviceKind
{
    /// <summary>Use the winner.</summary>
    UseWinner,

    /// <summary>Keep the baseline: nothing better was found, or what was chosen is worse.</summary>
    KeepBaseline,

    /// <summary>Keep the baseline for now: the images do not tell the two apart.</summary>
    GatherImages,

    /// <summary>Use the winner for the classes searched on alone: it is worse on novel ones.</summary>
    UseWinnerForSearchedClasses,

    /// <summary>Look at the proposer and its model: not one of their candidates could be scored.</summary>
    CheckProposer,
}
