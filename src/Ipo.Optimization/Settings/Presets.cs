using Ipo.Optimization.Text;

namespace Ipo.Optimization.Settings;

/// <summary>Named settings. <c>robust</c> chooses on images that the search did not see. The two others follow the
/// published method with the defects of its code put right (paper.md, section 7): scores on centre crops of every
/// image, no cut answers, no template without <c>&lt;CLASS&gt;</c>, and a winner chosen by a rule.
/// </summary>
public static class Presets
{
    /// <summary>The preset whose winner is chosen by images that the search did not see.</summary>
    public const string Robust = "robust";

    /// <summary>The presets' names, the default one first.</summary>
    public static IReadOnlyList<string> Names { get; } = [Robust, "ipo-paper", "ipo-code"];

    /// <summary>The settings of a preset for a dataset.</summary>
    /// <exception cref="ArgumentException">There is no such preset; the message lists them.</exception>
    public static RunSettings Get(string name, string dataset) => name switch
    {
        // 16 shots, so that accuracy moves in small steps. Descriptions have the paper's 5,000 input tokens to
        // themselves, which hold 64 of them as a multimodal model writes them: the number that serves a small language
        // model best (paper.md, sections 1 and 4, Table 14).
        Robust => new RunSettings
        {
            Dataset = dataset,
            Preset = name,
            // A person's own classes are all wanted; base and novel ones are the paper's protocol.
            Classes = ClassSelection.All,
            Shots = 16,
            Steps = 50,
            CallsPerStep = 1,
            CandidatesPerCall = 8,
            MemorySize = 20,
            BaselineStaysInMemory = true,
            Order = InstructionOrder.Paper,
            WinnerRule = WinnerRule.HeldOut,
            Finalists = 8,
            Patience = 15,
            StopsWhenPerfect = true,
            Explains = true,
            DropsIdleWords = true,
        }.WithDescriptionTokens(5_000),
        // Camera-ready text: 100 iterations, five candidates in one answer, the top 20 shown, the initial prompt always
        // among them, one shot, descriptions in the 1-shot setting. The text prints the initial prompt without its full
        // stop in one place and with another ending in a figure; here it is CLIP's own, as in the published code.
        "ipo-paper" => new()
        {
            Dataset = dataset,
            Preset = name,
            Steps = 100,
            CallsPerStep = 1,
            CandidatesPerCall = 5,
            MemorySize = 20,
            BaselineStaysInMemory = true,
            Order = InstructionOrder.Paper,
        },
        // lmsdss/IPO at ac804a9: 100 steps of eight calls for one candidate each, the best 30 shown above 20 %
        // accuracy, the initial prompt not pinned.
        "ipo-code" => new()
        {
            Dataset = dataset,
            Preset = name,
            Steps = 100,
            CallsPerStep = 8,
            CandidatesPerCall = 1,
            MemorySize = 30,
            BaselineStaysInMemory = false,
            ShownAboveAccuracy = 0.2,
            Order = InstructionOrder.Code,
        },
        _ => throw new ArgumentException($"There is no preset '{name}'; choose one of: {string.Join(", ", Names)}.", nameof(name)),
    };

    /// <summary>Candidates asked for in one step; 0 or less where one of the two numbers is.</summary>
    public static int CandidatesPerStep(this RunSettings settings)
    {
        var (calls, each) = (settings.CallsPerStep, settings.CandidatesPerCall);
        return calls < 1 || each < 1 ? Math.Min(calls, each) : (int)Math.Min((long)calls * each, int.MaxValue);
    }

    /// <summary>Asks for another number of candidates in a step, in the preset's own way: one answer with many, or
    /// many answers with one.
    /// </summary>
    public static RunSettings WithCandidatesPerStep(this RunSettings settings, int candidates) =>
        settings.CallsPerStep > 1
            ? settings with { CallsPerStep = candidates }
            : settings with { CandidatesPerCall = candidates };

    /// <summary>Takes another number of shots. Descriptions follow it in <c>ipo-paper</c>: the paper shows them at one
    /// shot and leaves them out at 16; the published code always shows them (paper.md, section 1, "when used"), and so
    /// does <c>robust</c>, up to its limit.
    /// </summary>
    public static RunSettings WithShots(this RunSettings settings, int shots) =>
        settings with { Shots = shots, Descriptions = settings.Preset != "ipo-paper" || shots == 1 };

    /// <summary>Takes a token budget for descriptions. As many images are described as descriptions of the usual length
    /// fit into it, so that none is bought in vain; with 0 the limit stays as it is.</summary>
    public static RunSettings WithDescriptionTokens(this RunSettings settings, int tokens) => settings with
    {
        DescriptionTokens = tokens,
        DescriptionLimit = tokens == 0 ? settings.DescriptionLimit : Math.Max(1, (int)(tokens / TokenCount.UsualDescription)),
    };
}
