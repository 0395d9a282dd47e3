using Ipo.Optimization.Choosing;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Settings;

namespace Ipo.Orchestrator.Reports;

/// <summary>How a run chooses its winner, as one sentence.</summary>
internal static class SelectionRule
{
    /// <param name="settings">The run's settings.</param>
    /// <param name="prepared">What it works on; the published rule does not look at it.</param>
    public static string Of(RunSettings settings, RunPrepared prepared)
    {
        // The published method has no other rule (paper.md, section 1, "final choice").
        if (settings.WinnerRule == WinnerRule.SearchImages)
            return "highest accuracy on the search images, ties by lower loss, then by the earlier step (IPO, section 3)";
        var chosen = Finalists.SelectionPart(prepared) == DatasetPart.Validation
            ? $"of the {settings.Finalists} best on the search images the one with the highest accuracy on the validation images, "
                + $"or the highest shrunken log-likelihood where these are at most {Choice.FewImagesPerClass} a class; "
                + "the baseline unless it is beaten"
            : $"the best on the search images, if {Choice.Folds}-fold cross-validation over them finds such choices better than the "
                + "baseline on images that they did not see; else the baseline";
        if (settings.EnsembleSize is > 1)
            chosen += $"; an ensemble of up to {settings.EnsembleSize} templates, grown greedily on the same images, "
                + "stands for choice as one more";
        return settings.ClassSentences
            ? $"{chosen}; and so does the best of these with sentences of single classes, where validation images choose"
            : chosen;
    }
}
