using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Ipo.ServiceDefaults.Settings;

/// <summary>Settings with rules that no range can say, for instance of two settings together.</summary>
public interface ISettingsWithRules
{
    /// <summary>What else is wrong, as sentences that name the configuration path; asked where all ranges
    /// hold.</summary>
    /// <param name="path">The configuration path of the settings.</param>
    IEnumerable<string> Problems(string path);
}

/// <summary>Holds settings to what their properties say: <see cref="BetweenAttribute"/> for numbers and times, the
/// members for enums, the same for settings inside them, and then their own rules.</summary>
public static class SettingRules
{
    /// <summary>Binds settings to a configuration section, and makes the host refuse to start where one is
    /// wrong.</summary>
    /// <param name="services">The service's.</param>
    /// <param name="path">The section's path.</param>
    public static OptionsBuilder<T> AddSettings<T>(this IServiceCollection services, string path) where T : class
    {
        services.AddSingleton<IValidateOptions<T>>(new SettingRules<T>(path));
        return services.AddOptions<T>().BindConfiguration(path).ValidateOnStart();
    }

    /// <summary>Everything wrong, as sentences that name the setting's configuration path; empty when all are
    /// right.</summary>
    /// <param name="path">The configuration path of the settings.</param>
    /// <param name="settings">The settings.</param>
    public static IEnumerable<string> Problems(string path, object settings)
    {
        var ranges = OutOfRange(path, settings).ToList();
        return ranges.Count == 0 && settings is ISettingsWithRules own ? own.Problems(path) : ranges;
    }

    private static IEnumerable<string> OutOfRange(string path, object settings)
    {
        foreach (var property in Properties(settings.GetType()))
        {
            var name = $"{path}:{property.Name}";
            if (property.GetCustomAttribute<BetweenAttribute>() is { } range)
            {
                if (property.GetValue(settings) is var value && !range.Holds(value))
                    yield return string.Create(CultureInfo.InvariantCulture, $"{name} is {value}; set it to {range}.");
            }
            else if (property.PropertyType.IsEnum)
            {
                if (property.GetValue(settings) is Enum choice && !Enum.IsDefined(choice.GetType(), choice))
                    yield return $"{name} is {choice}; set it to {Members(choice.GetType())}.";
            }
            else if (Properties(property.PropertyType).Any(inner => inner.IsDefined(typeof(BetweenAttribute))))
            {
                foreach (var problem in Problems(name, property.GetValue(settings)!)) yield return problem;
            }
        }
    }

    private static PropertyInfo[] Properties(Type settings) => settings.GetProperties(BindingFlags.Instance | BindingFlags.Public);

    private static string Members(Type choices)
    {
        var names = Enum.GetNames(choices);
        return $"{string.Join(", ", names[..^1])} or {names[^1]}";
    }
}

/// <summary>Makes the host refuse to start on a wrong setting.</summary>
/// <param name="path">The configuration path of the settings.</param>
public sealed class SettingRules<T>(string path) : IValidateOptions<T> where T : class
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, T options) =>
        SettingRules.Problems(path, options).ToList() is { Count: > 0 } problems
            ? ValidateOptionsResult.Fail(problems)
            : ValidateOptionsResult.Success;
}
