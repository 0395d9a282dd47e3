namespace Ipo.Optimization.Instructions.Strategies;

/// <summary>The paper's instruction without descriptions, as in OPRO (Yang et al. 2024), which knows no
/// images.</summary>
internal sealed class OproStrategy : IStrategy
{
    public string Name => "opro";

    public bool SeesImages => false;

    public ProposerRequest Write(StepFacts facts) => PaperStrategy.Ask(facts);
}
