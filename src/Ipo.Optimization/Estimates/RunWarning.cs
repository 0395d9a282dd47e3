using Ipo.Optimization.Actions;
using Ipo.Optimization.Settings;

namespace Ipo.Optimization.Estimates;

/// <summary>What speaks against a run's settings. The host knows the words for it.</summary>
public abstract record RunWarning;

/// <summary>A search has hardly begun when it ends: the first step knows the baseline alone.</summary>
/// <param name="Steps">The steps asked for.</param>
public sealed record TooFewSteps(int Steps) : RunWarning
{
    /// <summary>The warning for settings; null where there are enough steps.</summary>
    public static TooFewSteps? In(RunSettings settings) => settings.Steps < RunEstimate.FewestSteps ? new(settings.Steps) : null;
}

/// <summary>A budget of calls ends the search after too few steps.</summary>
/// <param name="Calls">The budget.</param>
/// <param name="Steps">The steps that it pays for.</param>
/// <param name="Descriptions">The paid descriptions that come before them.</param>
public sealed record CallsPayForTooFewSteps(long Calls, long Steps, int Descriptions) : RunWarning;

/// <summary>A budget of tokens ends the search after too few steps.</summary>
/// <param name="Tokens">The budget.</param>
/// <param name="TokensPerStep">What a step takes, estimated.</param>
public sealed record TokensPayForTooFewSteps(long Tokens, long TokensPerStep) : RunWarning;

/// <summary>A budget in money ends the search after too few steps.</summary>
/// <param name="MicroUsd">The budget in millionths of a US dollar.</param>
/// <param name="MicroUsdPerStep">What a step costs, estimated.</param>
/// <param name="DescriptionsMicroUsd">What the descriptions cost that come before the steps, estimated.</param>
public sealed record MoneyPaysForTooFewSteps(long MicroUsd, long MicroUsdPerStep, long DescriptionsMicroUsd) : RunWarning;

/// <summary>What a run costs is known, and a budget in money kept, only where the model's prices are known.</summary>
/// <param name="Provider">Whose model.</param>
/// <param name="Model">The model without a price.</param>
/// <param name="HasBudget">Whether the run has a budget in money.</param>
/// <param name="NamedModel">The name that the configuration gives a proposer's model; empty for the default one.</param>
public sealed record PricesNeeded(ProviderRole Provider, string Model, bool HasBudget, string NamedModel = "") : RunWarning;
