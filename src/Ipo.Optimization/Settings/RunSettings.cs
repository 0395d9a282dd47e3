using System.Text.Json.Serialization;

namespace Ipo.Optimization.Settings;

/// <summary>Everything that decides a run's trajectory, with every value filled in. A preset gives the values.</summary>
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

    /// <summary>Name of the proposer, or of several with commas between them; empty means the service's default.</summary>
    public string Proposer { get; init; } = "";

    /// <summary>Whether images are described and the descriptions shown.</summary>
    public bool Descriptions { get; init; } = true;

    /// <summary>Most images described, chosen evenly over the classes (the paper's "batch", Table 14).</summary>
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

    /// <summary>Most templates of an ensemble that is a finalist beside the single templates; null for single ones alone.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? EnsembleSize { get; init; }

    /// <summary>Whether sentences of single classes, from their images' descriptions, are finalists beside the best template or
    /// ensemble.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool ClassSentences { get; init; }

    /// <summary>
    /// Tokens that descriptions may take in an instruction. Images and descriptions are then chosen to cover the dataset, near
    /// repetitions are merged, and what does not fit its image is left out; 0 shows every description as it is.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int DescriptionTokens { get; init; }
}
