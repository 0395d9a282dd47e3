namespace Ipo.Optimization.Settings;

/// <summary>What settings take: each its range, and then the rules of several together.</summary>
public static class SettingsRules
{
    /// <summary>The first setting that no run can have, as a sentence that names the field, its value and what it
    /// takes; null where all are well.
    /// </summary>
    public static string? FirstError(RunSettings settings) =>
        RunSettings.Table.Select(setting => setting.FirstError(settings)).OfType<string>().FirstOrDefault()
            ?? ((Rule[])[.. PresetRules(settings), .. ChoiceRules(settings), .. BudgetRules(settings.Budget)])
                .FirstOrDefault(rule => rule.IsBroken)?.Message
            ?? ProposerName.FirstError(settings.Proposer);

    // What presets alone decide.
    private static IEnumerable<Rule> PresetRules(RunSettings settings)
    {
        yield return new(
            settings.ShownAboveAccuracy is < 0 or > 1 || double.IsNaN(settings.ShownAboveAccuracy),
            $"shown_above_accuracy is {settings.ShownAboveAccuracy}; give 0 to 1.");
    }

    private static IEnumerable<Rule> ChoiceRules(RunSettings settings)
    {
        yield return new(
            settings.EnsembleSize > 1 && settings.WinnerRule == WinnerRule.SearchImages,
            $"ensemble_size is {settings.EnsembleSize} with the preset {settings.Preset}, which has no selection images; "
            + $"an ensemble is grown on these: use the preset {Presets.Robust}, or leave it out.");
        yield return new(
            settings.ClassSentences && settings.WinnerRule == WinnerRule.SearchImages,
            $"class_sentences is set with the preset {settings.Preset}, which has no selection images to choose them by: "
            + $"use the preset {Presets.Robust}, or leave it out.");
        yield return new(
            settings.ClassSentences && !settings.Descriptions,
            "class_sentences is set without descriptions, which sentences are made from: describe the images, or leave it out.");
        yield return new(
            settings.CoopShots && settings.Shots == 0,
            "coop_shots is set with all training images, and CoOp has a list for each number of shots: give shots, or leave it out.");
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
