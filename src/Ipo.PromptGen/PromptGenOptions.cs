namespace Ipo.PromptGen;

/// <summary>Which proposer answers where a request names none.</summary>
internal sealed record PromptGenOptions
{
    public const string Path = "Ipo:PromptGen";

    /// <summary>Name of the default proposer: one of the rules, or any other name for the language model.</summary>
    public string Provider { get; set; } = EvolveProposer.Name;

    /// <summary>Whether a language model's answers are kept, in Redis for 90 days where there is one, so that an equal
    /// question (instruction, model, seed, temperature and limit) is not bought twice. Default true.</summary>
    public bool KeepAnswers { get; set; } = true;
}
