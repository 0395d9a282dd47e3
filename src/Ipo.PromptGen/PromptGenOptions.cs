namespace Ipo.PromptGen;

/// <summary>Which proposer answers where a request names none.</summary>
internal sealed record PromptGenOptions
{
    public const string Path = "Ipo:PromptGen";

    /// <summary>Name of the default proposer: one of the rules, or any other name for the language model.</summary>
    public string Provider { get; set; } = EvolveProposer.Name;
}
