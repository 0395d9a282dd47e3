using System.Globalization;

namespace Ipo.ClipScorer.Settings;

/// <summary>The range of a setting, both ends included, and its unit. <see cref="SettingRules"/> holds it.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class BetweenAttribute : Attribute
{
    private const string TimeFormat = "days.hours:minutes:seconds";

    private readonly IComparable _least, _most;

    /// <summary>The range of a whole number.</summary>
    public BetweenAttribute(int least, int most) => (_least, _most) = (least, most);

    /// <summary>The range of a time, as configuration writes one.</summary>
    public BetweenAttribute(string least, string most) =>
        (_least, _most) = (TimeSpan.Parse(least, CultureInfo.InvariantCulture), TimeSpan.Parse(most, CultureInfo.InvariantCulture));

    /// <summary>What a number counts; empty for a time.</summary>
    public string Unit { get; init; } = "";

    /// <summary>What the least value means where it is no plain number of them; empty where it is.</summary>
    public string LeastMeans { get; init; } = "";

    /// <summary>Whether a value is in the range.</summary>
    public bool Holds(object value) => _least.CompareTo(value) <= 0 && _most.CompareTo(value) >= 0;

    /// <summary>The range for people.</summary>
    public override string ToString()
    {
        var least = LeastMeans.Length == 0 ? $"{_least}" : $"{_least} ({LeastMeans})";
        var unit = _least is TimeSpan ? $"({TimeFormat})" : Unit;
        return $"{least} up to {_most} {unit}".TrimEnd();
    }
}
