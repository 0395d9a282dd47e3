using Ipo.Optimization.Facts;
using Ipo.Optimization.Statistics;
using Ipo.Optimization.Templates;

namespace Ipo.Optimization.Report;

/// <summary>What a run found, as it scored it on the validation images.</summary>
/// <param name="PromptSet">The template or the set.</param>
/// <param name="Score">Its score.</param>
/// <param name="Comparison">Beside the baseline; null for the baseline itself.</param>
public sealed record RecordedSet(PromptSet PromptSet, PartScore Score, PairedComparison? Comparison)
{
    /// <summary>The baseline, the finalists where these images chose among them, the winner and the hand-written template,
    /// each once; empty without validation images.</summary>
    /// <param name="report">A completed run's report.</param>
    public static IReadOnlyList<RecordedSet> Of(RunReport report)
    {
        // The winner may be none of the finalists, for words can be left out of it.
        IEnumerable<PromptSet> sets =
        [
            PromptTemplate.Baseline,
            .. report.Rule == SelectionRule.ValidationImages ? report.Finalists.Select(one => one.Finalist.Template) : [],
            report.Winner,
            .. report.HandWrittenEvaluation is { } written ? [written.PromptSet] : Array.Empty<PromptSet>(),
        ];
        return [.. sets.Distinct().Select(set => Of(report, set)).OfType<RecordedSet>()];
    }

    private static RecordedSet? Of(RunReport report, PromptSet set)
    {
        PromptSet baseline = PromptTemplate.Baseline;
        return PartScore.Of(report.Run, set, DatasetPart.Validation) is { } score
            ? new(set, score, set == baseline ? null : PartScore.Compare(report.Run, set, baseline, DatasetPart.Validation))
            : null;
    }
}
