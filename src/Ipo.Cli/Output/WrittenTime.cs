using System.Globalization;
using System.Text.RegularExpressions;

namespace Ipo.Cli.Output;

/// <summary>How a person writes a time.</summary>
internal static partial class WrittenTime
{
    private static readonly CultureInfo Plain = CultureInfo.InvariantCulture;

    /// <summary>Reads "90s", "10m", "1h30m" or "1.5d"; a bare number is refused, because minutes and seconds differ by
    /// 60.</summary>
    public static bool TryParse(string text, out TimeSpan time)
    {
        time = default;
        var whole = Pattern().Match(text);
        if (!whole.Success) return false;
        var seconds = 0.0;
        foreach (Capture part in whole.Groups["part"].Captures)
            seconds += double.Parse(part.Value[..^1], Plain) * part.Value[^1] switch { 'd' => 86400, 'h' => 3600, 'm' => 60, _ => 1 };
        if (seconds > TimeSpan.FromDays(3650).TotalSeconds) return false;
        time = TimeSpan.FromSeconds(seconds);
        return true;
    }

    [GeneratedRegex(@"^(?<part>\d{1,9}(\.\d{1,6})?[dhms])+\z")]
    private static partial Regex Pattern();
}
