using Ipo.Optimization.Templates;

namespace Ipo.Optimization.Settings;

/// <summary>What every setting takes, one rule a line.</summary>
public static class SettingsRules
{
    // The longest line fits into the least; the most is what large contexts hold beside the rest.
    private const int FewestDescriptionTokens = 200;
    private const int MostDescriptionTokens = 100_000;

    /// <summary>
    /// The first setting that no run can have, as a sentence that names the field, its value and what it takes; null where
    /// all are well.
    /// </summary>
    public static string? FirstError(RunSettings settings) =>
        ((Rule[])[.. SearchRules(settings), .. ChoiceRules(settings), .. BudgetRules(settings.Budget)])
            .FirstOrDefault(rule => rule.IsBroken)?.Message ?? ProposerName.FirstError(settings.Proposer);

    private static IEnumerable<Rule> SearchRules(RunSettings settings)
    {
        var candidates = (long)settings.CallsPerStep * settings.CandidatesPerCall;
        yield return new(settings.Shots < 0, $"shots is {settings.Shots}; give 1 or more images per class, or 0 for all.");
        yield return new(settings.Steps is < 1 or > 10_000, $"steps is {settings.Steps}; give 1 to 10000.");
        yield return new(
            settings.CallsPerStep < 1 || settings.CandidatesPerCall < 1 || candidates > 64,
            $"candidates_per_step is {candidates}; give 1 to 64.");
        yield return new(settings.MemorySize is < 0 or > 1000, $"memory_size is {settings.MemorySize}; give 0 to 1000 templates.");
        yield return new(
            settings.ShownAboveAccuracy is < 0 or > 1 || double.IsNaN(settings.ShownAboveAccuracy),
            $"shown_above_accuracy is {settings.ShownAboveAccuracy}; give 0 to 1.");
        yield return new(
            settings.Temperature is < 0 or > 2 || double.IsNaN(settings.Temperature),
            $"temperature is {settings.Temperature}; give 0 to 2.");
        yield return new(
            settings.DescriptionLimit is < 1 or > 10_000,
            $"description_limit is {settings.DescriptionLimit}; give 1 to 10000 descriptions.");
        yield return new(
            settings.DescriptionTokens is not 0 and (< FewestDescriptionTokens or > MostDescriptionTokens),
            $"description_tokens is {settings.DescriptionTokens}; give {FewestDescriptionTokens} to {MostDescriptionTokens}, "
            + "or 0 to show every description as it is.");
        yield return new(
            settings.Patience is < 0 or > 10_000,
            $"patience is {settings.Patience}; give 1 to 10000 steps, or 0 to never stop for want of progress.");
    }

    private static IEnumerable<Rule> ChoiceRules(RunSettings settings)
    {
        yield return new(
            settings.EnsembleSize is < 1 or > PromptSet.MostTemplates,
            $"ensemble_size is {settings.EnsembleSize}; give 1 to {PromptSet.MostTemplates} templates.");
        yield return new(
            settings.EnsembleSize > 1 && settings.WinnerRule == WinnerRule.SearchImages,
            $"ensemble_size is {settings.EnsembleSize} with the preset {settings.Preset}, which chooses by the search images alone; "
            + $"an ensemble is grown on selection images: take the preset {Presets.Robust}, or leave it out.");
        yield return new(
            settings.ClassSentences && settings.WinnerRule == WinnerRule.SearchImages,
            $"class_sentences is set with the preset {settings.Preset}, which chooses by the search images alone, and sentences are made "
            + $"from these: take the preset {Presets.Robust}, or leave it out.");
        yield return new(
            settings.ClassSentences && !settings.Descriptions,
            "class_sentences is set without descriptions, which sentences are made from: describe the images, or leave it out.");
    }

    private static IEnumerable<Rule> BudgetRules(Budget budget)
    {
        yield return new(budget.Calls < 1, $"budget.calls is {budget.Calls}; give 1 or more, or leave it out for no limit.");
        yield return new(budget.Tokens < 1, $"budget.tokens is {budget.Tokens}; give 1 or more, or leave it out for no limit.");
        yield return new(
            budget.CostMicroUsd < 1, $"budget.cost_micro_usd is {budget.CostMicroUsd}; give 1 or more, or leave it out for no limit.");
        yield return new(
            budget.Duration <= TimeSpan.Zero, $"budget.duration is {budget.Duration}; give more than zero, or leave it out for no limit.");
    }

    private sealed record Rule(bool IsBroken, string Message);
}
