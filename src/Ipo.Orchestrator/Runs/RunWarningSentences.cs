using Ipo.Optimization.Actions;
using Ipo.Optimization.Estimates;
using Ipo.Orchestrator.Clients;

namespace Ipo.Orchestrator.Runs;

/// <summary>What speaks against a run's settings, for a person.</summary>
internal static class RunWarningSentences
{
    private static readonly string Enough = $"{RunEstimate.FewestSteps} or more are needed to see a search work.";

    public static string Of(RunWarning warning) => warning switch
    {
        TooFewSteps few =>
            $"{few.Steps} {(few.Steps == 1 ? "step is" : "steps are")} too few: the first step knows only the baseline, so {Enough}",
        CallsPayForTooFewSteps few =>
            $"The budget's {few.Calls} calls pay for {few.Steps} steps after {few.Descriptions} descriptions; {Enough}",
        TokensPayForTooFewSteps few =>
            $"The budget's {few.Tokens} tokens pay for less than {RunEstimate.FewestSteps} steps of about {few.TokensPerStep}.",
        PricesNeeded needed =>
            $"The budget in money needs the model's prices. Those of well-known models are listed; for any other set "
            + $"{ModelPrices.SettingsOf(needed.Provider)}, or the run stops after its first paid "
            + $"{(needed.Provider == ProviderRole.Captioner ? "descriptions" : "proposals")}.",
        _ => throw new ArgumentOutOfRangeException(nameof(warning), warning, null),
    };
}
