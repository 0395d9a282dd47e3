using Ipo.Optimization.Choosing;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Templates;
using Ipo.Optimization.Text;

namespace Ipo.Optimization.Settings;

/// <summary>
/// Named settings. <c>robust</c> chooses on images that the search did not see. The two others follow the published method with
/// the defects of its code mended (paper.md, section 7): scores on centre crops of every image, no cut answers, no template
/// without <c>&lt;CLASS&gt;</c>, and a winner chosen by a rule.
/// </summary>
public static class Presets
{
    /// <summary>The preset whose winner is chosen by images that the search did not see.</summary>
    public const string Robust = "robust";

    // The longest line fits into the least; the most is what large contexts hold beside the rest.
    private const int FewestDescriptionTokens = 200;
    private const int MostDescriptionTokens = 100_000;

    /// <summary>How a run chooses its winner, as one sentence.</summary>
    /// <param name="settings">The run's settings.</param>
    /// <param name="prepared">What it works on; the published rule needs none.</param>
    public static string SelectionRule(RunSettings settings, RunPrepared prepared)
    {
        // The published method has no other rule (paper.md, section 1, "final choice").
        if (settings.WinnerRule == WinnerRule.SearchImages)
            return "highest accuracy on the search images, ties by lower loss, then by the earlier step (IPO, section 3)";
        var chosen = Finalists.SelectionPart(prepared) == DatasetPart.Validation
            ? $"of the {settings.Finalists} best on the search images the one with the highest accuracy on the validation images, or the highest shrunken log-likelihood where these are at most {Choice.FewImagesPerClass} a class; the baseline unless it is beaten"
            : $"the best on the search images, if {Choice.Folds}-fold cross-validation over them finds such choices better than the baseline on images that they did not see; else the baseline";
        if (settings.EnsembleSize is > 1) chosen += $"; an ensemble of up to {settings.EnsembleSize} templates, grown greedily on the same images, stands for choice as one more";
        return settings.ClassSentences ? $"{chosen}; and so does the best of these with sentences of single classes, where validation images choose" : chosen;
    }

    /// <summary>The presets' names, the default one first.</summary>
    public static IReadOnlyList<string> Names { get; } = [Robust, "ipo-paper", "ipo-code"];

    /// <summary>The settings of a preset for a dataset.</summary>
    /// <exception cref="ArgumentException">There is no such preset; the message lists them.</exception>
    public static RunSettings Get(string name, string dataset) => name switch
    {
        // 16 shots, so that accuracy moves in small steps. Descriptions have the paper's 5,000 input tokens to themselves, which
        // hold 64 of them as a multimodal model writes them: the number that serves a small language model best (paper.md,
        // sections 1 and 4, Table 14).
        Robust => new RunSettings
        {
            Dataset = dataset,
            Preset = name,
            Shots = 16,
            Steps = 50,
            CallsPerStep = 1,
            CandidatesPerCall = 8,
            MemorySize = 20,
            BaselineStaysInMemory = true,
            Order = InstructionOrder.Paper,
            WinnerRule = WinnerRule.HeldOut,
            Finalists = 8,
            Patience = 15,
            StopsWhenPerfect = true,
            Explains = true,
        }.WithDescriptionTokens(5_000),
        // Camera-ready text: 100 iterations, five candidates in one answer, the top 20 shown, the initial prompt always
        // among them, one shot, descriptions in the 1-shot setting. The text prints the initial prompt without its full stop
        // in one place and with another ending in a figure; here it is CLIP's own, as in the published code.
        "ipo-paper" => new()
        {
            Dataset = dataset,
            Preset = name,
            Steps = 100,
            CallsPerStep = 1,
            CandidatesPerCall = 5,
            MemorySize = 20,
            BaselineStaysInMemory = true,
            Order = InstructionOrder.Paper,
        },
        // lmsdss/IPO at ac804a9: 100 steps of eight calls for one candidate each, the best 30 shown above 20 % accuracy,
        // the initial prompt not pinned.
        "ipo-code" => new()
        {
            Dataset = dataset,
            Preset = name,
            Steps = 100,
            CallsPerStep = 8,
            CandidatesPerCall = 1,
            MemorySize = 30,
            BaselineStaysInMemory = false,
            ShownAboveAccuracy = 0.2,
            Order = InstructionOrder.Code,
        },
        _ => throw new ArgumentException($"There is no preset '{name}'; choose one of: {string.Join(", ", Names)}.", nameof(name)),
    };

    /// <summary>
    /// Asks for another number of candidates in a step, in the preset's own way: one answer with many, or many answers with
    /// one.
    /// </summary>
    public static RunSettings WithCandidatesPerStep(this RunSettings settings, int candidates) =>
        settings.CallsPerStep > 1
            ? settings with { CallsPerStep = candidates }
            : settings with { CandidatesPerCall = candidates };

