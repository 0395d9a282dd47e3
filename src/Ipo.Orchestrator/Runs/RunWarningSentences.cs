using Ipo.Optimization.Actions;
using Ipo.Optimization.Estimates;
using Ipo.Orchestrator.Clients;
using static System.FormattableString;

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
            $"No price of the {ModelPrices.NameOf(needed.Provider)}'s model {needed.Model} is known, so the run's cost is not estimated"
            + (needed.HasBudget
                ? ", and a run with a budget in money stops after its first paid "
                    + $"{(needed.Provider == ProviderRole.Captioner ? "descriptions" : "proposals")}"
                : "")
            + $". Set {ModelPrices.SettingsOf(needed.Provider, needed.NamedModel)}; a model that costs nothing needs "
            + (needed.HasBudget ? "no budget in money." : "none."),
        MoneyPaysForTooFewSteps few =>
            $"The budget's {Dollars(few.MicroUsd)} pay for less than {RunEstimate.FewestSteps} steps of about "
            + $"{Dollars(few.MicroUsdPerStep)}"
            + (few.DescriptionsMicroUsd > 0 ? $" after descriptions for about {Dollars(few.DescriptionsMicroUsd)}." : "."),
        _ => throw new ArgumentOutOfRangeException(nameof(warning), warning, null),
    };

    private static string Dollars(long microUsd) => Invariant($"${microUsd / 1e6m:0.######}");
}
