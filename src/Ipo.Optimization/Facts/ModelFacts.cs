using System.Text.Json.Serialization;

namespace Ipo.Optimization.Facts;

/// <summary>What the probability of a class is.</summary>
public enum ZeroShotProbability
{
    /// <summary>A softmax over all classes, CLIP's; journals from before there was another say nothing.</summary>
    Softmax,

    /// <summary>A sigmoid for each class alone, SigLIP's.</summary>
    Sigmoid,
}

/// <summary>The checkpoint that scores.</summary>
public sealed record ModelFacts(
    string Name, string Digest, string ExecutionProvider, string Precision, string PreprocessingVersion, double LogitScale,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    ZeroShotProbability Probability = ZeroShotProbability.Softmax)
{
    // The embedded default: it makes the method run anywhere and is not what the paper used. It is known by its
    // content, for a folder can be called anything; by its name as well, for runs on an older one.
    private const string DemonstrationDigest = "38bd3c1e129bfbd2488227d2818d2559faa6c7c1e5731613695cebb7902b3e8e"; // models/ipo-tiny
    private const string DemonstrationName = "ipo-tiny";

    /// <summary>Whether it is a demonstration, whose accuracies say nothing of a real CLIP checkpoint's.</summary>
    [JsonIgnore]
    public bool IsDemonstration => Digest == DemonstrationDigest || Name == DemonstrationName;
}
