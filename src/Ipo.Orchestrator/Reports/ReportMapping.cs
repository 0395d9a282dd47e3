using Google.Protobuf.WellKnownTypes;
using Ipo.Optimization.Choosing;
using Ipo.Optimization.Explanations;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Images;
using Ipo.Optimization.Proof;
using Ipo.Optimization.Report;
using Ipo.Optimization.State;
using Ipo.Optimization.Templates;
using Ipo.Orchestrator.Contract;
using Ipo.Orchestrator.Datasets;
using Ipo.Orchestrator.Reports.Text;
using Ipo.Orchestrator.Runs;
using Riok.Mapperly.Abstractions;

namespace Ipo.Orchestrator.Reports;

/// <summary>A report as its message: the one place that knows both. Mapperly writes the code for what has the same
/// name in record and contract; what has not is named here. A field of the contract that nothing fills does not compile
/// (MappingDefaults).
/// </summary>
[Mapper]
[UseStaticMapper(typeof(OutcomeMapping))]
internal static partial class ReportMapping
{
    private const int MostConfusions = 20; // the contract's limit

    [MapPropertyFromSource(nameof(V1.RunReport.Selection), Use = nameof(Selection))]
    [MapValue(nameof(V1.RunReport.IpoVersion), Use = nameof(Version))]
    [MapProperty(nameof(RunReport.Candidates), nameof(V1.RunReport.Trajectory))]
    [MapProperty(nameof(@RunReport.Run.TestOpened), nameof(V1.RunReport.TestSeal))]
    public static partial V1.RunReport Of(RunReport report, Dataset dataset);

    [MapValue(nameof(V1.SearchReport.IpoVersion), Use = nameof(Version))]
    [MapProperty(nameof(SearchReport.Candidates), nameof(V1.SearchReport.Trajectory))]
    public static partial V1.SearchReport Of(SearchReport search);

    [MapProperty(nameof(@ReportedFinalist.Finalist.Template), nameof(V1.Finalist.PromptSet))]
    [MapProperty(nameof(@ReportedFinalist.Finalist.Comparison), nameof(V1.Finalist.Comparison))]
    [MapProperty(nameof(@ReportedFinalist.Finalist.HolmP), nameof(V1.Finalist.HolmP), Use = nameof(OrOne))]
    private static partial V1.Finalist Of(ReportedFinalist finalist);

    [MapProperty(nameof(FoldedGain.Difference), nameof(V1.FoldedGain.AccuracyDifference))]
    private static partial V1.FoldedGain Of(FoldedGain gain);

    [MapProperty(nameof(NovelEstimate.Chosen), nameof(V1.NovelEstimate.ChosenAccuracy))]
    [MapProperty(nameof(NovelEstimate.Baseline), nameof(V1.NovelEstimate.BaselineAccuracy))]
    [MapProperty(nameof(NovelEstimate.ByEven), nameof(V1.NovelEstimate.ChosenByEvenClasses))]
    [MapProperty(nameof(NovelEstimate.ByOdd), nameof(V1.NovelEstimate.ChosenByOddClasses))]
    private static partial V1.NovelEstimate Of(NovelEstimate estimate);

    [MapProperty(nameof(TestOpened.At), nameof(V1.TestSeal.OpenedAt))]
    private static partial V1.TestSeal Of(TestOpened opened);

    [MapProperty(nameof(TradeOff.Template), nameof(V1.TradeOff.PromptSet))]
    [MapProperty(nameof(TradeOff.HeldOutClasses), nameof(V1.TradeOff.HeldOutClassesAccuracy))]
    [MapProperty(nameof(TradeOff.WorstClass), nameof(V1.TradeOff.WorstClassAccuracy))]
    private static partial V1.TradeOff Of(TradeOff one);

    [MapProperty(nameof(@ProposerShare.Proposer.Name), nameof(V1.ProposerShare.Proposer))]
    [MapProperty(nameof(@ProposerShare.Proposer.Model), nameof(V1.ProposerShare.Model))]
    private static partial V1.ProposerShare Of(ProposerShare share);

    [MapProperty(nameof(@VariationEffect.Variation.Kind), nameof(V1.VariationEffect.Kind))]
    [MapProperty(nameof(@VariationEffect.Variation.Removed), nameof(V1.VariationEffect.Removed))]
    [MapProperty(nameof(@VariationEffect.Variation.Template), nameof(V1.VariationEffect.PromptSet))]
    private static partial V1.VariationEffect Of(VariationEffect effect);

