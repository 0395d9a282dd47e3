using System.Reflection;
using Microsoft.Extensions.Options;

namespace Ipo.ClipScorer.Settings;

/// <summary>Holds settings to what their properties say: <see cref="BetweenAttribute"/> for numbers and times, the
/// members for enums, and the same for settings inside them.</summary>
internal static class SettingRules
{
    /// <summary>Every setting out of its range, as a sentence that names its configuration
    /// path; empty when all are right.</summary>
    /// <param name="path">The configuration path of the settings.</param>
    /// <param name="settings">The settings.</param>
    public static IEnumerable<string> Problems(string path, object settings)
    {
        foreach (var property in settings.GetType().GetProperties())
        {
            var (name, value) = ($"{path}:{property.Name}", property.GetValue(settings)!);
            if (property.GetCustomAttribute<BetweenAttribute>() is { } range)
            {
                if (!range.Holds(value)) yield return $"{name} is {value}; set it to {range}.";
            }
            else if (value is Enum choice)
            {
                if (!Enum.IsDefined(choice.GetType(), choice)) yield return $"{name} is {choice}; set it to {Members(choice.GetType())}.";
            }
            else if (value.GetType().Namespace == typeof(SettingRules).Namespace)
            {
                foreach (var problem in Problems(name, value)) yield return problem;
            }
        }
    }

    private static string Members(Type choices)
    {
        var names = Enum.GetNames(choices);
        return $"{string.Join(", ", names[..^1])} or {names[^1]}";
    }
}

/// <summary>Makes the host refuse to start on a wrong setting.</summary>
/// <param name="section">The configuration section of the settings.</param>
internal sealed class SettingRules<T>(string section) : IValidateOptions<T> where T : class
{
    public ValidateOptionsResult Validate(string? name, T options) =>
        SettingRules.Problems(section, options).ToList() is { Count: > 0 } problems
            ? ValidateOptionsResult.Fail(problems)
            : ValidateOptionsResult.Success;
}
