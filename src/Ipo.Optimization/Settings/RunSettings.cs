using System.Text.Json.Serialization;
using Ipo.Optimization.Templates;

namespace Ipo.Optimization.Settings;

/// <summary>Everything that decides a run's trajectory, with every value filled in. A preset gives the
/// values.</summary>
public sealed record RunSettings
{
    /// <summary>Name of the registered dataset.</summary>
    public required string Dataset { get; init; }

    /// <summary>Name of the preset the values came from.</summary>
    public required string Preset { get; init; }

    /// <summary>Seed of everything random.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Search images per class; 0 means all training images.</summary>
    public int Shots { get; init; } = 1;

    /// <summary>Which classes are searched on.</summary>
    public ClassSelection Classes { get; init; } = ClassSelection.Base;

    /// <summary>Number of steps.</summary>
    public int Steps { get; init; } = 100;

    /// <summary>Calls to the proposer in one step; all see the same instruction.</summary>
    public int CallsPerStep { get; init; } = 1;

    /// <summary>Candidates asked for in one call.</summary>
    public int CandidatesPerCall { get; init; } = 5;

    /// <summary>Templates shown in the instruction.</summary>
    public int MemorySize { get; init; } = 20;

    /// <summary>Whether the baseline is shown at every step, however it scores.</summary>
    public bool BaselineStaysInMemory { get; init; } = true;

    /// <summary>Templates below this accuracy (0..1) are not shown while better ones are; 0 shows all.</summary>
    public double ShownAboveAccuracy { get; init; }

    /// <summary>Sampling temperature of language models.</summary>
    public double Temperature { get; init; } = 1.0;

    /// <summary>Name of the proposer, or of several with commas between them; empty means the service's
    /// default.</summary>
    public string Proposer { get; init; } = "";

    /// <summary>Whether images are described and the descriptions shown.</summary>
    public bool Descriptions { get; init; } = true;

    /// <summary>Most images described, chosen evenly over the classes (the paper's "batch", Table 14). A token budget for
    /// descriptions sets it too, where it is not given itself.</summary>
    public int DescriptionLimit { get; init; } = 128;

    /// <summary>Order of the instruction's sections.</summary>
    public InstructionOrder Order { get; init; } = InstructionOrder.Paper;

    /// <summary>Limits at which the search stops.</summary>
    public Budget Budget { get; init; } = Budget.None;

    // Members below came later than journals did: they are stored where they differ from what such a journal means.

    /// <summary>Which images choose the winner.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public WinnerRule WinnerRule { get; init; }

    /// <summary>Templates that held-out images choose among, beside the baseline.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Finalists { get; init; }

    /// <summary>Steps without a better template after which the search stops; 0 never stops it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Patience { get; init; }

    /// <summary>Whether the search stops once every search image is classified rightly and with certainty.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool StopsWhenPerfect { get; init; }

    /// <summary>Whether the winner is taken apart, word by word, on the selection images.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Explains { get; init; }

    /// <summary>Whether words of the winner that are worth nothing on the validation images that chose it are left
    /// out.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool DropsIdleWords { get; init; }

    /// <summary>Most templates of an ensemble that is a finalist beside the single templates; null for single ones
    /// alone.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? EnsembleSize { get; init; }

    /// <summary>Whether sentences of single classes, from their images' descriptions, are finalists beside the best
    /// template or ensemble.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool ClassSentences { get; init; }

    /// <summary>Whether the search images are those that CoOp itself drew for these shots and this seed, by its list beside
    /// the dataset's images.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool CoopShots { get; init; }

    /// <summary>Tokens that descriptions may take in an instruction. Images and descriptions are then chosen to cover
    /// the dataset, near repetitions are merged, and what does not fit its image is left out; 0 shows every description
    /// as it is.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int DescriptionTokens { get; init; }

    /// <summary>The settings that a run may be given one by one, in the order in which they are applied to a preset:
    /// shots decide about descriptions until these are given themselves.
    /// </summary>
    public static IReadOnlyList<RunSetting> Table { get; } =
    [
        RunSetting.Number<long>(
            "seed", "--seed", "Seed of everything random",
            settings => settings.Seed, (settings, seed) => settings with { Seed = seed }, (long.MinValue, long.MaxValue)),
        RunSetting.Number<int>(
            "shots", "--shots", "Search images",
            settings => settings.Shots, Presets.WithShots, (1, int.MaxValue), "images per class", "for all"),
        RunSetting.Number<int>(
            "steps", "--steps", "Number of steps",
            settings => settings.Steps, (settings, steps) => settings with { Steps = steps }, (1, 10_000)),
        RunSetting.Number<int>(
            "candidates_per_step", "--candidates", "Candidates asked for in each step",
            Presets.CandidatesPerStep, Presets.WithCandidatesPerStep, (1, 64)),
        RunSetting.Number<int>(
            "memory_size", "--memory", "Templates kept in memory and shown to the proposer",
            settings => settings.MemorySize, (settings, size) => settings with { MemorySize = size }, (0, 1000), "templates"),
        RunSetting.Number<double>(
            "temperature", "--temperature", "Sampling temperature for language models",
            settings => settings.Temperature, (settings, temperature) => settings with { Temperature = temperature }, (0, 2)),
        RunSetting.Switch(
            "descriptions", "--descriptions", "Describe the images and show the descriptions to the proposer",
            settings => settings.Descriptions, (settings, on) => settings with { Descriptions = on })
            with { WordsOff = "Do not describe the images" },
        // The longest line fits into the least; the most is what large contexts hold beside the rest.
        RunSetting.Number<int>(
            "description_tokens", "--description-tokens",
            "Tokens that descriptions may take in an instruction: images and descriptions are then chosen to cover the classes, "
                + "repetitions merged, misfits left out",
            settings => settings.DescriptionTokens, Presets.WithDescriptionTokens, (200, 100_000),
            zero: "to show every description as it is"),
        // Behind the tokens, which give another limit where nobody does.
        RunSetting.Number<int>(
            "description_limit", "--description-limit", "Most images described, chosen evenly over the classes",
            settings => settings.DescriptionLimit, (settings, limit) => settings with { DescriptionLimit = limit }, (1, 10_000),
            "descriptions"),
        RunSetting.Number<int>(
            "patience", "--patience", "Steps without a better template after which the search stops",
            settings => settings.Patience, (settings, patience) => settings with { Patience = patience }, (1, 10_000), "steps",
            "to never stop for want of progress"),
        RunSetting.Number<int>(
            "ensemble_size", "--ensemble", "Most templates of an ensemble that may win; with 1 single templates alone win",
            settings => settings.EnsembleSize ?? 1, (settings, size) => settings with { EnsembleSize = size == 1 ? null : size },
            (1, PromptSet.MostTemplates), "templates")
            with { Tell = size => (int)size > 1 ? $"ensembles of up to {size}" : "" },
        RunSetting.Switch(
            "class_sentences", "--class-sentences",
            "Let sentences of single classes, made from their images' descriptions, win together with the templates",
            settings => settings.ClassSentences, (settings, on) => settings with { ClassSentences = on })
            with { Tell = on => (bool)on ? "sentences of classes" : "" },
        RunSetting.Switch(
            "coop_shots", "--coop-shots",
            "Search on the images that CoOp drew for these shots and this seed: split_fewshot/shot_K-seed_S.pkl in the dataset's folder",
            settings => settings.CoopShots, (settings, on) => settings with { CoopShots = on })
            with { Tell = on => (bool)on ? "search images from CoOp's list" : "" },
    ];
}
