using System.Text.Json.Serialization;

namespace Ipo.Optimization.Facts;

/// <summary>The images that are described, where there are more than a run describes.</summary>
/// <param name="At">When it happened.</param>
/// <param name="Images">Their digests, in the order of the choice.</param>
public sealed record ImagesChosen(DateTimeOffset At, IReadOnlyList<string> Images) : RunEvent(At);

/// <summary>Intent: a description is about to be asked for.</summary>
public sealed record DescriptionRequested(DateTimeOffset At, string Image, int Attempt) : RunEvent(At);

/// <summary>A description came.</summary>
public sealed record DescriptionReceived(
    DateTimeOffset At, string Image, string Description, bool Cached, CallUsage Usage, string Model) : RunEvent(At)
{
    /// <summary>Class names that the captioner took out of it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int NamesReplaced { get; init; }

    /// <summary>Whether it was bought for this very call by an attempt whose answer did not arrive, and kept: that attempt is
    /// counted as a call, and the usage here is what it cost.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Recovered { get; init; }
}

/// <summary>The captioner's provider failed.</summary>
public sealed record DescriptionFailed(DateTimeOffset At, string Image, CallFailure Failure, CallUsage Usage) : RunEvent(At);

/// <summary>What instructions show of the descriptions, where they have a token budget.</summary>
/// <param name="At">When it happened.</param>
/// <param name="Shown">The descriptions shown, in this order.</param>
/// <param name="Flagged">Those left out because something is wrong with them.</param>
public sealed record DescriptionsChosen(
    DateTimeOffset At, IReadOnlyList<ShownDescription> Shown, IReadOnlyList<FlaggedDescription> Flagged) : RunEvent(At);
