using System.Text.Json.Serialization;

namespace Ipo.Optimization.Facts;

/// <summary>A provider and the model it was configured with; paid ones are counted against the budget's calls.</summary>
public sealed record ProviderFacts(string Name, string Model, bool Paid)
{
    /// <summary>Whether rules or phrases of this system answer and no model; null in journals from before it was kept.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Embedded { get; init; }
}
