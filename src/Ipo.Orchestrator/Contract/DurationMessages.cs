using Google.Protobuf.WellKnownTypes;
using Ipo.Orchestrator.Errors;

namespace Ipo.Orchestrator.Contract;

/// <summary>Durations of requests.</summary>
internal static class DurationMessages
{
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
