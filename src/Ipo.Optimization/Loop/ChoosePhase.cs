using Ipo.Optimization.Actions;
using Ipo.Optimization.Choosing;
using Ipo.Optimization.Facts;
using Ipo.Optimization.State;
using Ipo.Optimization.Templates;

namespace Ipo.Optimization.Loop;

/// <summary>Phase 4: has the finalists evaluated on the selection images, grows an ensemble where one is asked for,
/// chooses the winner, and leaves out of it what is worth nothing. Where the search images choose, as in the paper, the
/// winner is known already.
/// </summary>
internal static class ChoosePhase
{
    public static RunAction? Next(RunState run, RunPrepared prepared)
    {
        if (run.Winner is not null) return null;
        return EvaluateOnSelectionImages(run, Finalists.Of(run).Select(finalist => (PromptSet)finalist.Template))
            ?? GrowEnsemble(run, prepared)
            ?? EvaluateOnSelectionImages(run, Finalists.Sets(run).Where(finalist => finalist.IsEnsemble))
            ?? LeaveOutIdleWords(run)
            ?? (RunAction)new ChooseWinner(WinnerChoice.Of(run).Winner);
    }

    private static Evaluate? GrowEnsemble(RunState run, RunPrepared prepared) =>
        Ensemble.Of(run) is { NextToScore: { } set }
            ? new([new(set, Finalists.SelectionPart(prepared), OutcomeDetail.Predictions)])
            : null;

    private static Evaluate? LeaveOutIdleWords(RunState run) => Shortening.Of(run) switch
    {
        { NextToScore: { } shorter } => new([new(shorter, DatasetPart.Validation, OutcomeDetail.Predictions)]),
        { Shortened: { } shortened } => EvaluateOnSelectionImages(run, [shortened.Template]),
        _ => null,
    };

    private static Evaluate? EvaluateOnSelectionImages(RunState run, IEnumerable<PromptSet> finalists)
    {
        var wanted = (
            from finalist in finalists.DistinctBy(finalist => finalist.Text)
            from part in Finalists.Parts(run)
            where run.EvaluationOf(finalist.Text, part) is null
            select new PartEvaluation(finalist, part, OutcomeDetail.Predictions)).ToList();
        // The baseline comes first, alone: from its outcomes follows which parts there are.
        var first = run.EvaluationOf(PromptTemplate.Baseline.Text, Finalists.SelectionPart(run.Prepared!)) is null ? 1 : wanted.Count;
        return wanted.Count == 0 ? null : new(wanted[..first]);
    }
}
