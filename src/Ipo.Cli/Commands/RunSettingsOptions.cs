using System.CommandLine;
using Ipo.Cli.Output;
using Ipo.Cli.Sessions;
using Ipo.V1;
using Duration = Google.Protobuf.WellKnownTypes.Duration;

namespace Ipo.Cli.Commands;

/// <summary>
/// An option for each field of <see cref="RunSettings"/>. What is not given stays absent, so that the preset decides;
/// ranges are checked by the orchestrator, which names the field.
/// </summary>
internal sealed class RunSettingsOptions
{
    private readonly Option<string?> preset = new("--preset") { Description = "Preset that fills in what is not given here; 'ipo model' lists them.", HelpName = "NAME" };
    private readonly Option<long?> seed = OptionValues.Number<long>("--seed", "Seed of everything random.");
    private readonly Option<int?> shots = OptionValues.Number<int>("--shots", "Search images per class; 0 means all training images.");
    private readonly Option<string?> classes = OptionValues.Choice("--classes", "Classes to search on; with base, the novel ones are held out for the report.", ["base", "all"]);
    private readonly Option<int?> steps = OptionValues.Number<int>("--steps", "Number of steps.");
    private readonly Option<int?> candidates = OptionValues.Number<int>("--candidates", "Candidates asked for in each step.");
    private readonly Option<int?> memory = OptionValues.Number<int>("--memory", "Templates kept in memory and shown to the proposer.");
    private readonly Option<double?> temperature = OptionValues.Number<double>("--temperature", "Sampling temperature for language models, 0 to 2.", "T");
    private readonly Option<string?> proposer = new("--proposer") { Description = "Who proposes templates; 'ipo model' lists them. NAME/no-history is the control that sees no earlier templates; several with commas between them share the run.", HelpName = "NAME" };
    private readonly Option<bool> descriptions = new("--descriptions") { Description = "Describe the images and show the descriptions to the proposer." };
    private readonly Option<bool> noDescriptions = new("--no-descriptions") { Description = "Do not describe the images." };
    private readonly Option<int?> descriptionTokens = OptionValues.Number<int>("--description-tokens", "Tokens that descriptions may take in an instruction: images and descriptions are then chosen to cover the classes, repetitions merged, misfits left out; 0 shows every description as it is.");
    private readonly Option<int?> patience = OptionValues.Number<int>("--patience", "Stop after so many steps without a better template; 0 never stops for want of progress.");
    private readonly Option<int?> ensemble = OptionValues.Number<int>("--ensemble", "Let an ensemble of up to so many templates win, 1 to 16; 1, the default, takes single templates alone.");
    private readonly Option<bool> classSentences = new("--class-sentences") { Description = "Let sentences of single classes, made from their images' descriptions, win together with the templates." };
    private readonly Option<long?> maxCalls = OptionValues.Number<long>("--max-calls", "Stop after so many calls to paid providers.");
    private readonly Option<long?> maxTokens = OptionValues.Number<long>("--max-tokens", "Stop after so many tokens, input and output together.");
    private readonly Option<decimal?> maxCost = OptionValues.Number<decimal>("--max-cost", "Stop when so many US dollars are spent, for instance 0.50; needs the models' prices (Ipo:PromptGen:OpenAI:InputPricePerMillionTokens and OutputPricePerMillionTokens, Ipo:Captioner:OpenAI has the same), without which the run stops after its first paid calls.", "USD");
    private readonly Option<TimeSpan?> maxTime = OptionValues.Time("--max-time", "Stop after this time, for instance 10m.");

    public RunSettingsOptions(Command command)
    {
        Option[] all = [preset, seed, shots, classes, steps, candidates, memory, temperature, proposer, descriptions, noDescriptions, descriptionTokens, patience, ensemble, classSentences, maxCalls, maxTokens, maxCost, maxTime];
        foreach (var option in all) command.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetValue(descriptions) && result.GetValue(noDescriptions))
                result.AddError("--descriptions and --no-descriptions exclude each other; give one of them.");
        });
    }

    public RunSettings Read(ParseResult parsed, string dataset)
    {
        var settings = new RunSettings
        {
            Dataset = dataset,
            Preset = parsed.GetValue(preset) ?? "",
            Proposers = { ProviderText.Choices(parsed.GetValue(proposer)) },
            Budget = ReadBudget(parsed),
        };
        if (parsed.GetValue(classes) is { } givenClasses)
            settings.Classes = givenClasses == "base" ? ClassSelection.Base : ClassSelection.All;
        if (parsed.GetValue(classSentences)) settings.ClassSentences = true;
        if (parsed.GetValue(seed) is { } givenSeed) settings.Seed = givenSeed;
        if (parsed.GetValue(shots) is { } givenShots) settings.Shots = givenShots;
        if (parsed.GetValue(steps) is { } givenSteps) settings.Steps = givenSteps;
        if (parsed.GetValue(candidates) is { } givenCandidates) settings.CandidatesPerStep = givenCandidates;
        if (parsed.GetValue(memory) is { } givenMemory) settings.MemorySize = givenMemory;
        if (parsed.GetValue(temperature) is { } givenTemperature) settings.Temperature = givenTemperature;
        if (parsed.GetValue(patience) is { } givenPatience) settings.Patience = givenPatience;
        if (parsed.GetValue(descriptionTokens) is { } givenTokens) settings.DescriptionTokens = givenTokens;
        if (parsed.GetValue(ensemble) is { } givenEnsemble) settings.EnsembleSize = givenEnsemble;
        if (parsed.GetValue(descriptions)) settings.Descriptions = true;
        if (parsed.GetValue(noDescriptions)) settings.Descriptions = false;
        return settings;
    }

    /// <summary>Those that all runs of a benchmark share: seed, shots and classes are its protocol's.</summary>
    public static RunSettingsOptions OfABench(Command command)
    {
        var options = new RunSettingsOptions(command);
        foreach (var option in (Option[])[options.seed, options.shots, options.classes]) command.Options.Remove(option);
        return options;
    }

    private Budget? ReadBudget(ParseResult parsed)
    {
        var budget = new Budget();
        if (parsed.GetValue(maxCalls) is { } calls) budget.Calls = calls;
        if (parsed.GetValue(maxTokens) is { } tokens) budget.Tokens = tokens;
        if (parsed.GetValue(maxCost) is { } dollars) budget.CostMicroUsd = (long)decimal.Round(decimal.Clamp(dollars, -1e12m, 1e12m) * 1_000_000);
        if (parsed.GetValue(maxTime) is { } time) budget.Duration = Duration.FromTimeSpan(time);
        return budget.CalculateSize() == 0 ? null : budget; // Not Equals: to it a limit of 0 and no limit are the same.
    }
}
