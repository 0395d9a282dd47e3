using System.Text.Json.Serialization;

namespace Ipo.Optimization.Facts;

/// <summary>What the run works on and with was fixed; a later difference fails the run instead of mixing
/// facts.</summary>
/// <param name="At">When it happened.</param>
/// <param name="DatasetDigest">Digest of the dataset as it stood.</param>
/// <param name="ClassNames">Names of the classes searched on, in label order.</param>
/// <param name="NovelClassNames">Names of the novel classes; empty where all are searched on.</param>
/// <param name="SearchImages">The search images, in scoring order.</param>
/// <param name="Parts">The parts of the dataset that hold images.</param>
/// <param name="HandWrittenTemplate">The dataset's own template, evaluated beside the baseline and never shown; null
/// for none.</param>
/// <param name="Model">The checkpoint.</param>
/// <param name="Proposer">The proposer and its model.</param>
/// <param name="Captioner">The captioner and its model; null without descriptions.</param>
public sealed record RunPrepared(
    DateTimeOffset At,
    string DatasetDigest,
    IReadOnlyList<string> ClassNames,
    IReadOnlyList<string> NovelClassNames,
    IReadOnlyList<SearchImage> SearchImages,
    IReadOnlyList<DatasetPart> Parts,
    string? HandWrittenTemplate,
    ModelFacts Model,
    ProviderFacts Proposer,
    ProviderFacts? Captioner) : RunEvent(At)
{
    /// <summary>All proposers where several share the run, <see cref="Proposer"/> first; null where it is the only
    /// one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ProviderFacts>? Mix { get; init; }

    /// <summary>The rest of what the checkpoint said of itself; null in journals from before it was kept.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ModelDetails? ModelDetails { get; init; }

    /// <summary>All proposers.</summary>
    [JsonIgnore]
    public IReadOnlyList<ProviderFacts> Proposers => Mix ?? [Proposer];

    /// <summary>Whose turn a call is. Calls are dealt in turn, and on from step to step: a step may have fewer calls
    /// than the run has proposers.
    /// </summary>
    public ProviderFacts ProposerOf(int step, int call, int callsPerStep) =>
        Proposers[(int)((((long)(step - 1) * callsPerStep) + call) % Proposers.Count)];
}

/// <summary>The search images' embeddings are known to the scorer.</summary>
/// <param name="At">When it happened.</param>
/// <param name="Cached">Images whose embedding was cached.</param>
/// <param name="Encoded">Images that had to be encoded.</param>
public sealed record ImagesEmbedded(DateTimeOffset At, int Cached, int Encoded) : RunEvent(At);
