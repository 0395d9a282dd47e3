using Ipo.Optimization.Templates;

namespace Ipo.Optimization.Instructions;

/// <summary>What one proposer is asked: the instruction, and the same facts in structure for those without a language
/// model.</summary>
/// <param name="Instruction">The whole instruction.</param>
/// <param name="Memory">What it shows of the past as good, worst first.</param>
/// <param name="Descriptions">The descriptions behind what it shows, one for each image.</param>
public sealed record ProposerRequest(string Instruction, IReadOnlyList<ScoredPrompt> Memory, IReadOnlyList<string> Descriptions);
