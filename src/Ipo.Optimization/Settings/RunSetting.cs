using System.Globalization;
using System.Numerics;

namespace Ipo.Optimization.Settings;

/// <summary>A setting that a run may be given, with its range, unit and words. The rule, the command line's option,
/// the mapping from and to the contract and the words of a report follow from it. <see cref="RunSettings.Table"/> holds
/// all of them.
/// </summary>
public sealed record RunSetting
{
    /// <summary>Its field in the contract, which errors name.</summary>
    public required string Field { get; init; }

    /// <summary>Its option on the command line.</summary>
    public required string Option { get; init; }

    /// <summary>What it does, for the command line's help.</summary>
    public required string Words { get; init; }

    /// <summary>For a setting that an option switches off, what the option <c>--no-…</c> does; else empty.</summary>
    public string WordsOff { get; init; } = "";

    /// <summary>What it takes: range and unit; empty for a switch.</summary>
    public string Takes { get; private init; } = "";

    /// <summary>Type of its value, in the contract too: int, long, double or bool.</summary>
    public required Type Type { get; init; }

    /// <summary>Its value in a run's settings.</summary>
    public required Func<RunSettings, object> Get { get; init; }

    /// <summary>A run's settings with another value, and with what follows from it.</summary>
    public required Func<RunSettings, object, RunSettings> With { get; init; }

    /// <summary>A value in the words of a report's list of settings; empty where it goes without saying.</summary>
    public Func<object, string> Tell { get; init; } = _ => "";

    private Func<object, bool> IsTaken { get; init; } = _ => true;

    /// <summary>What is wrong with its value, as a sentence; null where nothing is.</summary>
    public string? FirstError(RunSettings settings) => Get(settings) is var value && IsTaken(value)
        ? null
        : string.Create(CultureInfo.InvariantCulture, $"{Field} is {value}; give {Takes}.");

    /// <summary>A setting that is a number.</summary>
    /// <param name="field">Its field.</param>
    /// <param name="option">Its option.</param>
    /// <param name="words">What it does.</param>
    /// <param name="get">Its value.</param>
    /// <param name="with">Settings with another value.</param>
    /// <param name="range">The least and the most that it takes; a type's own maximum stands for no limit.</param>
    /// <param name="unit">What it counts, for instance "steps".</param>
    /// <param name="zero">What 0 does where it is out of the range and taken all the same, for instance "for
    /// all".</param>
    public static RunSetting Number<T>(
        string field, string option, string words, Func<RunSettings, T> get, Func<RunSettings, T, RunSettings> with,
        (T Least, T Most) range, string unit = "", string zero = "") where T : struct, INumber<T>, IMinMaxValue<T>
    {
        var ends = range.Most == T.MaxValue ? $"{range.Least} or more" : $"{range.Least} to {range.Most}";
        return new()
        {
            Field = field,
            Option = option,
            Words = words,
            Type = typeof(T),
            Get = settings => get(settings),
            With = (settings, value) => with(settings, (T)value),
            Takes = range == (T.MinValue, T.MaxValue) ? "a whole number"
                : $"{ends}{(unit.Length > 0 ? $" {unit}" : "")}{(zero.Length > 0 ? $", or 0 {zero}" : "")}",
            IsTaken = value => ((T)value >= range.Least && (T)value <= range.Most) || (zero.Length > 0 && T.IsZero((T)value)),
        };
    }

    /// <summary>A setting that is on or off.</summary>
    /// <param name="field">Its field.</param>
    /// <param name="option">Its option.</param>
    /// <param name="words">What it does where it is on.</param>
    /// <param name="get">Its value.</param>
    /// <param name="with">Settings with another value.</param>
    public static RunSetting Switch(
        string field, string option, string words, Func<RunSettings, bool> get, Func<RunSettings, bool, RunSettings> with) => new()
        {
            Field = field,
            Option = option,
            Words = words,
            Type = typeof(bool),
            Get = settings => get(settings),
            With = (settings, value) => with(settings, (bool)value),
        };
}
