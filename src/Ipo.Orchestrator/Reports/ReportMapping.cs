using System.Diagnostics.CodeAnalysis;
using Google.Protobuf.WellKnownTypes;
using Ipo.Optimization.Explanations;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Images;
using Ipo.Optimization.Proof;
using Ipo.Optimization.Report;
using Ipo.Optimization.State;
using Ipo.Optimization.Statistics;
using Ipo.Optimization.Templates;
using Ipo.Orchestrator.Datasets;
using Ipo.Orchestrator.Runs;

namespace Ipo.Orchestrator.Reports;

/// <summary>A report as its message: the one place that knows both.</summary>
internal static class ReportMapping
{
    private const int MostConfusions = 20; // the contract's limit

    public static V1.RunReport Of(RunReport report, Dataset dataset) => new()
    {
        Run = RunMessages.Of(new RunView(report.Run, "", 0)), // nothing is done any more on a completed run
        Dataset = DatasetMessages.Of(dataset),
        Winner = Of(report.Winner),
        Selection = new() { Rule = Named<V1.SelectionRule>(report.Rule), Message = SelectionRuleSentences.Of(report) },
        BaselineEvaluation = Of(report.BaselineEvaluation),
        WinnerEvaluation = Of(report.WinnerEvaluation),
        HandWrittenEvaluation = Of(report.HandWrittenEvaluation),
        SingleEvaluation = Of(report.SingleEvaluation),
        TestBaseComparison = Of(report.OnTestBase),
        TestNovelComparison = Of(report.OnTestNovel),
        BestTemplates = { report.BestTemplates.Select(RunMessages.Of) },
        Curve = { report.Curve.Select(Of) },
        Caveats = { report.Caveats.Select(Of) },
        IpoVersion = IpoVersion.Text,
        Trajectory = { report.Run.Scored.Select(RunMessages.Of) },
        Verdict = new()
        {
            Judgement = Named<V1.Judgement>(report.Verdict.Judgement),
            Ground = Named<V1.VerdictGround>(report.Verdict.Ground),
            Message = VerdictGroundSentences.Of(report.Verdict.Ground),
        },
        Finalists = { report.Finalists.Select(Of) },
        FoldedGain = report.Folded is { } folded
            ? new() { AccuracyDifference = folded.Difference, P = folded.P, Judgement = Named<V1.Judgement>(folded.Judgement) }
            : null,
        NovelEstimate = report.NovelEstimate is { } estimate ? Of(estimate) : null,
        SearchTest = report.SearchTest is { } search
            ? new() { Templates = search.Templates, LargestGain = search.LargestGain, P = search.P }
            : null,
        TestSeal = report.Run.TestOpened is { } opened
            ? new() { OpenedAt = opened.At.ToTimestamp(), EarlierLooks = opened.EarlierLooks }
            : null,
        Explanation = report.Explanation is { } explanation ? Of(explanation) : null,
        ProposerShares = { report.ProposerShares.Select(share => Of(share, report)) },
        WinnerProposers = { report.WinnerProposers },
        Descriptions = report.Descriptions is { } descriptions ? Of(descriptions) : null,
        Duplicates = report.Duplicates is { } duplicates ? Of(duplicates) : null,
        Ensemble = report.Ensemble is { } ensemble ? Of(ensemble) : null,
        TradeOffs = { report.TradeOffs.Select(one => Of(one, report.Front.Contains(one))) },
        ClassSentences = report.Sentences is { } sentences ? Of(sentences) : null,
    };

    private static V1.PromptSet Of(PromptSet set) => PromptSetMapping.ToMessage(set);

    [return: NotNullIfNotNull(nameof(score))]
    public static V1.SplitScore? Of(PartScore? score)
    {
        if (score is null) return null;
        var message = new V1.SplitScore
        {
            Accuracy = score.Accuracy,
            AccuracyLow = score.Interval.Low,
            AccuracyHigh = score.Interval.High,
            Loss = score.Loss,
            Images = score.Images,
            Classes = score.Classes,
        };
        if (score.CalibrationError is { } error) message.CalibrationError = error;
        return message;
    }

