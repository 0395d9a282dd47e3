using Ipo.Optimization.Memory;
using Ipo.Optimization.Templates;

namespace Ipo.Optimization.Instructions.Strategies;

/// <summary>Bad templates beside the good ones, as in LLMbo (Liu et al. 2024).</summary>
internal sealed class ContrastStrategy : IStrategy
{
    public string Name => "contrast";

    public bool SeesImages => true;

    public ProposerRequest Write(StepFacts facts)
    {
        var settings = facts.Settings;
        // The memory's places, half for either kind, so that contrast costs no more tokens than the paper's
        // instruction. LLMbo shows as many bad as good ones (3 and 3).
        var good = PromptMemory.Shown(facts.Scored, settings with { MemorySize = (settings.MemorySize + 1) / 2 });
        var worst = facts.Scored.Order(ScoredPrompt.WorstFirst).Where(prompt => !good.Contains(prompt));
        ScoredPrompt[] bad = [.. worst.Take(settings.MemorySize / 2)];
        if (bad.Length == 0) return PaperStrategy.Ask(facts);

        var history =
            $"Bad templates, the worst one first:\n\n{Instruction.History(bad, settings.Order)}\n\n"
            + $"Good templates, the best one last:\n\n{Instruction.History(good, settings.Order)}";
        const string Task = "Find what the good templates have and the bad ones lack, and build on it.";
        var text = Instruction.Compose(good, Instruction.Descriptions(facts.Descriptions.Lines), history, Task, settings);
        return new(text, good, facts.Descriptions.Texts);
    }
}
