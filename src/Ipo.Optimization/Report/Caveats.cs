using Ipo.Optimization.Estimates;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Settings;
using Ipo.Optimization.State;
using Ipo.Optimization.Templates;

namespace Ipo.Optimization.Report;

/// <summary>What a reader of a run's report must know.</summary>
public static class Caveats
{
    /// <summary>The caveats of a completed run, in the order in which they are told.</summary>
    internal static IEnumerable<Caveat> Of(RunState run, ReportedDataset dataset) =>
        [.. OfParts(run.Prepared!), .. OfDescriptions(run), .. OfResult(run), .. OfDataset(run, dataset)];

    /// <summary>Those of them that a run has before it is completed.</summary>
    internal static IEnumerable<Caveat> OfSearch(RunState run) =>
        run.Prepared is null ? [] : [.. OfParts(run.Prepared), .. OfDescriptions(run)];

    /// <summary>The caveats of proposers.</summary>
    public static IEnumerable<Caveat> OfProposers(IReadOnlyList<ProviderFacts> proposers)
    {
        var embedded = proposers.Where(proposer => proposer.IsEmbedded).Select(proposer => ProposerName.Parse(proposer.Name)).ToList();
        // Random words have a caveat of their own.
        foreach (var rules in embedded.Where(name => !name.IsRandomWords).Select(name => name.Service).Distinct())
            yield return new RulesPropose(rules, embedded.Count == proposers.Count);
        var names = proposers.Select(proposer => ProposerName.Parse(proposer.Name)).ToList();
        if (names.Any(name => name.IsRandomWords)) yield return new RandomWordsPropose();
        foreach (var blind in names.Where(name => !name.SeesHistory)) yield return new ProposerWithoutHistory(blind);
    }

    private static IEnumerable<Caveat> OfParts(RunPrepared prepared)
    {
        if (prepared.Model.IsDemonstration) yield return new DemonstrationCheckpoint(prepared.Model.Name);
        foreach (var caveat in OfProposers(prepared.Proposers)) yield return caveat;
        if (prepared.Captioner is { IsEmbedded: true } captioner) yield return new PhrasesDescribe(captioner.Name);
    }

    private static IEnumerable<Caveat> OfDescriptions(RunState run)
    {
        if (run.NamedClasses.Count is > 0 and var named) yield return new ClassNamesTakenOut(named, run.Descriptions.Count);
        if (run.DescriptionsChosen is { Flagged.Count: > 0 and var flagged }) yield return new DescriptionsLeftOut(flagged);
        if (run.Duplicates is { Images: > 0 and var images }) yield return new SplitsShareImages(images);
    }

    private static IEnumerable<Caveat> OfResult(RunState run)
    {
        var heldOut = run.Settings.WinnerRule != WinnerRule.SearchImages;
        yield return NothingScored.Of(run) is { } nothing ? new NothingWasScored(nothing)
            : run.Winner != PromptTemplate.Baseline.Text ? new WinnerIsFlattered(heldOut)
            : heldOut && run.Ended!.Winner != run.Winner ? new BestDidNotHoldUp(run.Ended.Winner)
            : new NothingBeatBaseline(heldOut);
        if (PromptSet.Parse(run.Winner!).Sentences.Count > 0 && run.Prepared!.NovelClassNames.Count > 0)
            yield return new NovelClassesWithoutSentences();
        var repaired = run.Evaluations.OrderByDescending(done => done.Template == run.Winner)
            .SelectMany(done => done.Repaired ?? []).Distinct().ToList();
        if (repaired.Count > 0) yield return new TemplatesRepaired(repaired);
        if (run.Ended!.Reason is StopReason.CallsSpent or StopReason.TokensSpent or StopReason.MoneySpent or StopReason.TimeSpent)
            yield return new BudgetEndedSearch(run.StepsCompleted, run.Settings.Steps);
        if (TooFewSteps.In(run.Settings) is { } few) yield return new FewSteps(few);
        if (run.TestOpened is { EarlierLooks: > 0 and var looks }) yield return new EarlierLooks(looks);
        if (run.Lost is { } lost) yield return new JournalWentBack(lost.FromStep, lost.ToStep);
    }

    private static IEnumerable<Caveat> OfDataset(RunState run, ReportedDataset dataset)
    {
        var (prepared, shots) = (run.Prepared!, run.Settings.Shots);
        var few = prepared.SearchImages.CountBy(image => image.Label).Where(pair => pair.Value < shots).ToList();
        if (few.Count > 0) yield return new FewerShots(few.Count, shots, prepared.ClassNames[few[0].Key], few[0].Value);
        if (dataset.Unreadable.Count > 0) yield return new UnreadableImages(dataset.Unreadable);
        if (prepared.HandWrittenTemplate is { } own && run.Evaluations.All(done => done.Template != own))
            yield return new HandWrittenUnscorable(own);
        foreach (var warning in dataset.Warnings) yield return new DatasetWarning(warning);
    }
}
