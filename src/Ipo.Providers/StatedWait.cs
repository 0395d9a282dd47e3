using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Ipo.Providers;

/// <summary>How long a server asks callers to wait, in the forms that servers say it: headers, fields of an error, and
/// its sentence.</summary>
internal static partial class StatedWait
{
    // Numbers above these are moments, in seconds and in milliseconds since 1970, and no durations.
    private const double LeastEpochSeconds = 1e9;
    private const double LeastEpochMilliseconds = 1e12;

    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    // What is counted, as headers name it; Anthropic's have a name of their own in front.
    private static readonly string[] Counted = ["requests", "tokens", "input-tokens", "output-tokens"];

    /// <summary>The wait that an answer's headers state; null where they state none.</summary>
    /// <param name="header">The value of a header by name, or null.</param>
    /// <param name="now">The time, for moments.</param>
    public static TimeSpan? In(Func<string, string?> header, DateTimeOffset now)
    {
        if (Milliseconds(header("retry-after-ms")) is { } exact) return exact;
        if (Duration(header("Retry-After"), now) is { } asked) return asked;
        // Where one of the limits is used up, its own reset counts; a limit that is not says nothing of the wait. A reset
        // without what remains says when all is there again, so the nearest one is enough to try.
        var resets = Limits().Select(limit => (Left: header(limit.Remaining), Wait: Duration(header(limit.Reset), now)))
            .Where(limit => limit.Wait is not null).ToList();
        var spent = resets.Where(limit => limit.Left is { } left && left.Trim() is "0" or "0.0").ToList();
        return spent.Count > 0
            ? spent.Max(limit => limit.Wait)
            : resets.Where(limit => limit.Left is null).Min(limit => limit.Wait);
    }

    /// <summary>The wait that an error object states; null where it states none.</summary>
    public static TimeSpan? In(JsonElement? error)
    {
        if (error is not { ValueKind: JsonValueKind.Object } stated) return null;
        // google.rpc.RetryInfo: a duration in protobuf's JSON form.
        if (stated.TryGetProperty("details", out var details) && details.ValueKind == JsonValueKind.Array)
            foreach (var detail in details.EnumerateArray())
                if (detail.ValueKind == JsonValueKind.Object && detail.TryGetProperty("retryDelay", out var delay)
                    && Protobuf(delay) is { } asked)
                    return asked;
        if (Number(stated, "retry_after_ms") is { } milliseconds) return Bounded(milliseconds / 1000);
        if ((Number(stated, "retry_after") ?? Number(stated, "retry_after_seconds")) is { } seconds) return Bounded(seconds);
        return stated.TryGetProperty("message", out var said) && said.ValueKind == JsonValueKind.String
            ? InSentence(said.GetString()!) : null;
    }

    // "Please try again in 1m30.5s", "Please retry after 26 seconds".
    private static TimeSpan? InSentence(string said) =>
        Sentence().Match(said) is { Success: true } match ? Units(match.Groups["wait"].Value) : null;

    private static IEnumerable<(string Reset, string Remaining)> Limits()
    {
        foreach (var counted in Counted)
        {
            yield return ($"x-ratelimit-reset-{counted}", $"x-ratelimit-remaining-{counted}");
            yield return ($"anthropic-ratelimit-{counted}-reset", $"anthropic-ratelimit-{counted}-remaining");
        }
        yield return ("x-ratelimit-reset", "x-ratelimit-remaining");
        yield return ("ratelimit-reset", "ratelimit-remaining");
    }

    private static TimeSpan? Milliseconds(string? text) => Number(text) is { } number ? Bounded(number / 1000) : null;

    // RFC 9110, 10.2.3 knows whole seconds and dates; servers also send fractions, units and moments.
    private static TimeSpan? Duration(string? text, DateTimeOffset now)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        if (Number(text) is { } number)
            return number >= LeastEpochMilliseconds ? Bounded((number / 1000) - now.ToUnixTimeSeconds())
                : number >= LeastEpochSeconds ? Bounded(number - now.ToUnixTimeSeconds())
                : Bounded(number);
        if (Units(text) is { } units) return units;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)
            ? Bounded((date - now).TotalSeconds) : null;
    }

    private static TimeSpan? Protobuf(JsonElement delay)
    {
        if (delay.ValueKind == JsonValueKind.String) return Units(delay.GetString()!);
        if (delay.ValueKind != JsonValueKind.Object || Number(delay, "seconds") is not { } seconds) return null;
        return Bounded(seconds + ((Number(delay, "nanos") ?? 0) / 1e9));
    }

    // Go's form of a duration, and the words for its units: "6m0s", "20ms", "1h2m3.5s", "26 seconds".
    private static TimeSpan? Units(string text)
    {
        if (DurationForm().Match(text.Trim()) is not { Success: true } match) return null;
        var seconds = 0.0;
        for (var at = 0; at < match.Groups["number"].Captures.Count; at++)
        {
            var number = double.Parse(match.Groups["number"].Captures[at].Value, CultureInfo.InvariantCulture);
            seconds += number * match.Groups["unit"].Captures[at].Value.ToLowerInvariant() switch
            {
                "ms" or "millisecond" or "milliseconds" => 1e-3,
                "us" or "µs" => 1e-6,
                "ns" => 1e-9,
                ['s', ..] => 1,
                ['m', ..] => 60,
                ['h', ..] => 3600,
                _ => 86_400,
            };
        }
        return Bounded(seconds);
    }

    private static double? Number(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;

    private static double? Number(JsonElement parent, string name) => !parent.TryGetProperty(name, out var member) ? null
        : member.ValueKind == JsonValueKind.Number && member.TryGetDouble(out var number) ? number
        : member.ValueKind == JsonValueKind.String ? Number(member.GetString()) : null;

    private static TimeSpan Bounded(double seconds) => TimeSpan.FromSeconds(Math.Clamp(seconds, 0, Longest.TotalSeconds));

    private const string OneUnit =
        @"(?<number>[0-9]{1,12}(?:\.[0-9]{1,12})?)\s*"
            + "(?<unit>milliseconds?|ms|us|µs|ns|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d)";

    [GeneratedRegex("^(?:" + OneUnit + @"[\s,]*)+$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex DurationForm();

    [GeneratedRegex(
        @"(?:again|retry|wait|available)\s+(?:in|after|for)?\s*"
            + @"(?<wait>[0-9][0-9.]*\s*(?:milliseconds?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|h)"
            + @"(?:[\s,]*[0-9][0-9.]*\s*(?:milliseconds?|ms|seconds?|secs?|s|minutes?|mins?|m))*)\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Sentence();
}
