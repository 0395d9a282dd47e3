using System.CommandLine;
using Ipo.Cli.Completion;
using Ipo.Cli.Output;
using Ipo.Cli.Sessions;
using Ipo.V1;
using Core = Ipo.Optimization.Settings;
using Duration = Google.Protobuf.WellKnownTypes.Duration;

namespace Ipo.Cli.Commands;

/// <summary>
/// An option for each field of <see cref="RunSettings"/>. What is not given stays absent, so that the preset decides;
/// ranges are checked by the orchestrator, which names the field.
/// </summary>
internal sealed class RunSettingsOptions
{
    private static readonly Core.RunSettings Defaults = Core.Presets.Get(Core.Presets.Robust, "");

    private readonly Option<string?> preset = new("--preset")
    {
        Description = "Preset for settings that are not given here; 'ipo model' lists them.",
        HelpName = "NAME",
    };
    private readonly Option<string?> classes = OptionValues.Choice(
        "--classes", "Classes to search on; with base, the novel ones are held out for the report.", ["base", "all"]);
    private readonly Option<string?> proposer = new("--proposer")
    {
        Description = "Who proposes templates; 'ipo model' lists them. NAME@MODEL asks a further language model; NAME/no-history is the "
            + "control that sees no earlier templates; several with commas between them share the run.",
        HelpName = "NAME",
    };
    private readonly List<SettingOption> settings = [.. Core.RunSettings.Table.SelectMany(Options)];
    private readonly Option<long?> maxCalls = OptionValues.Number<long>("--max-calls", "Stop after so many calls to paid providers.");
    private readonly Option<long?> maxTokens =
        OptionValues.Number<long>("--max-tokens", "Stop after so many tokens, input and output together.");
    private readonly Option<decimal?> maxCost = OptionValues.Number<decimal>(
        "--max-cost",
        "Stop when so many US dollars are spent, for instance 0.50; needs the models' prices "
            + "(Ipo:PromptGen:OpenAI:InputPricePerMillionTokens and OutputPricePerMillionTokens, Ipo:Captioner:OpenAI has the same), "
            + "without which the run stops after its first paid calls.",
        "USD");
    private readonly Option<TimeSpan?> maxTime = OptionValues.Time("--max-time", "Stop after this time, for instance 10m.");

    public RunSettingsOptions(Command command)
    {
        preset.CompletionSources.Add([.. Core.Presets.Names]);
        proposer.CompletionSources.Add(ServerNames.Proposers);
        Option[] all =
            [preset, classes, proposer, .. settings.Select(setting => setting.Option), maxCalls, maxTokens, maxCost, maxTime];
        foreach (var option in all) command.Add(option);
        command.Validators.Add(result =>
        {
            foreach (var both in settings.Where(setting => result.GetResult(setting.Option) is not null).GroupBy(setting => setting.Field))
                if (both.Count() > 1)
                    result.AddError($"{string.Join(" and ", both.Select(one => one.Option.Name))} cannot be combined; give one of them.");
        });
    }

    public RunSettings Read(ParseResult parsed, string dataset)
    {
        var message = new RunSettings
        {
            Dataset = dataset,
            Preset = parsed.GetValue(preset) ?? "",
            Proposers = { ProviderText.Choices(parsed.GetValue(proposer)) },
            Budget = ReadBudget(parsed),
        };
        if (parsed.GetValue(classes) is { } given) message.Classes = given == "base" ? ClassSelection.Base : ClassSelection.All;
        foreach (var setting in settings)
            if (setting.Read(parsed) is { } value)
                RunSettings.Descriptor.FindFieldByName(setting.Field).Accessor.SetValue(message, value);
        return message;
    }

    /// <summary>Those that all runs of a benchmark share: seed, shots and classes are its protocol's.</summary>
    public static RunSettingsOptions OfABench(Command command)
    {
        var options = new RunSettingsOptions(command);
        var ofTheProtocol = options.settings.Where(setting => setting.Field is "seed" or "shots").Select(setting => setting.Option);
        foreach (var option in (Option[])[options.classes, .. ofTheProtocol]) command.Options.Remove(option);
        return options;
    }

    private static IEnumerable<SettingOption> Options(Core.RunSetting setting)
    {
        if (setting.Type != typeof(bool))
        {
            var help = FormattableString.Invariant($"{setting.Words}; {setting.Takes}. The preset robust has {setting.Get(Defaults)}.");
            return [setting.Type == typeof(int) ? Number<int>(setting, help)
                : setting.Type == typeof(long) ? Number<long>(setting, help)
                : Number<double>(setting, help)];
        }
        var on = Switch(setting, setting.Option, setting.Words, value: true);
        return setting.WordsOff.Length == 0 ? [on] : [on, Switch(setting, $"--no-{setting.Option[2..]}", setting.WordsOff, value: false)];
    }

    private static SettingOption Number<T>(Core.RunSetting setting, string help) where T : struct, System.Numerics.INumberBase<T>
    {
        var option = OptionValues.Number<T>(setting.Option, help);
        return new(setting.Field, option, parsed => parsed.GetValue(option));
    }

    private static SettingOption Switch(Core.RunSetting setting, string name, string words, bool value)
    {
        var option = new Option<bool>(name) { Description = $"{words}." };
        return new(setting.Field, option, parsed => parsed.GetValue(option) ? value : null);
    }

    /// <summary>An option that gives a setting.</summary>
    /// <param name="Field">The setting's field in the contract.</param>
    /// <param name="Option">The option.</param>
    /// <param name="Read">Its value; null where it is not given.</param>
    private sealed record SettingOption(string Field, Option Option, Func<ParseResult, object?> Read);

    private Budget? ReadBudget(ParseResult parsed)
    {
        var budget = new Budget();
        if (parsed.GetValue(maxCalls) is { } calls) budget.Calls = calls;
        if (parsed.GetValue(maxTokens) is { } tokens) budget.Tokens = tokens;
        if (parsed.GetValue(maxCost) is { } dollars)
            budget.CostMicroUsd = (long)decimal.Round(decimal.Clamp(dollars, -1e12m, 1e12m) * 1_000_000);
        if (parsed.GetValue(maxTime) is { } time) budget.Duration = Duration.FromTimeSpan(time);
        return budget.CalculateSize() == 0 ? null : budget; // Not Equals: to it a limit of 0 and no limit are the same.
    }
}
