using Ipo.Optimization.Descriptions;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Settings;
using Ipo.Optimization.Templates;

namespace Ipo.Optimization.Instructions.Strategies;

/// <summary>Every strategy, and what a step's proposer is sent.</summary>
public static class StrategyList
{
    /// <summary>The strategies, the paper's first.</summary>
    public static IReadOnlyList<IStrategy> All { get; } =
        [new PaperStrategy(), new OproStrategy(), new ContrastStrategy(), new ReflectStrategy()];

    /// <summary>The strategy of a proposer's name; null for a proposer with rules of its own.</summary>
    public static IStrategy? Find(ProposerName name) => All.FirstOrDefault(strategy => strategy.Name == name.Service);

    /// <summary>Whether a proposer is shown what the best template confuses. It is of the past, so the control sees
    /// none of it.</summary>
    public static bool NeedsConfusions(ProposerName name) => name.SeesHistory && Find(name) is { NeedsConfusions: true };

    /// <summary>Writes the request of one step: proposers differ here and nowhere else.</summary>
    /// <param name="proposer">Whose. One with rules of its own is sent the paper's instruction, and reads the facts
    /// beside it.</param>
    /// <param name="scored">Every template scored so far, in the order of scoring.</param>
    /// <param name="descriptions">What the captioner said of the images.</param>
    /// <param name="confusions">What the best template confuses; empty before it is known.</param>
    /// <param name="settings">The run's settings.</param>
    public static ProposerRequest Ask(
        ProviderFacts proposer, IReadOnlyList<ScoredPrompt> scored, ShownDescriptions descriptions, IReadOnlyList<Confusion> confusions,
        RunSettings settings)
    {
        var name = ProposerName.Parse(proposer.Name);
        var strategy = Find(name);
        return (strategy ?? All[0]).Write(new(
            name.SeesHistory ? scored : [],
            strategy?.SeesImages ?? proposer.LooksAtImages ? descriptions : ShownDescriptions.None,
            name.SeesHistory ? confusions : [],
            settings));
    }
}
