using System.Runtime.CompilerServices;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Proof;
using Ipo.Optimization.Report;
using Ipo.Optimization.State;
using Ipo.Optimization.Statistics;
using Ipo.Optimization.Templates;
using Ipo.Orchestrator.Contract;
using Riok.Mapperly.Abstractions;

namespace Ipo.Orchestrator.Runs;

/// <summary>What a run found, scores and comparisons as their messages.</summary>
[Mapper]
internal static partial class OutcomeMapping
{
    // A list of runs asks for every outcome again and again, and each draws bootstraps.
    private static readonly ConditionalWeakTable<RunState, V1.RunOutcome> Known = [];

    /// <summary>The outcome of a run; null until it is completed.</summary>
    public static V1.RunOutcome? Of(RunState run) => run.Status != RunStatus.Completed
        ? null
        : Known.GetValue(run, static completed => Of(RunOutcome.Of(completed))).Clone(); // a message can be changed

    [MapProperty(nameof(RunOutcome.Part), nameof(V1.RunOutcome.Split))]
    [MapPropertyFromSource(nameof(V1.RunOutcome.Advice), Use = nameof(Advice))]
    public static partial V1.RunOutcome Of(RunOutcome outcome);

    [MapProperty(nameof(@PartScore.Interval.Low), nameof(V1.SplitScore.AccuracyLow))]
    [MapProperty(nameof(@PartScore.Interval.High), nameof(V1.SplitScore.AccuracyHigh))]
    public static partial V1.SplitScore Of(PartScore score);

    [MapProperty(nameof(Verdict.Ground), nameof(V1.Verdict.Message), Use = nameof(Words))]
    public static partial V1.Verdict Of(Verdict verdict);

    public static V1.PairedComparison Of(PairedComparison comparison)
    {
        var (low, high) = comparison.Interval; // drawn anew each time
        return new()
        {
            OnlyWinnerRight = comparison.OnlyWinner,
            OnlyBaselineRight = comparison.OnlyBaseline,
            McnemarP = comparison.McNemar,
            AccuracyDifference = comparison.Difference,
            DifferenceLow = low,
            DifferenceHigh = high,
            Judgement = Of(comparison.Judgement),
        };
    }

    public static partial V1.Judgement Of(Judgement judgement);

    public static V1.Split Of(DatasetPart part) =>
        part.IsTest() ? V1.Split.Test : part == DatasetPart.Validation ? V1.Split.Validation : V1.Split.Train;

    private static partial V1.AdviceKind Of(AdviceKind kind);

    private static V1.Advice Advice(RunOutcome outcome) => new()
    {
        Kind = Of(outcome.Advice.Kind),
        Message = OutcomeSentences.Advice(outcome),
        ImagesNeeded = outcome.Advice.ImagesNeeded,
    };

    private static V1.PromptSet Of(PromptSet set) => PromptSetMapping.ToMessage(set);

    [UserMapping(Default = false)]
    private static string Words(VerdictGround ground) => OutcomeSentences.Of(ground);
}
