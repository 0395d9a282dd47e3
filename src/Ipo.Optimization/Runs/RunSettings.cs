namespace Ipo.Optimization;

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

    /// <summary>Most descriptions shown, chosen evenly over the classes (the paper's "batch", Table 14).</summary>
    public int DescriptionLimit { get; init; } = 128;

    /// <summary>Order of the instruction's sections.</summary>
    public InstructionOrder Order { get; init; } = InstructionOrder.Paper;

    /// <summary>Limits at which the search stops.</summary>
    public Budget Budget { get; init; } = Budget.None;
}

/// <summary>Which classes a run searches on.</summary>
public enum ClassSelection
{
    /// <summary>CoOp's base classes: the first half of the sorted labels, rounded up.</summary>
    Base,

    /// <summary>All classes.</summary>
    All,
}

/// <summary>Order of the instruction's sections (paper.md, section 2).</summary>
public enum InstructionOrder
{
    /// <summary>Role, descriptions, how to read the history, history, request: the paper's Figure 2.</summary>
    Paper,

    /// <summary>Role, how to read the history, descriptions, history, request: the published code.</summary>
    Code,
}

/// <summary>Limits of a run; null is no limit.</summary>
/// <param name="Calls">Calls to paid providers.</param>
/// <param name="Tokens">Input and output tokens together.</param>
/// <param name="CostMicroUsd">Money in millionths of a US dollar.</param>
/// <param name="Duration">Running time.</param>
public sealed record Budget(long? Calls = null, long? Tokens = null, long? CostMicroUsd = null, TimeSpan? Duration = null)
{
    /// <summary>No limit.</summary>
    public static Budget None { get; } = new();
}
