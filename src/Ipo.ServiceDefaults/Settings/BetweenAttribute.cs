using System.Globalization;

namespace Ipo.ServiceDefaults.Settings;

/// <summary>The range of a setting, both ends included, and its unit. <see cref="SettingRules"/> holds it.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class BetweenAttribute : Attribute
{
    /// <summary>The end of a range that has none.</summary>
    public const long NoMost = long.MaxValue;

    private const string TimeFormat = "days.hours:minutes:seconds";

    private readonly object _least, _most;

    /// <summary>The range of a whole number or a price.</summary>
    public BetweenAttribute(long least, long most) => (_least, _most) = (least, most);

    /// <summary>The range of a number with a fraction.</summary>
    public BetweenAttribute(double least, double most) => (_least, _most) = (least, most);

    /// <summary>The range of a time, as configuration writes one.</summary>
    public BetweenAttribute(string least, string most) =>
        (_least, _most) = (TimeSpan.Parse(least, CultureInfo.InvariantCulture), TimeSpan.Parse(most, CultureInfo.InvariantCulture));

    /// <summary>What a number counts; empty for a time.</summary>
    public string Unit { get; init; } = "";

    /// <summary>What the least value means where it is no plain number of them; empty where it is.</summary>
    public string LeastMeans { get; init; } = "";

    /// <summary>Whether a value is in the range; a setting that may be left empty is right without one.</summary>
    public bool Holds(object? value) => value switch
    {
        null => true,
        TimeSpan time => time >= (TimeSpan)_least && time <= (TimeSpan)_most,
        double number => number >= ToDouble(_least) && number <= ToDouble(_most),
        decimal number => number >= (long)_least && number <= (long)_most,
        _ => Convert.ToInt64(value, CultureInfo.InvariantCulture) is var number && number >= (long)_least && number <= (long)_most,
    };

    /// <summary>The range for people.</summary>
    public override string ToString()
    {
        var least = LeastMeans.Length == 0 ? Text(_least) : $"{Text(_least)} ({LeastMeans})";
        var unit = _least is TimeSpan ? $"({TimeFormat})" : Unit;
        return (_most is NoMost ? $"{least} or more {unit}" : $"{least} up to {Text(_most)} {unit}").TrimEnd();
    }

    private static double ToDouble(object end) => Convert.ToDouble(end, CultureInfo.InvariantCulture);

    private static string Text(object end) => Convert.ToString(end, CultureInfo.InvariantCulture)!;
}
