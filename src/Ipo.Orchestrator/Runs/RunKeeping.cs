using Ipo.Optimization.Facts;
using Ipo.Optimization.Settings;
using Ipo.Optimization.State;
using Ipo.Orchestrator.Access;
using Ipo.Orchestrator.Contract;
using Ipo.Orchestrator.Errors;
using Ipo.Orchestrator.Journal;
using Ipo.Orchestrator.Storage;

namespace Ipo.Orchestrator.Runs;

/// <summary>Runs as they are kept: what is damaged, and how to go on without it; archives; space.</summary>
internal sealed class RunKeeping(IRunJournal journal, Database database, RunStore store, IRunWorkers workers, TimeProvider clock)
{
    /// <summary>What is wrong with a run; null if it is sound or does not exist.</summary>
    public async Task<V1.DamagedRun?> ExamineAsync(string runId, CancellationToken cancellation)
    {
        var sound = await ReadAsync(runId, cancellation);
        return sound.Damage is { } damage ? new() { RunId = runId, Damage = damage, SoundEvents = sound.Events.Count } : null;
    }

    /// <summary>Reads every run of the tenant, and lets the database look at itself.</summary>
    public async Task<V1.CheckJournalResponse> CheckAsync(CancellationToken cancellation)
    {
        var response = new V1.CheckJournalResponse { DatabaseBytes = database.Bytes() };
        foreach (var (_, runId, _) in await journal.ListAsync(cancellation))
        {
            cancellation.ThrowIfCancellationRequested();
            var sound = await ReadAsync(runId, cancellation);
            response.Runs++;
            response.Events += sound.Events.Count;
            if (sound.Damage is { } damage)
                response.DamagedRuns.Add(new V1.DamagedRun { RunId = runId, Damage = damage, SoundEvents = sound.Events.Count });
        }
        response.DatabaseFaults.AddRange(database.Check());
        return response;
    }

    /// <summary>Gives the space of what was deleted back to the disk.</summary>
    public V1.CompactJournalResponse Compact()
    {
        var before = database.Bytes();
        database.Compact();
        return new() { BytesBefore = before, BytesAfter = database.Bytes() };
    }

    /// <summary>Keeps a damaged run's sound events alone and lets it go on from there.</summary>
    /// <returns>The run, and what was wrong.</returns>
    public async Task<(RunView Run, string Damage)> RepairAsync(string runId, CancellationToken cancellation)
    {
        var sound = await RequiredAsync(runId, cancellation);
        if (sound.Damage is not { } damage)
            throw RefusedException.Forbidden($"The journal of run '{runId}' is sound; there is nothing to repair.");
        if (await workers.IsActiveAsync(runId)) throw RefusedException.Forbidden($"Run '{runId}' is worked on; cancel it first.");
        if (sound.Events.Count == 0) throw new JournalDamagedException(damage);
        await journal.CutAsync(runId, WholeLength(sound.Events), cancellation);
        store.Forget(runId);
        // What is cut is cut: nothing after it may be given up.
        var view = await store.GetAsync(runId, CancellationToken.None);
        if (view.State.IsRunning) await workers.TakeUpAsync(runId, again: true);
        return (view, damage);
    }

    /// <summary>A run's journal as one file.</summary>
    public async Task<V1.ArchiveRunResponse> ArchiveAsync(string runId, CancellationToken cancellation)
    {
        var sound = await RequiredAsync(runId, cancellation);
        if (sound.Events.Count == 0) throw new JournalDamagedException(sound.Damage!);
        return new()
        {
            Archive = RunArchive.Write(runId, sound.Events, clock.GetUtcNow()),
            Events = sound.Events.Count,
            Damage = sound.Damage ?? "",
        };
    }

    /// <summary>Takes in a run from such a file.</summary>
    /// <param name="archive">The file.</param>
    /// <param name="newId">The id that it gets; empty for the one that it had.</param>
    public async Task<RunView> RestoreAsync(ReadOnlyMemory<byte> archive, string newId, CancellationToken cancellation)
    {
        if (newId.Length > 0) RequestId.Check("run_id", newId);
        var archived = RunArchive.Read(archive);
        List<RunEvent> events = [.. archived.Take(WholeLength(archived))];
        if (events is not [RunCreated created, ..])
            throw RefusedException.InvalidField("archive", "does not begin with the creation of a run.");
        if (newId.Length == 0) RequestId.Check("archive", created.RunId);
        if (SettingsRules.FirstError(created.Settings) is { } error) throw RefusedException.InvalidIn("archive", error);
        // What it spends from now on is spent by whoever took it in.
        events[0] = created with { RunId = newId.Length > 0 ? newId : created.RunId, By = Tenant.Caller };
        var state = Fold(events)
            ?? throw RefusedException.InvalidField("archive", "holds events that do not follow from one another; it is no run.");
        List<RunEvent> all = [.. events];
        if (state.IsRunning)
            all.Add(new RunFailed(clock.GetUtcNow(), "It was running where it was archived. Resume it to let it go on here."));
        try { await journal.AppendAsync(state.RunId, 0, all, cancellation); }
        catch (JournalConflictException)
        {
            var standing = await journal.ReadAsync(state.RunId, 0, cancellation);
            if (standing.Count < events.Count
                || !standing.Take(events.Count).Select(StoredEvent.Write).SequenceEqual(events.Select(StoredEvent.Write)))
                throw RefusedException.Exists(
                    $"There is another run '{state.RunId}' in tenant '{Tenant.Current}'; give run_id to restore this one beside it.");
        }
        return await store.GetAsync(state.RunId, CancellationToken.None);
    }

    // Without the scores of a step that was cut among them, which are written together with its end: the step is scored anew, and
    // beside them its templates would be refused as repeated.
    private static int WholeLength(IReadOnlyList<RunEvent> events) => events.Count - events.Reverse()
        .TakeWhile(happened => happened is TemplateScored { Step: > 0 } or TemplateRefused { Step: > 0 }).Count();

    private async Task<SoundEvents> RequiredAsync(string runId, CancellationToken cancellation)
    {
        if (runId.Length == 0) throw RefusedException.InvalidField("run_id", "is empty; give the id of a run.");
        var sound = await ReadAsync(runId, cancellation);
        return sound is { Events.Count: 0, Damage: null }
            ? throw RefusedException.NotFound("run", runId, $"There is no run '{runId}'.")
            : sound;
    }

    // Sound are those that can be read and that follow from one another.
    private async Task<SoundEvents> ReadAsync(string runId, CancellationToken cancellation)
    {
        var sound = await journal.ReadSoundAsync(runId, cancellation);
        RunState? state = null;
        for (var at = 0; at < sound.Events.Count; at++)
            try { state = state is null ? RunState.Fold([sound.Events[at]]) : state.Apply(sound.Events[at]); }
            catch (Exception fault) when (fault is InvalidOperationException or FormatException)
            {
                return new(
                    [.. sound.Events.Take(at)],
                    $"Event {at + 1} of run {runId} does not follow from those before it: {fault.Message} "
                        + JournalDamagedException.Remedy(runId, at));
            }
        return sound;
    }

    private static RunState? Fold(IReadOnlyList<RunEvent> events)
    {
        try { return RunState.Fold(events); }
        catch (Exception fault) when (fault is InvalidOperationException or FormatException) { return null; }
    }
}