    /// <summary>
    /// Takes another number of shots. Descriptions follow it in <c>ipo-paper</c>: the paper shows them at one shot and leaves
    /// them out at 16; the published code always shows them (paper.md, section 1, "when used"), and so does <c>robust</c>, up
    /// to its limit.
    /// </summary>
    public static RunSettings WithShots(this RunSettings settings, int shots) =>
        settings with { Shots = shots, Descriptions = settings.Preset != "ipo-paper" || shots == 1 };

    /// <summary>Takes a token budget for descriptions. As many images are described as descriptions of the usual length fit into
    /// it, so that none is bought in vain; with 0 the limit stays as it is.</summary>
    public static RunSettings WithDescriptionTokens(this RunSettings settings, int tokens) => settings with
    {
        DescriptionTokens = tokens,
        DescriptionLimit = tokens == 0 ? settings.DescriptionLimit : Math.Max(1, (int)(tokens / TokenCount.UsualDescription)),
    };

    /// <summary>
    /// The first setting that no run can have, as a sentence that names the field, its value and what it takes; null where
    /// all are well.
    /// </summary>
    public static string? FirstError(RunSettings settings)
    {
        var candidates = (long)settings.CallsPerStep * settings.CandidatesPerCall;
        (bool Wrong, string Message)[] rules =
        [
            (settings.Shots < 0, $"shots is {settings.Shots}; give 1 or more images per class, or 0 for all."),
            (settings.Steps < 1 || settings.Steps > 10_000, $"steps is {settings.Steps}; give 1 to 10000."),
            (settings.CallsPerStep < 1 || settings.CandidatesPerCall < 1 || candidates > 64, $"candidates_per_step is {candidates}; give 1 to 64."),
            (settings.MemorySize is < 0 or > 1000, $"memory_size is {settings.MemorySize}; give 0 to 1000 templates."),
            (settings.ShownAboveAccuracy is < 0 or > 1 || double.IsNaN(settings.ShownAboveAccuracy), $"shown_above_accuracy is {settings.ShownAboveAccuracy}; give 0 to 1."),
            (settings.Temperature is < 0 or > 2 || double.IsNaN(settings.Temperature), $"temperature is {settings.Temperature}; give 0 to 2."),
            (settings.DescriptionLimit is < 1 or > 10_000, $"description_limit is {settings.DescriptionLimit}; give 1 to 10000 descriptions."),
            (settings.DescriptionTokens is not 0 and (< FewestDescriptionTokens or > MostDescriptionTokens), $"description_tokens is {settings.DescriptionTokens}; give {FewestDescriptionTokens} to {MostDescriptionTokens}, or 0 to show every description as it is."),
            (settings.Patience is < 0 or > 10_000, $"patience is {settings.Patience}; give 1 to 10000 steps, or 0 to never stop for want of progress."),
            (settings.EnsembleSize is < 1 or > PromptSet.MostTemplates, $"ensemble_size is {settings.EnsembleSize}; give 1 to {PromptSet.MostTemplates} templates."),
            (settings.EnsembleSize > 1 && settings.WinnerRule == WinnerRule.SearchImages, $"ensemble_size is {settings.EnsembleSize} with the preset {settings.Preset}, which chooses by the search images alone; an ensemble is grown on images that choose: take the preset {Robust}, or leave it out."),
            (settings.ClassSentences && settings.WinnerRule == WinnerRule.SearchImages, $"class_sentences is set with the preset {settings.Preset}, which chooses by the search images alone, and sentences are made from these: take the preset {Robust}, or leave it out."),
            (settings.ClassSentences && !settings.Descriptions, "class_sentences is set without descriptions, which sentences are made from: describe the images, or leave it out."),
            (settings.Budget.Calls < 1, $"budget.calls is {settings.Budget.Calls}; give 1 or more, or leave it out for no limit."),
            (settings.Budget.Tokens < 1, $"budget.tokens is {settings.Budget.Tokens}; give 1 or more, or leave it out for no limit."),
            (settings.Budget.CostMicroUsd < 1, $"budget.cost_micro_usd is {settings.Budget.CostMicroUsd}; give 1 or more, or leave it out for no limit."),
            (settings.Budget.Duration <= TimeSpan.Zero, $"budget.duration is {settings.Budget.Duration}; give more than zero, or leave it out for no limit."),
        ];
        return rules.FirstOrDefault(rule => rule.Wrong).Message ?? ProposerName.FirstError(settings.Proposer);
    }
}
