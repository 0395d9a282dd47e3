using Ipo.Optimization.Actions;
using Ipo.Optimization.Candidates;
using Ipo.Optimization.Choosing;
using Ipo.Optimization.Descriptions;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Instructions.Strategies;
using Ipo.Optimization.Settings;
using Ipo.Optimization.State;
using Ipo.Optimization.Statistics;
using Ipo.Optimization.Templates;

namespace Ipo.Optimization.Loop;

/// <summary>Phase 3, a step: writes the instruction from memory and descriptions, asks for candidates, has them
/// scored; every scored template is memory for the next step.
/// </summary>
internal static class SearchPhase
{
    /// <summary>The end of the search by a stop rule or a person; null while it goes on. What was bought is scored
    /// first.</summary>
    public static EndSearch? Stop(RunState run) =>
        run.Answers.Count == 0 && Stopping.Reason(run) is { } reason ? new(reason, run.Best!.Template) : null;

    public static RunAction Next(RunState run, RunPrepared prepared)
    {
        var settings = run.Settings;
        if (run.StepsCompleted >= settings.Steps) return new EndSearch(StopReason.StepsDone, run.Best!.Template);

        var step = run.StepsCompleted + 1;
        var open = Enumerable.Range(0, settings.CallsPerStep).Where(call => !run.Answers.ContainsKey(call)).ToList();
        if (open.Count == 0 || (run.IsAskedToStop && run.Answers.Count > 0)) return Score(run, prepared, step);
        var proposer = prepared.ProposerOf(step, open[0], settings.CallsPerStep);
        open.RemoveAll(call => prepared.ProposerOf(step, call, settings.CallsPerStep) != proposer);
        if (run.Spending.Forbids(settings.Budget, run.Elapsed, proposer.Paid) is { } reason)
            // What was bought is scored first.
            return run.Answers.Count > 0 ? Score(run, prepared, step) : new EndSearch(reason, run.Best!.Template);
        if (proposer.Paid && BudgetRules.Unkept(run) is { } unkept) return unkept;
        return Ask(run, proposer, step, [.. open.Take(BudgetRules.Affordable(run, proposer.Paid, open.Count))]);
    }

    private static RunAction Ask(RunState run, ProviderFacts proposer, int step, IReadOnlyList<int> open)
    {
        var settings = run.Settings;
        var calls = new List<ProposalCall>();
        foreach (var call in open)
        {
            var attempts = run.AttemptsAt(CallKey.Propose(step, call));
            if (attempts.FinalFailure is { } failure)
                return new Fail(new ProposerFailed(proposer.Name, attempts.Failures, step, failure.Message));
            calls.Add(new(call, attempts.NextAttempt, Seeds.For(settings.Seed, step, call), attempts.NotBefore));
        }

        var best = run.Best!.Template;
        if (StrategyList.NeedsConfusions(ProposerName.Parse(proposer.Name)) && run.ConfusionsFound?.Template != best.Text)
            return new FindConfusions(best);
        var request = StrategyList.Ask(proposer, run.Scored, ShownDescriptions.Of(run), Confusions.Described(run), settings);
        return new Propose(
            step, calls, request.Instruction, request.Memory, request.Descriptions, settings.CandidatesPerCall, proposer);
    }

    private static ScoreTemplates Score(RunState run, RunPrepared prepared, int step)
    {
        string[] classNames = [.. prepared.ClassNames, .. prepared.NovelClassNames];
        var known = run.Tried;
        var templates = new List<PromptTemplate>();
        var refused = new List<RefusedText>();
        foreach (var text in run.Answers.Values) // in the order of the calls, whichever was answered first
        {
            var answer = ParsedAnswer.Parse(text, run.Settings.CandidatesPerCall, classNames, known);
            templates.AddRange(answer.Candidates);
            refused.AddRange(answer.Refused);
            known = known.Union(answer.Candidates.Select(template => template.Identity));
        }
        return new(step, templates, refused, DetailOf(run.Settings, prepared));
    }

    /// <summary>What is kept of the search images behind a score. Single outcomes choose and test where held-out
    /// images decide; single losses are only needed where images are few.
    /// </summary>
    public static OutcomeDetail DetailOf(RunSettings settings, RunPrepared prepared)
    {
        if (settings.WinnerRule == WinnerRule.SearchImages) return OutcomeDetail.None;
        return Choice.AreFew(prepared.SearchImages.Count, prepared.ClassNames.Count) ? OutcomeDetail.Losses : OutcomeDetail.Correct;
    }
}
