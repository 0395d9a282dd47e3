using System.Globalization;
using Google.Protobuf.WellKnownTypes;

namespace Ipo.V1;

/// <summary>How amounts are written for a person, the same in a terminal and on a page.</summary>
public static class Amounts
{
    private static readonly CultureInfo Plain = CultureInfo.InvariantCulture;

    /// <summary>A share in 0..1 as "84.3 %".</summary>
    public static string Percent(double share) => string.Create(Plain, $"{share * 100:0.0} %");

    /// <summary>A difference of two shares in percentage points, as "+3.1 points".</summary>
    public static string Points(double difference) => string.Create(Plain, $"{difference * 100:+0.0;-0.0;+0.0} points");

    /// <summary>An interval of shares, as "61.3–68.3".</summary>
    public static string Range(double low, double high) => string.Create(Plain, $"{low * 100:0.0}–{high * 100:0.0}");

    /// <summary>An interval of differences, as "+1.2 to +5.0".</summary>
    public static string SignedRange(double low, double high) =>
        string.Create(Plain, $"{low * 100:+0.0;-0.0;0.0} to {high * 100:+0.0;-0.0;0.0}");

    /// <summary>A p-value with its sign of comparison, as "= 0.031".</summary>
    public static string P(double p) => p < 0.001 ? "< 0.001" : string.Create(Plain, $"= {p:0.000}");

    /// <summary>A loss in nats, as "0.512".</summary>
    public static string Nats(double loss) => string.Create(Plain, $"{loss:0.000}");

    /// <summary>Millionths of a US dollar as "$0.0021"; small runs cost fractions of a cent.</summary>
    public static string Money(long microUsd) => string.Create(Plain, $"${microUsd / 1e6m:0.00##}");

    /// <summary>Bytes as "512 B", "2.1 KiB", "571.2 MiB".</summary>
    public static string Bytes(long bytes) => Bytes((decimal)bytes);

    /// <summary>Bytes of which there may be more than a disk can have.</summary>
    public static string Bytes(decimal bytes)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB"];
        var unit = 0;
        for (; bytes >= 1024 && unit < units.Length - 1; unit++) bytes /= 1024;
        return unit == 0 ? string.Create(Plain, $"{bytes:0} B") : string.Create(Plain, $"{bytes:#,##0.0} {units[unit]}");
    }

    /// <summary>A whole number, as "2,000".</summary>
    public static string Count(long number) => number.ToString("N0", Plain);

    /// <summary>"1 call", "2,000 calls", "3 classes" where the plural is given.</summary>
    public static string Count(long number, string singular, string? plural = null) =>
        $"{Count(number)} {(number == 1 ? singular : plural ?? singular + "s")}";

    /// <summary>A time as on a stop watch: "0:07", "12:30", "1:02:03".</summary>
    public static string Clock(TimeSpan time)
    {
        var seconds = (long)Math.Ceiling(Math.Max(0, time.TotalSeconds));
        return seconds < 3600
            ? string.Create(Plain, $"{seconds / 60}:{seconds % 60:00}")
            : string.Create(Plain, $"{seconds / 3600}:{seconds / 60 % 60:00}:{seconds % 60:00}");
    }

    /// <summary>A time in a sentence: "7 seconds", "12 min 30 s", "1 h 2 min".</summary>
    public static string Spell(TimeSpan time)
    {
        var seconds = (long)Math.Ceiling(Math.Max(0, time.TotalSeconds));
        return seconds switch
        {
            < 60 => Count(seconds, "second"),
            < 3600 => string.Create(Plain, $"{seconds / 60} min {seconds % 60} s"),
            _ => string.Create(Plain, $"{Count(seconds / 3600)} h {seconds / 60 % 60} min"),
        };
    }

    /// <summary>A point in time for a table, to the minute, in UTC.</summary>
    public static string Moment(Timestamp? time) =>
        time is null ? "" : time.ToDateTime().ToString("yyyy-MM-dd HH:mm", Plain) + "Z";
}
