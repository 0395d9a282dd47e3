using Ipo.Optimization.Choosing;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Proof;
using Ipo.Optimization.Settings;
using Ipo.Optimization.State;
using Ipo.Optimization.Statistics;
using Ipo.Optimization.Templates;

namespace Ipo.Optimization.Report;

/// <summary>What a completed run found, as a tree of facts: a pure function of its state and its dataset. Where the
/// core has a record of a fact, the tree holds that record. It holds no sentence: the host has the words.
/// </summary>
public sealed record RunReport : SearchReport
{
    /// <summary>The dataset as it stood.</summary>
    public required ReportedDataset Dataset { get; init; }

    /// <summary>What it found, in short.</summary>
    public required RunOutcome Outcome { get; init; }

    /// <summary>What the selection rule chose; the baseline where nothing beats it.</summary>
    public PromptSet Winner => Outcome.Winner;

    /// <summary>How the winner was chosen.</summary>
    public required SelectionRule Rule { get; init; }

    /// <summary>What may be said of the winner, and on what ground.</summary>
    public Verdict Verdict => Outcome.Verdict;

    /// <summary>The baseline on every part.</summary>
    public required SetEvaluation BaselineEvaluation { get; init; }

    /// <summary>The winner on every part.</summary>
    public required SetEvaluation WinnerEvaluation { get; init; }

    /// <summary>The best template alone on every part; null unless the winner has several prompts.</summary>
    public SetEvaluation? SingleEvaluation { get; init; }

    /// <summary>The dataset's own template on every part; null if the dataset has none or it cannot
    /// be scored.</summary>
    public SetEvaluation? HandWrittenEvaluation { get; init; }

    /// <summary>Winner and baseline on the test images of the classes searched on; null without any.</summary>
    public PairedComparison? TestBaseComparison { get; init; }

    /// <summary>Winner and baseline on the test images of novel classes; null without any.</summary>
    public PairedComparison? TestNovelComparison { get; init; }

    /// <summary>What selection images chose among, the baseline first; empty where the search images choose.</summary>
    public IReadOnlyList<ReportedFinalist> Finalists { get; init; } = [];

    /// <summary>What cross-validated choices gain; null where validation or search images choose.</summary>
    public FoldedGain? FoldedGain { get; init; }

    /// <summary>How a choice on some classes does on others; null where there are too few of them, or the search images
    /// choose.</summary>
    public NovelEstimate? NovelEstimate { get; init; }

    /// <summary>Whether the search found more than chance offers; null where outcomes were not kept.</summary>
    public SearchTest? SearchTest { get; init; }

    /// <summary>The ensemble among the finalists; null for none.</summary>
    public ReportedEnsemble? Ensemble { get; init; }

    /// <summary>What was left out of the winner; null where nothing could be tried.</summary>
    public ReportedShortening? Shortening { get; init; }

    /// <summary>The sentences of single classes among the finalists; null for none.</summary>
    public ReportedSentences? ClassSentences { get; init; }

    /// <summary>What the finalists offer beside accuracy, the baseline first; empty where the search images
    /// choose.</summary>
    public IReadOnlyList<TradeOff> TradeOffs { get; init; } = [];

    /// <summary>Why the winner wins; null where the baseline stays or the preset does not ask.</summary>
    public ReportedExplanation? Explanation { get; init; }

    /// <summary>Names of those who proposed the winner's templates; empty for the baseline.</summary>
    public IReadOnlyList<string> WinnerProposers { get; init; } = [];

    /// <summary>What came instead of candidates that could be scored; null where one was.</summary>
    public NothingScored? NothingScored { get; init; }

    /// <summary>What became of the descriptions; null where nothing was described.</summary>
    public ReportedDescriptions? Descriptions { get; init; }

    /// <summary>Images that parts share; null where nobody looked.</summary>
    public ReportedDuplicates? Duplicates { get; init; }

    /// <summary>Whether nothing beat the baseline.</summary>
    public bool BaselineStays => Outcome.BaselineStays;

    /// <summary>Makes the report.</summary>
    /// <param name="run">A completed run.</param>
    /// <param name="dataset">Its dataset, as it stood when the run was prepared.</param>
    public static RunReport Of(RunState run, ReportedDataset dataset)
    {
        var shortening = run.Chosen is null ? null : ReportedShortening.Of(run);
        var choice = run.Chosen is null ? null : WinnerChoice.Of(run);
        var outcome = RunOutcome.Of(run, choice);
        var winner = outcome.Winner;
        var search = SoFar(run);
        return new()
        {
            Run = run,
            BestTemplates = search.BestTemplates,
            Curve = search.Curve,
            ProposerShares = search.ProposerShares,
            Candidates = search.Candidates,
            Dataset = dataset,
            Outcome = outcome,
            Rule = RuleOf(run),
            BaselineEvaluation = SetEvaluation.Of(run, PromptTemplate.Baseline),
            WinnerEvaluation = SetEvaluation.Of(run, winner),
            SingleEvaluation = run.Chosen is not null && winner.IsEnsemble ? SetEvaluation.Of(run, winner.Templates[0]) : null,
            HandWrittenEvaluation = HandWritten(run),
            TestBaseComparison = PartScore.Compare(run, winner, PromptTemplate.Baseline, DatasetPart.TestBase),
            TestNovelComparison = PartScore.Compare(run, winner, PromptTemplate.Baseline, DatasetPart.TestNovel),
            Finalists = [.. choice?.Finalists.Select(one => ReportedFinalist.Of(run, one)) ?? []],
            FoldedGain = choice?.Folded,
            NovelEstimate = choice is null ? null : NovelEstimate.Of(run),
            SearchTest = SearchTest.Of(run),
            Ensemble = choice is null ? null : ReportedEnsemble.Of(run, winner),
            Shortening = shortening,
            ClassSentences = choice is null ? null : ReportedSentences.Of(run, winner),
            TradeOffs = TradeOff.All(run),
            Explanation = ReportedExplanation.Of(run, dataset),
            WinnerProposers = [.. (shortening?.Whole ?? winner).Templates.Select(run.Credits.ProposerOf).OfType<string>().Distinct()],
            NothingScored = NothingScored.Of(run),
            Descriptions = ReportedDescriptions.Of(run, dataset),
            Duplicates = ReportedDuplicates.Of(run, dataset),
            Caveats = [.. Report.Caveats.Of(run, dataset)],
        };
    }

    private static SelectionRule RuleOf(RunState run) => run.Settings.WinnerRule == WinnerRule.SearchImages ? SelectionRule.SearchImages
        : Choosing.Finalists.SelectionPart(run.Prepared!) == DatasetPart.Validation ? SelectionRule.ValidationImages
        : SelectionRule.FoldedSearchImages;

    private static SetEvaluation? HandWritten(RunState run) =>
        run.Prepared!.HandWrittenTemplate is { } own && run.Evaluations.Any(done => done.Template == own)
            ? SetEvaluation.Of(run, PromptTemplate.Parse(own))
            : null;
}

/// <summary>How a run chooses its winner.</summary>
public enum SelectionRule
{
    /// <summary>The best on the search images wins, as the paper publishes it.</summary>
    SearchImages,

    /// <summary>Validation images choose among the best on the search images.</summary>
    ValidationImages,

    /// <summary>Folds of the search images choose, and judge the choice on images that it did not see.</summary>
    FoldedSearchImages,
}
