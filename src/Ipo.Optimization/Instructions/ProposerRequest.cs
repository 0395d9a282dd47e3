using Ipo.Optimization.Descriptions;
using Ipo.Optimization.Memory;
using Ipo.Optimization.Settings;
using Ipo.Optimization.Templates;

namespace Ipo.Optimization.Instructions;

/// <summary>What one proposer is asked: the instruction, and the same facts in structure for those without a language model.</summary>
/// <param name="Instruction">The whole instruction.</param>
/// <param name="Memory">What it shows of the past as good, worst first.</param>
/// <param name="Descriptions">The descriptions behind what it shows, one for each image.</param>
public sealed record ProposerRequest(string Instruction, IReadOnlyList<ScoredPrompt> Memory, IReadOnlyList<string> Descriptions)
{
    /// <summary>Writes the request: proposers differ here and nowhere else.</summary>
    /// <param name="name">Whose.</param>
    /// <param name="scored">Every template scored so far, in the order of scoring.</param>
    /// <param name="descriptions">What the captioner said of the images.</param>
    /// <param name="confusions">What the best template confuses; used by <see cref="ProposerName.Reflect"/> alone.</param>
    /// <param name="settings">The run's settings.</param>
    public static ProposerRequest For(
        ProposerName name, IReadOnlyList<ScoredPrompt> scored, ShownDescriptions descriptions, IReadOnlyList<Confusion> confusions,
        RunSettings settings)
    {
        if (!name.SeesHistory) scored = [];
        var memory = PromptMemory.Shown(scored, settings);
        if (!name.SeesImages) descriptions = ShownDescriptions.None;
        return name.Service switch
        {
            ProposerName.Contrast when Contrasted(scored, settings) is { Bad.Count: > 0 } both =>
                new(
                    Instructions.Instruction.WriteContrast(
                        both.Good, both.Bad, descriptions.Lines, settings.CandidatesPerCall, settings.Order),
                    both.Good, descriptions.Texts),
            // Confusions are of the best template: without a history there is nothing to show.
            ProposerName.Reflect when name.SeesHistory && confusions.Count > 0 =>
                new(Instructions.Instruction.WriteReflect(memory, confusions, settings.CandidatesPerCall, settings.Order), memory,
                    [.. confusions.SelectMany(confusion => confusion.Descriptions.Concat(confusion.TakenForDescriptions)).Distinct()]),
            _ => new(
                Instructions.Instruction.Write(memory, descriptions.Lines, settings.CandidatesPerCall, settings.Order),
                memory, descriptions.Texts),
        };
    }

    // The memory's places, half for either kind, so that contrast costs no more tokens than the paper's instruction. LLMbo
    // shows as many bad as good ones (3 and 3).
    private static (IReadOnlyList<ScoredPrompt> Good, IReadOnlyList<ScoredPrompt> Bad) Contrasted(
        IReadOnlyList<ScoredPrompt> scored, RunSettings settings)
    {
        var good = PromptMemory.Shown(scored, settings with { MemorySize = (settings.MemorySize + 1) / 2 });
        var bad = scored.Order(ScoredPrompt.WorstFirst).Where(prompt => !good.Contains(prompt)).Take(settings.MemorySize / 2);
        return (good, [.. bad]);
    }
}
