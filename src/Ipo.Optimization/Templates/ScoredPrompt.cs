namespace Ipo.Optimization.Templates;

/// <summary>A template with its score on the search images.</summary>
/// <param name="Template">The template.</param>
/// <param name="Accuracy">Share of images classified rightly, in 0..1.</param>
/// <param name="Loss">Mean cross-entropy in nats.</param>
/// <param name="Step">The step that proposed it, from 1; 0 for the templates a run starts with.</param>
/// <param name="Outcomes">Its outcomes image by image; null where the preset keeps none.</param>
public sealed record ScoredPrompt(PromptTemplate Template, double Accuracy, double Loss, int Step, ImageOutcomes? Outcomes = null)
{
    /// <summary>
    /// Worst first: by accuracy, ties by loss (paper.md, section 1, "memory"). Full ties stay in the order of scoring,
    /// so sorts that use it have to be stable.
    /// </summary>
    public static IComparer<ScoredPrompt> WorstFirst { get; } = Comparer<ScoredPrompt>.Create((a, b) =>
        a.Accuracy != b.Accuracy ? a.Accuracy.CompareTo(b.Accuracy) : b.Loss.CompareTo(a.Loss));

    /// <summary>The best of some templates; the earliest wins a full tie.</summary>
    public static ScoredPrompt? Best(IEnumerable<ScoredPrompt> prompts) =>
        prompts.Aggregate((ScoredPrompt?)null, (best, next) => best is null || WorstFirst.Compare(next, best) > 0 ? next : best);
}
