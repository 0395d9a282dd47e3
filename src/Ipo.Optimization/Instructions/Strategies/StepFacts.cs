using Ipo.Optimization.Descriptions;
using Ipo.Optimization.Memory;
using Ipo.Optimization.Settings;
using Ipo.Optimization.Templates;

namespace Ipo.Optimization.Instructions.Strategies;

/// <summary>What a strategy may show in one step. What its proposer must not see is empty here.</summary>
/// <param name="Scored">Every template scored so far, in the order of scoring.</param>
/// <param name="Descriptions">What the captioner said of the images.</param>
/// <param name="Confusions">What the best template confuses; filled where a strategy needs it.</param>
/// <param name="Settings">The run's settings.</param>
public sealed record StepFacts(
    IReadOnlyList<ScoredPrompt> Scored, ShownDescriptions Descriptions, IReadOnlyList<Confusion> Confusions, RunSettings Settings)
{
    /// <summary>The best templates of the past, worst first.</summary>
    public IReadOnlyList<ScoredPrompt> Memory => PromptMemory.Shown(Scored, Settings);
}
