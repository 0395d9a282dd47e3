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

/// <summary>A budget in money is kept only where the model's prices are configured.</summary>
/// <param name="Provider">Whose model.</param>
public sealed record PricesNeeded(ProviderRole Provider) : RunWarning;
