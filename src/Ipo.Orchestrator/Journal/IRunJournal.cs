using Grpc.Core;
using Ipo.Optimization.Facts;
using Ipo.ServiceDefaults;

namespace Ipo.Orchestrator.Journal;

/// <summary>Where runs are kept: for each an append-only list of events. The version of a run is the number of its
/// events. A run is found by its id among those of <see cref="Access.Tenant.Current"/>. Runs are kept in a
/// database (<see cref="SqlRunJournal"/>); tests have a journal in memory too, and one suite of tests holds for all.</summary>
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
    /// <exception cref="JournalDamagedException">An event is missing, was altered or cannot be read.</exception>
    /// <exception cref="JournalWentBackException">The run has fewer events than are to be skipped.</exception>
    Task<IReadOnlyList<RunEvent>> ReadAsync(string runId, long from, CancellationToken cancellation);

    /// <summary>Reads a run's events up to the first that is damaged.</summary>
    Task<SoundEvents> ReadSoundAsync(string runId, CancellationToken cancellation);

    /// <summary>The runs of the tenant, in no order.</summary>
    Task<IReadOnlyList<KeptRun>> ListAsync(CancellationToken cancellation);

    /// <summary>The runs of all tenants, in no order: one look at how far each is, however many there are.</summary>
    Task<IReadOnlyList<KeptRun>> ListAllAsync(CancellationToken cancellation);

    /// <summary>Deletes a run as it stands.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="expectedVersion">Its version as the caller knows it; null deletes it whatever it is, which is for one that
    /// cannot be read.</param>
    /// <exception cref="JournalConflictException">The run has another version by now.</exception>
    Task DeleteAsync(string runId, long? expectedVersion, CancellationToken cancellation);

    /// <summary>Keeps a run's first events alone, so that a damaged run can go on from its last sound one.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="length">How many, 1 or more.</param>
    /// <exception cref="JournalConflictException">There is no such run.</exception>
    Task CutAsync(string runId, long length, CancellationToken cancellation);
}

/// <summary>A run that a journal keeps.</summary>
/// <param name="Tenant">Whose it is.</param>
/// <param name="RunId">Its id.</param>
/// <param name="Length">Its version: the number of its events.</param>
internal sealed record KeptRun(string Tenant, string RunId, long Length)
{
    /// <summary>It among those of all tenants.</summary>
    public RunKey Key => new(Tenant, RunId);
}

/// <summary>A run's events as far as they are sound.</summary>
/// <param name="Events">Those before the first damaged one.</param>
/// <param name="Damage">What is wrong with the next one; null if all are sound.</param>
internal sealed record SoundEvents(IReadOnlyList<RunEvent> Events, string? Damage);

/// <summary>Somebody else wrote to the run.</summary>
internal sealed class JournalConflictException(string runId, long expected, long found)
    : Exception($"Run {runId} has version {found}, not {expected}: another host or request wrote to it.");

/// <summary>What a journal holds cannot be a run's.</summary>
internal sealed class JournalDamagedException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What a person can do about a damaged run.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="sound">How many of its events are sound.</param>
    public static string Remedy(string runId, long sound) => sound > 0
        ? $"Restore a backup of the database, go on from the {sound} events before it (ipo runs repair {runId}), or delete the run."
        : "Restore a backup of the database, or delete the run.";
}

/// <summary>A run has fewer events than it had: a backup was restored, or what was written last was lost.</summary>
internal sealed class JournalWentBackException(string runId, long known, long found)
    : Exception($"Run {runId} went back from {known} events to {found}: a backup was restored, or what was written last was lost.");

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
