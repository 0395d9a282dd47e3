using Grpc.Core;
using Ipo.Optimization.Facts;
using Ipo.ServiceDefaults;

namespace Ipo.Orchestrator.Journal;

/// <summary>Where runs are kept: for each an append-only list of events. The version of a run is the number of its
/// events. A run is found by its id among those of <see cref="Access.Tenant.Current"/>. Runs are kept in SQLite
/// (<see cref="SqliteRunJournal"/>); tests have a journal in memory too, and one suite of tests holds for both.</summary>
internal interface IRunJournal
{
    /// <summary>Appends events, all or none; when it returns they survive a power cut.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="expectedVersion">Its version as the caller knows it; 0 creates the run.</param>
    /// <param name="events">What happened, in order; one or more.</param>
    /// <exception cref="JournalConflictException">The run has another version: somebody else appended, or deleted
    /// it.</exception>
    Task AppendAsync(string runId, long expectedVersion, IReadOnlyList<RunEvent> events, CancellationToken cancellation);

    /// <summary>Reads a run's events.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="from">How many events to skip.</param>
    /// <returns>The events after those; none where there is no such run.</returns>
    /// <exception cref="JournalDamagedException">An event is missing or cannot be read.</exception>
    Task<IReadOnlyList<RunEvent>> ReadAsync(string runId, long from, CancellationToken cancellation);

    /// <summary>The ids of all runs of the tenant, in no order.</summary>
    Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellation);

    /// <summary>The tenants that have runs, in no order.</summary>
    Task<IReadOnlyList<string>> ListTenantsAsync(CancellationToken cancellation);

    /// <summary>Deletes a run as it stands.</summary>
    /// <exception cref="JournalConflictException">The run has another version by now.</exception>
    Task DeleteAsync(string runId, long expectedVersion, CancellationToken cancellation);
}

/// <summary>Somebody else wrote to the run.</summary>
internal sealed class JournalConflictException(string runId, long expected, long found)
    : Exception($"Run {runId} has version {found}, not {expected}: another host or request wrote to it.");

/// <summary>What a journal holds cannot be a run's.</summary>
internal sealed class JournalDamagedException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>What a journal's exceptions mean for a caller.</summary>
internal static class JournalErrors
{
    public static ErrorStatus? Map(Exception fault) => fault switch
    {
        JournalDamagedException => new(StatusCode.DataLoss, "JOURNAL_DAMAGED", fault.Message),
        JournalConflictException => new(StatusCode.Aborted, "WRITE_CONFLICT", $"{fault.Message} Send the request again.")
        {
            RetryAfter = TimeSpan.Zero,
        },
        _ => null,
    };
}
