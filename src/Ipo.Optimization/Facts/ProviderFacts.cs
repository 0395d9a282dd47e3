using System.Text.Json.Serialization;
using Ipo.Optimization.Settings;

namespace Ipo.Optimization.Facts;

/// <summary>A provider and the model it was configured with; paid ones are counted against the budget's
/// calls.</summary>
public sealed record ProviderFacts(string Name, string Model, bool Paid)
{
    // Names of those that were embedded before journals said which are.
    private static readonly string[] OnceEmbedded = ["evolve", ProposerName.RandomWords, "attributes"];

    /// <summary>Whether rules or phrases of this system answer and no model; null in journals from before it was
    /// kept.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Embedded { get; init; }

    /// <summary>The same for journals of any age.</summary>
    [JsonIgnore]
    public bool IsEmbedded => Embedded ?? OnceEmbedded.Contains(ProposerName.Parse(Name).Service);

    /// <summary>Whether a proposer looks at descriptions; null for a captioner, and in journals from before it was
    /// kept.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? SeesImages { get; init; }

    /// <summary>The same for journals of any age: rules that looked at none were the control alone.</summary>
    [JsonIgnore]
    public bool LooksAtImages => SeesImages ?? !ProposerName.Parse(Name).IsRandomWords;
}