    [return: NotNullIfNotNull(nameof(evaluation))]
    private static V1.TemplateEvaluation? Of(SetEvaluation? evaluation) => evaluation is null ? null : new()
    {
        PromptSet = Of(evaluation.Set),
        Search = Of(evaluation.Search),
        Validation = Of(evaluation.Validation),
        TestBase = Of(evaluation.TestBase),
        TestNovel = Of(evaluation.TestNovel),
        HarmonicMean = evaluation.HarmonicMean,
    };

    [return: NotNullIfNotNull(nameof(comparison))]
    private static V1.PairedComparison? Of(PairedComparison? comparison)
    {
        if (comparison is null) return null;
        var (low, high) = comparison.Interval; // drawn anew each time
        return new()
        {
            OnlyWinnerRight = comparison.OnlyWinner,
            OnlyBaselineRight = comparison.OnlyBaseline,
            McnemarP = comparison.McNemar,
            AccuracyDifference = comparison.Difference,
            DifferenceLow = low,
            DifferenceHigh = high,
            Judgement = Named<V1.Judgement>(comparison.Judgement),
        };
    }

    private static V1.CurvePoint Of(CurvePoint point) =>
        new() { Step = point.Step, BestAccuracy = point.Best.Accuracy, BestLoss = point.Best.Loss };

    // A caveat's type is its kind.
    private static V1.Caveat Of(Caveat caveat) =>
        new() { Kind = System.Enum.Parse<V1.CaveatKind>(caveat.GetType().Name), Message = CaveatSentences.Of(caveat) };

    private static V1.Finalist Of(ReportedFinalist one) => new()
    {
        PromptSet = Of(one.Finalist.Template),
        Score = Of(one.Score),
        Comparison = Of(one.Finalist.Comparison),
        HolmP = one.Finalist.HolmP ?? 1,
    };

    private static V1.NovelEstimate Of(NovelEstimate estimate) => new()
    {
        ChosenAccuracy = estimate.Chosen,
        BaselineAccuracy = estimate.Baseline,
        Comparison = Of(estimate.Comparison),
        ChosenByEvenClasses = Of(estimate.ByEven),
        ChosenByOddClasses = Of(estimate.ByOdd),
    };

    private static V1.Ensemble Of(ReportedEnsemble ensemble) => new()
    {
        Steps =
        {
            ensemble.Steps.Select(step => new V1.EnsembleStep
            {
                Template = step.Added.Text,
                Score = Of(step.Score),
                AccuracyGain = step.AccuracyGain,
                LossGain = step.LossGain,
            }),
        },
        ChoosingComparison = Of(ensemble.OnSelection),
        TestBaseComparison = Of(ensemble.OnTestBase),
        TestNovelComparison = Of(ensemble.OnTestNovel),
        SetsTried = ensemble.SetsTried,
    };

    private static V1.ClassSentences Of(ReportedSentences sentences) => new()
    {
        Classes = { sentences.Classes.Select(one => new V1.SentencesOfClass { ClassName = one.ClassName, Prompts = { one.Prompts } }) },
        ChoosingComparison = Of(sentences.OnSelection),
        TestBaseComparison = Of(sentences.OnTestBase),
    };

    private static V1.TradeOff Of(TradeOff one, bool onFront)
    {
        var message = new V1.TradeOff
        {
            PromptSet = Of(one.Template),
            Accuracy = one.Accuracy,
            WorstClassAccuracy = one.WorstClass,
            Tokens = one.Tokens,
            CalibrationError = one.CalibrationError,
            OnFront = onFront,
        };
        if (one.HeldOutClasses is { } heldOut) message.HeldOutClassesAccuracy = heldOut;
        return message;
    }

