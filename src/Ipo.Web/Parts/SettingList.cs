using System.Collections;
using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Ipo.V1;

namespace Ipo.Web.Parts;

/// <summary>A run's settings as names and values, taken from the contract, so that a new field shows by itself.</summary>
internal static class SettingList
{
    /// <summary>Those that have a value.</summary>
    public static IEnumerable<(string Name, string Value)> Of(RunSettings settings)
    {
        foreach (var field in RunSettings.Descriptor.Fields.InFieldNumberOrder())
        {
            if (field.HasPresence && !field.Accessor.HasValue(settings)) continue;
            var value = Text(field.Accessor.GetValue(settings));
            if (value.Length > 0) yield return (Words(field.Name), value);
        }
    }

    private static string Text(object? value) => value switch
    {
        null => "",
        bool isOn => isOn ? "yes" : "no",
        string text => text,
        Budget budget => Limits(budget),
        ProposerChoice choice => Named(choice),
        Duration duration => Amounts.Clock(duration.ToTimeSpan()),
        ClassSelection classes => classes is ClassSelection.Base ? "base" : "all",
        IMessage message => message.ToString() ?? "",
        IEnumerable many => string.Join(", ", many.Cast<object?>().Select(Text)),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private static string Named(ProposerChoice choice) =>
        choice.Name + (choice.NamedModel.Length > 0 ? "@" + choice.NamedModel : "") + (choice.HidesHistory ? "/no-history" : "");

    private static string Limits(Budget budget) => string.Join(", ", Parts(budget));

    private static IEnumerable<string> Parts(Budget budget)
    {
        if (budget.HasCalls) yield return Amounts.Count(budget.Calls, "call");
        if (budget.HasTokens) yield return Amounts.Count(budget.Tokens, "token");
        if (budget.HasCostMicroUsd) yield return Amounts.Money(budget.CostMicroUsd);
        if (budget.Duration is { } time) yield return Amounts.Clock(time.ToTimeSpan());
    }

    private static string Words(string field) => char.ToUpperInvariant(field[0]) + field[1..].Replace('_', ' ');
}
