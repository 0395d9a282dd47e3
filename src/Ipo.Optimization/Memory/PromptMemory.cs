using Ipo.Optimization.Settings;
using Ipo.Optimization.Templates;

namespace Ipo.Optimization.Memory;

/// <summary>
/// What the instruction shows of the past: the best templates scored so far, worst first, so that the best stands last,
/// next to the request (paper.md, section 1, "memory").
/// </summary>
public static class PromptMemory
{
    /// <summary>Chooses what to show.</summary>
    /// <param name="scored">Every template scored so far, in the order of scoring.</param>
    /// <param name="settings">Size, pinning and threshold.</param>
    /// <returns>At most <see cref="RunSettings.MemorySize"/> templates, worst first.</returns>
    public static IReadOnlyList<ScoredPrompt> Shown(IReadOnlyList<ScoredPrompt> scored, RunSettings settings)
    {
        // The published code hides what is below 20 % and so, on a hard dataset, everything (paper.md, section 7, 13).
        // Here the threshold only hides templates while others remain to be shown.
        var above = scored.Where(prompt => prompt.Accuracy >= settings.ShownAboveAccuracy).ToList();
        var candidates = above.Count > 0 ? above : scored;

        var ranked = candidates.Order(ScoredPrompt.WorstFirst).ToList(); // a stable sort: full ties keep their order
        var shown = ranked.TakeLast(settings.MemorySize).ToList();

        var baseline = scored.FirstOrDefault(prompt => prompt.Template == PromptTemplate.Baseline);
        if (settings.BaselineStaysInMemory && settings.MemorySize > 0 && baseline is not null && !shown.Contains(baseline))
        {
            if (shown.Count == settings.MemorySize) shown.RemoveAt(0);
            shown.Add(baseline);
            shown = [.. shown.Order(ScoredPrompt.WorstFirst)];
        }
        return shown;
    }
}
