using Ipo.Optimization.Settings;

namespace Ipo.Optimization.Instructions.Strategies;

/// <summary>The paper's method: the memory and the descriptions.</summary>
internal sealed class PaperStrategy : IStrategy
{
    public string Name => ProposerName.Paper;

    public bool SeesImages => true;

    public ProposerRequest Write(StepFacts facts) => Ask(facts);

    /// <summary>The same for strategies that have nothing of their own to show yet.</summary>
    public static ProposerRequest Ask(StepFacts facts)
    {
        var (memory, settings) = (facts.Memory, facts.Settings);
        var text = Instruction.Write(memory, facts.Descriptions.Lines, settings.CandidatesPerCall, settings.Order);
        return new(text, memory, facts.Descriptions.Texts);
    }
}
