using Ipo.Optimization.Choosing;
using Ipo.Optimization.Facts;
using Ipo.Optimization.State;
using Ipo.Optimization.Statistics;
using Ipo.Optimization.Templates;

namespace Ipo.Optimization.Report;

/// <summary>The ensemble among a run's finalists: the one that won, else the one that was grown.</summary>
/// <param name="Steps">Its templates in the order in which they were added, the best one alone first.</param>
/// <param name="Won">Whether it won, alone or with sentences of single classes.</param>
/// <param name="ChoosingComparison">The ensemble beside the best template alone on the selection images.</param>
/// <param name="TestBaseComparison">The winner beside that template on the test images; null unless the winner has
/// several prompts.</param>
/// <param name="TestNovelComparison">The same for novel classes; null also where there are none.</param>
/// <param name="SetsTried">Sets that were compared on the way.</param>
public sealed record ReportedEnsemble(
    IReadOnlyList<EnsembleStep> Steps,
    bool Won,
    PairedComparison? ChoosingComparison,
    PairedComparison? TestBaseComparison,
    PairedComparison? TestNovelComparison,
    int SetsTried)
{
    internal static ReportedEnsemble? Of(RunState run, PromptSet winner)
    {
        var won = winner.Templates.Count > 1;
        if (Ensemble.Of(run) is not { } grown || (won ? PromptSet.Of(winner.Templates) : grown.Set) is not { } set) return null;
        PromptSet single = set.Templates[0];
        PairedComparison? OnTest(DatasetPart part) => winner.IsEnsemble ? PartScore.Compare(run, winner, single, part) : null;
        return new(
            [.. StepsOf(run, set)], won, PartScore.Compare(run, set, single, Finalists.SelectionPart(run.Prepared!)),
            OnTest(DatasetPart.TestBase), OnTest(DatasetPart.TestNovel), grown.Compared.Count);
    }

    private static IEnumerable<EnsembleStep> StepsOf(RunState run, PromptSet set)
    {
        PartScore? before = null;
        for (var templates = 1; templates <= set.Templates.Count; templates++)
        {
            var score = PartScore.Of(run, PromptSet.Of(set.Templates.Take(templates)), Finalists.SelectionPart(run.Prepared!))!;
            yield return new(
                set.Templates[templates - 1], score, score.Accuracy - (before ?? score).Accuracy, (before ?? score).Loss - score.Loss);
            before = score;
        }
    }
}

/// <summary>An addition to an ensemble.</summary>
/// <param name="Template">The template that was added.</param>
/// <param name="Score">The set with it, on the selection images.</param>
/// <param name="AccuracyGain">Accuracy gained by the addition, in -1..1; 0 for the first template.</param>
/// <param name="LossGain">Loss saved by the addition, in nats; 0 for the first template.</param>
public sealed record EnsembleStep(PromptTemplate Template, PartScore Score, double AccuracyGain, double LossGain);