    [MapProperty(nameof(@ReportedDescriptions.Shown.Lines.Count), nameof(V1.DescriptionReport.Lines))]
    [MapProperty(nameof(@ReportedDescriptions.Shown.Texts.Count), nameof(V1.DescriptionReport.ImagesShown))]
    [MapProperty(nameof(@ReportedDescriptions.Shown.Tokens), nameof(V1.DescriptionReport.Tokens))]
    private static partial V1.DescriptionReport Of(ReportedDescriptions descriptions);

    [MapProperty(nameof(@LeftOutDescription.Flagged.Flag), nameof(V1.FlaggedDescription.Flag))]
    [MapProperty(nameof(@LeftOutDescription.Flagged.Similarity), nameof(V1.FlaggedDescription.Similarity))]
    [MapProperty(nameof(@LeftOutDescription.Flagged.Score), nameof(V1.FlaggedDescription.Score))]
    [MapProperty(nameof(@LeftOutDescription.Flagged.ClassName), nameof(V1.FlaggedDescription.NamedClass))]
    private static partial V1.FlaggedDescription Of(LeftOutDescription description);

    [MapValue(nameof(V1.DuplicateReport.Threshold), Use = nameof(Threshold))]
    private static partial V1.DuplicateReport Of(ReportedDuplicates duplicates);

    [MapProperty(nameof(@ReportedPair.Pair.Part), nameof(V1.DuplicateImages.Split))]
    [MapProperty(nameof(@ReportedPair.Pair.OtherPart), nameof(V1.DuplicateImages.OtherSplit))]
    [MapProperty(nameof(@ReportedPair.Pair.Cosine), nameof(V1.DuplicateImages.Cosine))]
    private static partial V1.DuplicateImages Of(ReportedPair pair);

    // A caveat's type is its kind.
    private static V1.Caveat Of(Caveat caveat) =>
        new() { Kind = System.Enum.Parse<V1.CaveatKind>(caveat.GetType().Name), Message = CaveatSentences.Of(caveat) };

    private static V1.Explanation Of(ReportedExplanation explained)
    {
        string Name(int? label) => explained.NameOf(label) ?? "";
        var why = explained.Why;
        return new()
        {
            Images = why.Part == DatasetPart.Validation ? V1.SelectionImages.Validation : V1.SelectionImages.Search,
            Variations = { why.Variations.Select(Of) },
            ClassChanges = { why.Classes.Select(change => Of(change, Name(change.Label))) },
            ConfusionChanges =
            {
                why.Confusions.Take(MostConfusions).Select(change => Of(change, Name(change.Label), Name(change.TakenFor))),
            },
            FlippedImages = { why.Flips.Select(flip => Of(flip, explained.Images[flip.Image], Name)) },
            Lineage = { why.Lineage.Select(Of) },
        };
    }

    [MapProperty(nameof(ClassChange.Before), nameof(V1.ClassChange.BaselineRight))]
    [MapProperty(nameof(ClassChange.After), nameof(V1.ClassChange.WinnerRight))]
    private static partial V1.ClassChange Of(ClassChange change, string className);

    [MapProperty(nameof(ConfusionChange.Before), nameof(V1.ConfusionChange.BaselineImages))]
    [MapProperty(nameof(ConfusionChange.After), nameof(V1.ConfusionChange.WinnerImages))]
    private static partial V1.ConfusionChange Of(ConfusionChange change, string className, string takenFor);

    private static V1.FlippedImage Of(Flip flip, ReportedImage image, Func<int?, string> name) => new()
    {
        Path = image.Path,
        ClassName = name(image.Label),
        Gained = flip.Gained,
        BaselineClass = name(flip.Before),
        WinnerClass = name(flip.After),
    };

    private static V1.Selection Selection(RunReport report) =>
        new() { Rule = Of(report.Rule), Message = SelectionRuleSentences.Of(report) };

    private static partial V1.SelectionRule Of(SelectionRule rule);

    private static V1.Run Of(RunState run) => RunMessages.Of(new RunView(run, "", 0)); // a report tells what was, not what is done now

    private static V1.Dataset Of(Dataset dataset) => DatasetMessages.Of(dataset);

    private static V1.ScoredTemplate Of(ScoredPrompt prompt) => RunMessages.Of(prompt);

    private static V1.ScoredTemplate Of(ReportedCandidate candidate) => new(RunMessages.Of(candidate.Scored))
    {
        Proposer = candidate.Proposer,
        Model = candidate.Model,
    };

    private static V1.PromptSet Of(PromptSet set) => PromptSetMapping.ToMessage(set);

    private static string Of(PromptTemplate template) => template.Text;

    private static Timestamp Of(DateTimeOffset time) => time.ToTimestamp();

    [UserMapping(Default = false)] // else every number that may be absent would be 1
    private static double OrOne(double? p) => p ?? 1;

    private static string Version() => IpoVersion.Text;

    private static double Threshold() => DuplicateImages.DuplicateThreshold;
}
