using Ipo.Optimization.Facts;
using Ipo.Optimization.Images;
using Ipo.Optimization.Report;
using Ipo.Orchestrator.Datasets;
using Ipo.Orchestrator.Runs;

namespace Ipo.Orchestrator.Reports.Text;

/// <summary>What a reader of a report must know, for a person.</summary>
internal static class CaveatSentences
{
    public static string Of(Caveat caveat) => caveat switch
    {
        DemonstrationCheckpoint checkpoint =>
            $"The checkpoint {checkpoint.Model} is a small demonstration and not OpenAI's CLIP: its accuracies say nothing of a real CLIP "
                + "checkpoint's.",
        RulesPropose { OnlyRules: true } rules =>
            $"Templates came from seeded rules (the proposer {rules.Proposer}); no language model took part.",
        RulesPropose rules =>
            $"Some templates came from seeded rules (the proposer {rules.Proposer}), with no language model behind them.",
        RandomWordsPropose =>
            "The proposer random-words is a control: it puts random words into templates. What others gain beyond it, they gain by their "
                + "words.",
        ProposerWithoutHistory { Proposer: var blind } =>
            $"The proposer {blind} is a control: it is {blind.Service} without sight of what was tried.",
        PhrasesDescribe phrases =>
            $"Descriptions are fixed phrases, chosen by similarity (the captioner {phrases.Captioner}); no multimodal model took part.",
        ClassNamesTakenOut names =>
            $"The captioner named a class in {names.Named} of {names.Descriptions} descriptions; the names were taken out before they "
                + "were used.",
        DescriptionsLeftOut { Descriptions: 1 } =>
            "1 description was left out, because it does not fit its image or names a class.",
        DescriptionsLeftOut some =>
            $"{some.Descriptions} descriptions were left out, because they do not fit their images or name a class.",
        SplitsShareImages shared =>
            $"{shared.Images} "
                + (shared.Images == 1
                    ? "image of the validation or test split looks "
                    : "images of the validation and test splits look ")
                + FormattableString.Invariant($"like one of an earlier split (cosine {DuplicateImages.DuplicateThreshold:0.000} or more): ")
                + "where they are the same picture, results on them prove nothing. Delete one of each pair and start again.",
        NothingBeatBaseline { HeldOut: false } =>
            "Nothing scored better than the baseline on the search images, so the baseline is the result.",
        NothingBeatBaseline =>
            "Nothing scored better than the baseline on the search images or on the selection images, so the baseline is the "
                + "result.",
        NothingWasScored { Nothing: var nothing } =>
            NothingScoredSentence.Of(nothing) + " That nothing beat the baseline is therefore no finding.",
        BestDidNotHoldUp best =>
            $"The best template on the search images, '{best.Template}', did not hold up on images that the search did not see, and no "
                + "other finalist did, so the baseline is the result.",
        WinnerIsFlattered { HeldOut: false } =>
            "On the search images the winner's accuracy is flattering, because it was chosen as the best of many there. Trust its accuracy "
                + "on the test images, which took no part in the choice.",
        WinnerIsFlattered =>
            "On the search images and the selection images the winner's accuracy is flattering, because it was chosen as the best of many "
                + "there. Trust its accuracy on the test images, which took no part in the choice.",
        NovelClassesWithoutSentences =>
            "The winner has sentences of single classes, from descriptions of their search images; novel classes have none and are "
                + "classified by its templates alone.",
        BudgetEndedSearch ended =>
            $"The budget ended the search after {ended.Completed} of {ended.Steps} steps; more steps may find better templates.",
        FewSteps few => RunWarningSentences.Of(few.Warning),
        JournalWentBack { FromStep: var from, ToStep: var to } =>
            $"Its journal went back from step {from} to step {to}: what was written last had been lost, and was done again. The "
                + "costs hold what was paid for it as far as the answers were found again.",
        EarlierLooks { Looks: var looks } =>
            $"The test images had been looked at {looks} {(looks == 1 ? "time" : "times")} before this run, by other runs or by hand: if "
                + "one of these looks guided its settings, its test is no longer a fresh one.",
        FewerShots few =>
            $"{few.Classes} {(few.Classes == 1 ? "class has" : "classes have")} fewer training images than the {few.Shots} shots asked "
                + $"for, for instance '{few.ClassName}' with {few.Images}.",
        UnreadableImages { Images: var images } =>
            $"The scorer cannot read {FileList.Summarize([.. images.Select(image => image.Path)])} ({images[0].Reason}); "
                + $"{(images.Count == 1 ? "it is" : "they are")} left out everywhere.",
        HandWrittenUnscorable own =>
            $"The dataset's own template '{own.Template}' could not be scored: a class name makes it too long for the checkpoint.",
        TemplatesRepaired { Templates: var repaired } => RepairedSentence(repaired),
        DatasetWarning { Warning: var warning } => $"Dataset: {warning}",
        _ => throw new ArgumentOutOfRangeException(nameof(caveat), caveat, null),
    };

    private static string RepairedSentence(IReadOnlyList<RepairedTemplate> repaired) =>
        $"The checkpoint's tokenizer repairs text before it reads it: '{repaired[0].Template}' is scored as '{repaired[0].ReadAs}'"
            + (repaired.Count switch
            {
                1 => ".",
                2 => ", and 1 more template is scored otherwise than it is written.",
                var all => $", and {all - 1} more templates are scored otherwise than they are written.",
            });
}
