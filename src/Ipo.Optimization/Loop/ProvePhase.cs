using Ipo.Optimization.Actions;
using Ipo.Optimization.Choosing;
using Ipo.Optimization.Explanations;
using Ipo.Optimization.Facts;
using Ipo.Optimization.State;
using Ipo.Optimization.Templates;

namespace Ipo.Optimization.Loop;

/// <summary>Phase 5: takes the winner apart, opens the test images, and evaluates what the report shows on every
/// part.</summary>
internal static class ProvePhase
{
    public static RunAction Next(RunState run, RunPrepared prepared)
    {
        if (Explain(run, prepared) is { } explain) return explain;
        if (run.Chosen is not null && run.TestOpened is null && prepared.Parts.Any(part => part.IsTest())) return new OpenTest();
        if (EvaluateOnEveryPart(run, prepared) is { } evaluate) return evaluate;
        return run.Chosen is not null && run.Duplicates is null && prepared.Parts.Count > 1 ? new FindDuplicates() : new Complete();
    }

    // On the selection images, and before the test images are opened.
    private static Evaluate? Explain(RunState run, RunPrepared prepared)
    {
        if (!run.Settings.Explains || run.Winner == PromptTemplate.Baseline.Text) return null;
        var part = Finalists.SelectionPart(prepared);
        return Of(Variations.Of(run)
            .Where(variation => !run.Unscorable.Contains(variation.Template.Identity))
            .Where(variation => run.EvaluationOf(variation.Template.Text, part) is null)
            .Select(variation => new PartEvaluation(variation.Template, part)));
    }

    private static Evaluate? EvaluateOnEveryPart(RunState run, RunPrepared prepared)
    {
        var winner = PromptSet.Parse(run.Winner!);
        var templates = new List<PromptSet> { PromptTemplate.Baseline, winner };
        // An ensemble is shown beside the best template alone, which it was grown from.
        if (winner.IsEnsemble) templates.Add(winner.Templates[0]);
        if (prepared.HandWrittenTemplate is { } written) templates.Add(PromptTemplate.Parse(written));
        // What the scorer refused on one part, for instance for a long novel class name, is not sent again; the report
        // goes without that part.
        return Of(
            from template in templates.DistinctBy(template => template.Text)
            where !run.Unscorable.Contains(template.Identity)
            from part in prepared.Parts
            where run.EvaluationOf(template.Text, part) is null
            select new PartEvaluation(template, part));
    }

    private static Evaluate? Of(IEnumerable<PartEvaluation> evaluations) =>
        evaluations.ToList() is { Count: > 0 } wanted ? new(wanted) : null;
}
