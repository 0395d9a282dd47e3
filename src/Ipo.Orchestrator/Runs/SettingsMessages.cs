using Google.Protobuf.Collections;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Ipo.Optimization.Settings;
using Ipo.Orchestrator.Contract;
using Ipo.Orchestrator.Errors;

namespace Ipo.Orchestrator.Runs;

/// <summary>Run settings to and from their message. What a message leaves out, its preset gives.</summary>
internal static class SettingsMessages
{
    // What stands between names, and between a name and its marks, in the one text that a journal keeps.
    private const string Marks = ",/@";

    /// <exception cref="RefusedException">There is no such preset, or a value is none.</exception>
    public static RunSettings Read(V1.RunSettings? message)
    {
        if (message is null || message.Dataset.Length == 0)
            throw RefusedException.InvalidField("settings.dataset", "is empty; give the name of a registered dataset.");
        var preset = message.Preset.Length == 0 ? Presets.Names[0] : message.Preset;
        if (!Presets.Names.Contains(preset))
            throw RefusedException.InvalidField(
                "settings.preset", $"'{preset}' does not exist; choose one of: {string.Join(", ", Presets.Names)}.");

        var settings = Presets.Get(preset, message.Dataset);
        foreach (var setting in RunSettings.Table)
            if (Field(setting).HasValue(message)) settings = setting.With(settings, Field(setting).GetValue(message));
        return settings with
        {
            Classes = !message.HasClasses ? settings.Classes : message.Classes switch
            {
                V1.ClassSelection.Base => ClassSelection.Base,
                V1.ClassSelection.All => ClassSelection.All,
                _ => throw RefusedException.InvalidField("settings.classes", $"is {(int)message.Classes}; it takes base or all."),
            },
            Proposer = Proposers(message.Proposers),
            Budget = Read(message.Budget),
        };
    }

    public static V1.RunSettings Of(RunSettings settings)
    {
        var budget = new V1.Budget();
        if (settings.Budget.Calls is { } calls) budget.Calls = calls;
        if (settings.Budget.Tokens is { } tokens) budget.Tokens = tokens;
        if (settings.Budget.CostMicroUsd is { } cost) budget.CostMicroUsd = cost;
        budget.Duration = settings.Budget.Duration?.ToDuration();
        var message = new V1.RunSettings
        {
            Dataset = settings.Dataset,
            Preset = settings.Preset,
            Classes = settings.Classes == ClassSelection.Base ? V1.ClassSelection.Base : V1.ClassSelection.All,
            Proposers = { Proposers(settings.Proposer) },
            Budget = budget,
        };
        foreach (var setting in RunSettings.Table) Field(setting).SetValue(message, setting.Get(settings));
        return message;
    }

    /// <summary>Whether settings have every value that is asked for.</summary>
    public static bool Agree(V1.RunSettings asked, RunSettings settings)
    {
        var (standing, both) = (Of(settings), Of(settings));
        if (asked.Proposers.Count > 0) both.Proposers.Clear(); // a merge would add to them
        both.MergeFrom(asked);
        return Read(both) == Read(standing);
    }

    /// <summary>Where a message has a setting.</summary>
    public static IFieldAccessor Field(RunSetting setting) => V1.RunSettings.Descriptor.FindFieldByName(setting.Field).Accessor;

    /// <summary>Proposers as one text, as settings and journals have them; their names are apart in the message.</summary>
    /// <exception cref="RefusedException">A name is not a valid proposer name.</exception>
    public static string Proposers(RepeatedField<V1.ProposerChoice> choices)
    {
        for (var i = 0; i < choices.Count; i++)
        {
            if (choices[i].Name.AsSpan().IndexOfAny(Marks) >= 0)
                throw RefusedException.InvalidField($"settings.proposers[{i}].name", $"is '{choices[i].Name}'; give one proposer's name.");
            if (choices[i].NamedModel.AsSpan().IndexOfAny(Marks) >= 0)
                throw RefusedException.InvalidField(
                    $"settings.proposers[{i}].named_model", $"is '{choices[i].NamedModel}'; give one model's name.");
        }
        return string.Join(
            ',', choices.Select(choice => new ProposerName(choice.Name.Trim(), !choice.HidesHistory, choice.NamedModel.Trim())));
    }

    private static IEnumerable<V1.ProposerChoice> Proposers(string setting) => setting.Length == 0
        ? []
        : ProposerName.Mix(setting).Select(name => new V1.ProposerChoice
        {
            Name = name.Service,
            HidesHistory = !name.SeesHistory,
            NamedModel = name.Model,
        });

    private static Budget Read(V1.Budget? budget)
    {
        if (budget is null) return Budget.None;
        var duration = DurationMessages.Read("settings.budget.duration", budget.Duration);
        return new(
            budget.HasCalls ? budget.Calls : null, budget.HasTokens ? budget.Tokens : null,
            budget.HasCostMicroUsd ? budget.CostMicroUsd : null, duration);
    }
}
