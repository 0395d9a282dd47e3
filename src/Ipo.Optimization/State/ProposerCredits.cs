using System.Collections.Immutable;
using Ipo.Optimization.Candidates;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Templates;

namespace Ipo.Optimization.State;

/// <summary>Which proposer brought what. It follows from the journalled answers, so no event says it twice.</summary>
public sealed record ProposerCredits
{
    /// <summary>Nothing was proposed yet.</summary>
    public static ProposerCredits None { get; } = new();

    private ImmutableDictionary<string, string> Proposers { get; init; } = ImmutableDictionary<string, string>.Empty;

    private ImmutableDictionary<string, (int Answers, int Proposals)> Counts { get; init; } = ImmutableDictionary<string, (int, int)>.Empty;

    /// <summary>Name of the proposer of a template; null for what a run starts with.</summary>
    public string? ProposerOf(PromptTemplate template) => Proposers.GetValueOrDefault(template.Identity);

    /// <summary>What each proposer of a run brought, in the mix's order.</summary>
    public static IReadOnlyList<ProposerShare> Shares(RunState run)
    {
        if (run.Prepared is not { } prepared) return [];
        return [.. prepared.Proposers.Select(proposer =>
        {
            var (answers, proposals) = run.Credits.Counts.GetValueOrDefault(proposer.Name);
            var scored = run.Scored.Where(prompt => run.Credits.ProposerOf(prompt.Template) == proposer.Name).ToList();
            // A template that leads when it comes is a gain of the search, even where a later one overtakes it.
            var leads = scored.Count(prompt =>
                run.Scored.TakeWhile(before => before.Step < prompt.Step).All(before => ScoredPrompt.WorstFirst.Compare(prompt, before) > 0)
                && ScoredPrompt.Best(run.Scored.Where(same => same.Step == prompt.Step)) == prompt);
            var best = ScoredPrompt.Best(scored);
            return new ProposerShare(
                proposer, answers, scored.Count, proposals - scored.Count, leads, best,
                best is null ? 0 : best.Accuracy - run.Baseline!.Accuracy);
        })];
    }

    /// <summary>With the answers of a step whose templates are all scored or refused.</summary>
    internal ProposerCredits After(RunState run, int step)
    {
        if (run.Prepared is not { } prepared) return this;
        string[] classNames = [.. prepared.ClassNames, .. prepared.NovelClassNames];
        var scored = run.Scored.Where(prompt => prompt.Step == step).Select(prompt => prompt.Template.Identity).ToHashSet();
        var after = this;
        foreach (var (call, text) in run.Answers) // in the order of the calls: of two that say the same, the first one counts
        {
            var name = prepared.ProposerOf(step, call, run.Settings.CallsPerStep).Name;
            var answer = ParsedAnswer.Parse(text, run.Settings.CandidatesPerCall, classNames, ImmutableHashSet<string>.Empty);
            var (answers, proposals) = after.Counts.GetValueOrDefault(name);
            after = after with
            {
                Counts = after.Counts.SetItem(name, (answers + 1, proposals + answer.Candidates.Count + answer.Refused.Count)),
                Proposers = after.Proposers.SetItems(answer.Candidates
                    .Select(template => template.Identity)
                    .Where(identity => scored.Remove(identity))
                    .Select(identity => KeyValuePair.Create(identity, name))),
            };
        }
        return after;
    }
}

/// <summary>What a proposer brought to a run.</summary>
/// <param name="Proposer">The proposer.</param>
/// <param name="Answers">Its answers that were used.</param>
/// <param name="Scored">Its candidates that were scored.</param>
/// <param name="Refused">Its proposals that were not.</param>
/// <param name="Leads">How often a candidate of its was the best so far when its step was scored.</param>
/// <param name="Best">Its best candidate on the search images; null for none.</param>
/// <param name="BestGain">Accuracy of that candidate less the baseline's on the search images, in -1..1; 0 for
/// none.</param>
public sealed record ProposerShare(
    ProviderFacts Proposer, int Answers, int Scored, int Refused, int Leads, ScoredPrompt? Best, double BestGain);
