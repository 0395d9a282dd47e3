using System.Text.Json.Serialization;

namespace Ipo.Optimization.Facts;

/// <summary>What the checkpoint said of itself beside what decides scores (<see cref="ModelFacts"/>). Apart from
/// these, because a run may go on where they have changed: on more threads, for instance.
/// </summary>
/// <param name="EmbeddingDimension">Length of an embedding, in numbers.</param>
/// <param name="ImageSize">Side of the vision tower's input, in pixels.</param>
/// <param name="ContextLength">Longest text in tokens, start and end included.</param>
/// <param name="Device">The device in words.</param>
/// <param name="ParityAgainst">What the start-up probe compared against; empty where there was nothing.</param>
/// <param name="ParityLargestError">Largest absolute difference that the probe found.</param>
/// <param name="LogitBias">What is added to scaled cosine similarities; 0 where the checkpoint has none.</param>
public sealed record ModelDetails(
    int EmbeddingDimension, int ImageSize, int ContextLength, string Device, string ParityAgainst, double ParityLargestError,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] double LogitBias = 0);