    private static V1.ProposerShare Of(ProposerShare share, RunReport report) => new()
    {
        Proposer = share.Proposer.Name,
        Model = share.Proposer.Model,
        Answers = share.Answers,
        Scored = share.Scored,
        Refused = share.Refused,
        Leads = share.Leads,
        Best = share.Best is { } best ? RunMessages.Of(best) : null,
        BestGain = share.Best is { } found ? report.GainOf(found) : 0,
    };

    private static V1.Explanation Of(ReportedExplanation explained) => new()
    {
        Images = Named<V1.SelectionImages>(explained.Why.Part),
        Variations = { explained.Why.Variations.Select(Of) },
        ClassChanges =
        {
            explained.Why.Classes.Select(change => new V1.ClassChange
            {
                ClassName = explained.ClassNames[change.Label],
                Images = change.Images,
                BaselineRight = change.Before,
                WinnerRight = change.After,
            }),
        },
        ConfusionChanges =
        {
            explained.Why.Confusions.Take(MostConfusions).Select(change => new V1.ConfusionChange
            {
                ClassName = explained.ClassNames[change.Label],
                TakenFor = explained.ClassNames[change.TakenFor],
                BaselineImages = change.Before,
                WinnerImages = change.After,
            }),
        },
        FlippedImages =
        {
            explained.Why.Flips.Select(flip => new V1.FlippedImage
            {
                Path = explained.Images[flip.Image].Path,
                ClassName = explained.ClassNames[explained.Images[flip.Image].Label],
                Gained = flip.Gained,
                BaselineClass = explained.NameOf(flip.Before) ?? "",
                WinnerClass = explained.NameOf(flip.After) ?? "",
            }),
        },
        Lineage = { explained.Why.Lineage.Select(RunMessages.Of) },
    };

    private static V1.VariationEffect Of(VariationEffect effect) => new()
    {
        Kind = Named<V1.VariationKind>(effect.Variation.Kind),
        Removed = effect.Variation.Removed,
        PromptSet = Of(effect.Variation.Template),
        Accuracy = effect.Accuracy,
        Effect = Of(effect.Effect),
    };

    private static V1.DescriptionReport Of(ReportedDescriptions descriptions) => new()
    {
        Described = descriptions.Described,
        Lines = descriptions.Shown.Lines.Count,
        ImagesShown = descriptions.Shown.Texts.Count,
        Tokens = descriptions.Shown.Tokens,
        TokenBudget = descriptions.TokenBudget,
        NamedAClass = descriptions.NamedAClass,
        Flagged =
        {
            descriptions.LeftOut.Select(one => new V1.FlaggedDescription
            {
                Path = one.Path,
                ClassName = one.ClassName,
                Description = one.Text,
                Flag = Named<V1.DescriptionFlag>(one.Flagged.Flag),
                Similarity = one.Flagged.Similarity,
                Score = one.Flagged.Score,
                NamedClass = one.Flagged.ClassName ?? "",
            }),
        },
    };

    private static V1.DuplicateReport Of(ReportedDuplicates duplicates) => new()
    {
        Images = duplicates.Images,
        Threshold = DuplicateImages.DuplicateThreshold,
        Nearest =
        {
            duplicates.Nearest.Select(one => new V1.DuplicateImages
            {
                Path = one.Path,
                Split = SplitOf(one.Pair.Part),
                OtherPath = one.OtherPath,
                OtherSplit = SplitOf(one.Pair.OtherPart),
                Cosine = one.Pair.Cosine,
            }),
        },
    };

    private static V1.Split SplitOf(DatasetPart part) =>
        part.IsTest() ? V1.Split.Test : part == DatasetPart.Validation ? V1.Split.Validation : V1.Split.Train;

    // The contract's closed sets have the core's names; a test holds that.
    private static T Named<T>(System.Enum value) where T : struct, System.Enum => System.Enum.Parse<T>(value.ToString());
}
