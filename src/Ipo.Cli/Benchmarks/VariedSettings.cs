using System.CommandLine;
using System.CommandLine.Parsing;
using Ipo.Cli.Output;
using Ipo.Cli.Sessions;
using Ipo.V1;
using Core = Ipo.Optimization.Settings;

namespace Ipo.Cli.Benchmarks;

/// <summary>The option that makes a benchmark's runs differ in a setting: every value of one with every value of the
/// others.</summary>
internal sealed class VariedSettings
{
    private const string Name = "--vary";

    // The protocol's own, which other options vary.
    private static readonly string[] OfTheProtocol = ["seed", "shots"];

    private readonly Option<Axis[]?> _axes = new(Name)
    {
        Description = "A setting and the values that the table has a row for, for instance memory=5,20; any option of a run that is a " +
            "setting, by its name. Several --vary give every combination. With + between them, proposers share a run.",
        HelpName = "SETTING=V,…",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
        CustomParser = Parse,
    };

    public VariedSettings(Command command)
    {
        command.Add(_axes);
        command.Validators.Add(result =>
        {
            var given = result.Children.OfType<OptionResult>().Where(option => !option.Implicit).Select(option => option.Option.Name)
                .ToList();
            foreach (var setting in (result.GetResult(_axes)?.Tokens ?? []).Select(token => token.Value.Split('=')[0]))
                if (given.Contains($"--{setting}") || given.Contains($"--no-{setting}"))
                    result.AddError($"--{setting} and {Name} {setting} cannot be combined; give one of them.");
        });
    }

    /// <summary>The settings of each row; none where nothing is varied.</summary>
    public IReadOnlyList<RunSettings> Read(ParseResult parsed) => Combinations(parsed.GetValue(_axes) ?? []);

    /// <summary>The same for axes that stand for a table of the paper.</summary>
    public static IReadOnlyList<RunSettings> Of(params string[] axes) =>
        Combinations([.. axes.Select(axis => TryParse(axis, out var read) is { } wrong ? throw new ArgumentException(wrong) : read!)]);

    private static IReadOnlyList<RunSettings> Combinations(Axis[] axes) => axes.Length == 0 ? [] :
        [.. axes.Aggregate((IEnumerable<RunSettings>)[new RunSettings()], (rows, axis) => rows.SelectMany(row => axis.Values.Select(value =>
        {
            var with = row.Clone();
            with.MergeFrom(value);
            return with;
        })))];

    private static Axis[]? Parse(ArgumentResult result)
    {
        var axes = new List<Axis>();
        foreach (var token in result.Tokens)
        {
            if (TryParse(token.Value, out var axis) is { } wrong) result.AddError($"{Name} does not take '{token.Value}'; {wrong}");
            else if (axes.Exists(other => other.Setting == axis!.Setting))
                result.AddError($"{Name} names {axis!.Setting} twice; give all of its values at once.");
            else axes.Add(axis!);
        }
        return [.. axes];
    }

    /// <summary>What is wrong with an axis, as the end of a sentence; null where nothing is.</summary>
    private static string? TryParse(string text, out Axis? axis)
    {
        axis = null;
        if (text.Split('=', 2) is not [{ Length: > 0 } name, { Length: > 0 } list])
            return "it takes a setting, = and its values, for instance memory=5,20.";
        if (Read(name) is not { } read)
            return OfTheProtocol.Contains(name)
                ? $"--{name}{(name == "seed" ? "s" : "")} has the protocol's own values."
                : $"it takes one of: {string.Join(", ", Settings)}.";
        var values = new List<RunSettings>();
        foreach (var value in list.Split(','))
        {
            if (read(value.Trim()) is not { } settings) return $"{name} has no value '{value}'; {Takes(name)}.";
            if (values.Contains(settings)) return $"it has '{value}' twice.";
            values.Add(settings);
        }
        axis = new(name, values);
        return null;
    }

    private static IEnumerable<string> Settings =>
        Core.RunSettings.Table.Where(setting => !OfTheProtocol.Contains(setting.Field)).Select(Plain).Order(StringComparer.Ordinal)
            .Concat(["preset", "proposer"]);

    // What reads a value of a setting; null where there is no such setting.
    private static Func<string, RunSettings?>? Read(string name) => name switch
    {
        "preset" => value => value.Length == 0 ? null : new() { Preset = value },
        "proposer" => value => value.Length == 0 ? null : new() { Proposers = { ProviderText.Choices(value.Replace('+', ',')) } },
        _ => Setting(name) is { } setting ? value => Read(setting, value) : null,
    };

    private static RunSettings? Read(Core.RunSetting setting, string value)
    {
        if (OptionValues.Read(setting.Type, value) is not { } read) return null;
        var settings = new RunSettings();
        RunSettings.Descriptor.FindFieldByName(setting.Field).Accessor.SetValue(settings, read);
        return settings;
    }

    private static string Takes(string name) => Setting(name)?.Type switch
    {
        var type when type == typeof(bool) => "it takes on or off",
        var type when type == typeof(double) => "it takes a number",
        null => "it takes a name",
        _ => "it takes a whole number",
    };

    private static Core.RunSetting? Setting(string name) =>
        Core.RunSettings.Table.FirstOrDefault(setting => Plain(setting) == name && !OfTheProtocol.Contains(setting.Field));

    private static string Plain(Core.RunSetting setting) => setting.Option[2..];

    /// <summary>A setting and the values that it takes.</summary>
    /// <param name="Setting">The setting's option, without the hyphens in front.</param>
    /// <param name="Values">A message for each, with that setting alone.</param>
    private sealed record Axis(string Setting, IReadOnlyList<RunSettings> Values);
}
