using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;
using Ipo.Cli.Output;

namespace Ipo.Cli.Sessions;

/// <summary>Option values whose errors name the option, what it held and what it takes.</summary>
internal static class OptionValues
{
    /// <summary>An option that takes a number; null where it is not given.</summary>
    public static Option<T?> Number<T>(string name, string description, string unit = "N") where T : struct, INumberBase<T> => new(name)
    {
        Description = description,
        HelpName = unit,
        CustomParser = ParseNumber<T>,
    };

    /// <summary>An option that takes numbers with commas between them; null where it is not given.</summary>
    public static Option<T[]?> Numbers<T>(string name, string description, string unit = "N,N,…") where T : struct, INumberBase<T> =>
        new(name)
        {
            Description = description,
            HelpName = unit,
            CustomParser = ParseNumbers<T>,
        };

    /// <summary>An option that takes a time, for instance "10m"; null where it is not given.</summary>
    public static Option<TimeSpan?> Time(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        CustomParser = ParseTime,
    };

    /// <summary>An option that takes one of a few words; null where it is not given and has no default.</summary>
    public static Option<string?> Choice(string name, string description, string[] choices, string? otherwise = null)
    {
        var option = new Option<string?>(name) { Description = description };
        if (otherwise is not null) option.DefaultValueFactory = _ => otherwise;
        option.CompletionSources.Add(choices);
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !choices.Contains(token.Value))
                result.AddError($"{name} does not take '{token.Value}'; it takes {string.Join(" or ", choices)}.");
        });
        return option;
    }

    /// <summary>A value as it is written on the command line: of a whole number, a number, or "on" or "off"; null where it
    /// is none of the type.</summary>
    public static object? Read(Type type, string text) =>
        type == typeof(bool) ? text switch { "on" => true, "off" => false, _ => null }
        : type == typeof(int) ? TryParse<int>(text, out var whole) ? (object)whole : null
        : type == typeof(long) ? TryParse<long>(text, out var large) ? (object)large : null
        : TryParse<double>(text, out var number) ? (object)number : null;

    private static T? ParseNumber<T>(ArgumentResult result) where T : struct, INumberBase<T>
    {
        var text = result.Tokens[0].Value;
        if (TryParse<T>(text, out var number)) return number;
        result.AddError($"{OptionName(result)} does not take '{text}'; it takes a {(IsWhole<T>() ? "whole number" : "number")}.");
        return null;
    }

    private static T[]? ParseNumbers<T>(ArgumentResult result) where T : struct, INumberBase<T>
    {
        var numbers = new List<T>();
        foreach (var text in result.Tokens[0].Value.Split(','))
        {
            if (TryParse<T>(text, out var number)) numbers.Add(number);
            else
            {
                result.AddError($"{OptionName(result)} does not take '{text}'; it takes whole numbers separated by commas.");
                return null;
            }
        }
        return [.. numbers];
    }

    // Without separators of thousands: whoever writes 0,50 means a half and not fifty.
    private static bool TryParse<T>(string text, out T number) where T : struct, INumberBase<T>
    {
        var style = NumberStyles.AllowLeadingSign
            | (IsWhole<T>() ? NumberStyles.None : NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent);
        return T.TryParse(text, style, CultureInfo.InvariantCulture, out number) && T.IsFinite(number);
    }

    private static bool IsWhole<T>() => typeof(T) == typeof(int) || typeof(T) == typeof(long);

    private static TimeSpan? ParseTime(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (WrittenTime.TryParse(text, out var time)) return time;
        result.AddError($"{OptionName(result)} does not take '{text}'; it takes a number with a unit, for instance 90s, 10m or 1h30m.");
        return null;
    }

    private static string OptionName(ArgumentResult result) => ((OptionResult)result.Parent!).Option.Name;
}
