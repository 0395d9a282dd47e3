using Google.Protobuf.WellKnownTypes;
using Ipo.Orchestrator.Errors;

namespace Ipo.Orchestrator.Contract;

/// <summary>Durations of requests.</summary>
internal static class DurationMessages
{
    private static readonly TimeSpan LongestInterval = TimeSpan.FromHours(1);

    /// <summary>The smallest_interval of a watch; zero where it is absent.</summary>
    /// <exception cref="RefusedException">It is below 0 or above an hour.</exception>
    public static TimeSpan ReadInterval(Duration? message)
    {
        var interval = Read("smallest_interval", message) ?? TimeSpan.Zero;
        return interval >= TimeSpan.Zero && interval <= LongestInterval
            ? interval
            : throw RefusedException.InvalidField("smallest_interval", $"is {interval.TotalSeconds} s; it takes 0 to an hour.");
    }

    /// <summary>The duration; null if it is absent.</summary>
    /// <param name="field">The field's path.</param>
    /// <param name="message">What it holds.</param>
    /// <exception cref="RefusedException">Its seconds or nanoseconds are out of range.</exception>
    public static TimeSpan? Read(string field, Duration? message)
    {
        try { return message?.ToTimeSpan(); }
        catch (Exception fault) when (fault is InvalidOperationException or OverflowException or ArgumentException)
        {
            throw RefusedException.InvalidField(
                field, $"is {message!.Seconds} s and {message.Nanos} ns; it takes a positive duration.");
        }
    }
}
