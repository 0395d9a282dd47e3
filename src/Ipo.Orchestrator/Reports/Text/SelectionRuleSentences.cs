using Ipo.Optimization.Choosing;
using Ipo.Optimization.Report;

namespace Ipo.Orchestrator.Reports.Text;

/// <summary>How a run chooses its winner, for a person.</summary>
internal static class SelectionRuleSentences
{
    public static string Of(RunReport report)
    {
        var settings = report.Run.Settings;
        var rule = report.Rule switch
        {
            // The published method has no other rule (paper.md, section 1, "final choice").
            SelectionRule.SearchImages =>
                "highest accuracy on the search images, ties by lower loss, then by the earlier step (IPO, section 3)",
            SelectionRule.ValidationImages =>
                $"of the {settings.Finalists} best on the search images the one with the highest accuracy on the validation images, or the "
                    + $"highest shrunken log-likelihood where these are at most {Choice.FewImagesPerClass} a class; the baseline unless "
                    + "it is beaten",
            SelectionRule.FoldedSearchImages =>
                $"the best on the search images, if {Choice.Folds}-fold cross-validation over them finds such choices better than the "
                    + "baseline on images that they did not see; else the baseline",
            _ => throw new ArgumentOutOfRangeException(nameof(report), report.Rule, null),
        };
        if (report.Rule == SelectionRule.SearchImages) return rule;
        if (settings.EnsembleSize is > 1)
            rule += $"; an ensemble of up to {settings.EnsembleSize} templates, grown greedily on the same images, is one more "
                + "finalist";
        if (settings.ClassSentences)
            rule += "; and so does the best of these with sentences of single classes, where validation images choose";
        return rule;
    }
}
