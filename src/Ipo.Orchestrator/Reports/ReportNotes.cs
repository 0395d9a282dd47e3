using Ipo.Optimization.Estimates;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Images;
using Ipo.Optimization.Settings;
using Ipo.Optimization.State;
using Ipo.Optimization.Templates;
using Ipo.Orchestrator.Datasets;
using Ipo.Orchestrator.Runs;

namespace Ipo.Orchestrator.Reports;

/// <summary>What a reader of a report must know, so that it is not taken for more than it is.</summary>
internal static class ReportNotes
{
    // The embedded defaults: they make the method run anywhere and are not what the paper used. The checkpoint is known by its content,
    // for a folder can be called anything; by its name as well, for runs on an older one.
    private const string DemonstrationDigest = "38bd3c1e129bfbd2488227d2818d2559faa6c7c1e5731613695cebb7902b3e8e"; // models/ipo-tiny
    private const string DemonstrationName = "ipo-tiny";

    // Names of those that were embedded before journals said which are.
    private static readonly string[] OnceEmbedded = ["evolve", ProposerName.RandomWords, "attributes"];

    public static IEnumerable<string> Of(RunState run, Dataset dataset, IReadOnlyDictionary<string, string> unreadable)
    {
        var prepared = run.Prepared!;
        if (prepared.Model.Digest == DemonstrationDigest || prepared.Model.Name == DemonstrationName)
            yield return $"The checkpoint {prepared.Model.Name} is a small demonstration and not OpenAI's CLIP: its accuracies say nothing "
                + "of a real CLIP checkpoint's.";
        foreach (var note in ProposerNotes(prepared.Proposers)) yield return note;
        if (prepared.Captioner is { } captioner && IsEmbedded(captioner))
            yield return $"The captioner {captioner.Name} ranks fixed phrases by similarity; no multimodal model took part.";

        foreach (var note in DescriptionNotes(run)) yield return note;

        yield return Result(run);
        if (PromptSet.Parse(run.Winner!).Sentences.Count > 0 && prepared.NovelClassNames.Count > 0)
            yield return "The winner has sentences of single classes, from descriptions of their search images; novel classes have none "
                + "and are classified by its templates alone.";
        if (run.Ended!.Reason is StopReason.CallsSpent or StopReason.TokensSpent or StopReason.MoneySpent or StopReason.TimeSpent)
            yield return $"The budget ended the search after {run.StepsCompleted} of {run.Settings.Steps} steps; more steps may find "
                + "better templates.";
        if (TooFewSteps.In(run.Settings) is { } few) yield return RunWarningSentences.Of(few);
        if (run.TestOpened is { EarlierLooks: > 0 and var looks })
            yield return $"The test images had been looked at {looks} {(looks == 1 ? "time" : "times")} before this run, by other runs or "
                + "by hand: if one of these looks guided its settings, its test is no longer a fresh one.";

        if (FewerShots(run, prepared) is { } fewer) yield return fewer;
        if (Unreadable(dataset, unreadable) is { } leftOut) yield return leftOut;
        if (prepared.HandWrittenTemplate is { } own && run.Evaluations.All(done => done.Template != own))
            yield return $"The dataset's own template '{own}' could not be scored: a class name makes it too long for the checkpoint.";
        foreach (var warning in dataset.Warnings) yield return $"Dataset: {warning}";
    }

    private static IEnumerable<string> DescriptionNotes(RunState run)
    {
        if (run.NamedClasses.Count is > 0 and var named)
            yield return $"The captioner named a class in {named} of {run.Descriptions.Count} descriptions; the names were taken out "
                + "before anybody read them.";
        if (run.DescriptionsChosen is { Flagged.Count: > 0 and var flagged })
            yield return $"{flagged} {(flagged == 1 ? "description was" : "descriptions were")} left out, because "
                + $"{(flagged == 1 ? "it does" : "they do")} not fit {(flagged == 1 ? "its image or names" : "their images or name")} a "
                + "class.";
        if (run.Duplicates is { Images: > 0 and var images })
            yield return $"{images} "
                + $"{(images == 1 ? "image of the validation or test split looks" : "images of the validation and test splits look")} "
                + $"like one of an earlier split (cosine {DuplicateImages.DuplicateThreshold:0.000} or more): where they are the same "
                + "picture, results on them prove nothing. Delete one of each pair and start again.";
    }

    /// <summary>What a reader must know of proposers.</summary>
    public static IEnumerable<string> ProposerNotes(IReadOnlyList<ProviderFacts> proposers)
    {
        var names = proposers.Select(proposer => ProposerName.Parse(proposer.Name)).ToList();
        var embedded = proposers.Where(IsEmbedded).ToList();
        // random-words has a sentence of its own below.
        foreach (var rules in embedded.Select(Service).Distinct().Where(service => service != ProposerName.RandomWords))
            yield return $"The proposer {rules} edits templates by seeded rules; "
                + (embedded.Count == proposers.Count ? "no language model took part." : "no language model stands behind it.");
        if (names.Any(name => name.Service == ProposerName.RandomWords))
            yield return "The proposer random-words is a control: it puts random words into templates. What others gain beyond it, they "
                + "gain by their words.";
        foreach (var blind in names.Where(name => !name.SeesHistory))
            yield return $"The proposer {blind} is a control: it is {blind.Service} without sight of what was tried.";
    }

    private static bool IsEmbedded(ProviderFacts provider) => provider.Embedded ?? OnceEmbedded.Contains(Service(provider));

    private static string Service(ProviderFacts provider) => ProposerName.Parse(provider.Name).Service;

    private static string Result(RunState run) => (run.Winner == PromptTemplate.Baseline.Text, run.Settings.WinnerRule) switch
    {
        (true, WinnerRule.SearchImages) => "Nothing scored better than the baseline on the search images, so the baseline is the result.",
        (true, _) when run.Ended!.Winner == run.Winner =>
            "Nothing scored better than the baseline on the search images or on those that chose the winner, so the baseline is the "
                + "result.",
        (true, _) => $"The best template on the search images, '{run.Ended!.Winner}', did not hold up on images that the search did not "
            + "see, and no other finalist did, so the baseline is the result.",
        (false, WinnerRule.SearchImages) =>
            "The winner is the best of many on the search images, so its accuracy there is flattering; the test images took no part in "
                + "the choice.",
        _ => "The winner is the best of many on the search images and of a few on those that chose it, so its accuracy there is "
            + "flattering; the test images took no part in either.",
    };

    private static string? FewerShots(RunState run, RunPrepared prepared)
    {
        if (run.Settings.Shots == 0) return null;
        var few = prepared.SearchImages.CountBy(image => image.Label).Where(pair => pair.Value < run.Settings.Shots).ToList();
        return few.Count == 0 ? null
            : $"{few.Count} {(few.Count == 1 ? "class has" : "classes have")} fewer training images than the {run.Settings.Shots} shots "
                + $"asked for, for instance '{prepared.ClassNames[few[0].Key]}' with {few[0].Value}.";
    }

    private static string? Unreadable(Dataset dataset, IReadOnlyDictionary<string, string> unreadable)
    {
        var images = dataset.Images.Where(image => unreadable.ContainsKey(image.Sha256)).ToList();
        return images.Count == 0 ? null
            : $"The scorer cannot read {FileList.Summarize([.. images.Select(image => image.Path)])} ({unreadable[images[0].Sha256]}); "
                + $"{(images.Count == 1 ? "it is" : "they are")} left out everywhere.";
    }
}
