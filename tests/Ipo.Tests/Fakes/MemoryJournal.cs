using Ipo.Optimization.Facts;
using Ipo.Orchestrator.Access;
using Ipo.Orchestrator.Journal;

namespace Ipo.Tests.Fakes;

/// <summary>A journal that forgets with the test. It stores what the real ones store, so what does not survive JSON does not
/// survive here.</summary>
internal sealed class MemoryJournal : IRunJournal
{
    private readonly Dictionary<RunKey, List<(string Type, string Text)>> _runs = [];
    private readonly Lock _writing = new();

    /// <summary>Versions after each append: the only places where a crash can leave a journal.</summary>
    public List<long> Commits { get; } = [];

    /// <summary>Called before each append; may throw, as a full disk does.</summary>
    public Action<string, IReadOnlyList<RunEvent>>? Appending { get; set; }

    /// <summary>Called after each append with the run and its version.</summary>
    public Action<string, long>? Appended { get; set; }

    /// <summary>Called before each deletion with the run.</summary>
    public Func<string, Task> Deleting { get; set; } = _ => Task.CompletedTask;

    /// <summary>How often a run was read.</summary>
    public int Reads { get; private set; }

    /// <summary>How often runs were listed.</summary>
    public int Lists { get; private set; }

    public Task AppendAsync(string runId, long expectedVersion, IReadOnlyList<RunEvent> events, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfZero(events.Count);
        Appending?.Invoke(runId, events);
        long version;
        lock (_writing)
        {
            var run = _runs.GetValueOrDefault(RunKey.Of(runId)) ?? [];
            if (run.Count != expectedVersion) throw new JournalConflictException(runId, expectedVersion, run.Count);
            run.AddRange(events.Select(happened => (StoredEvent.TypeOf(happened), StoredEvent.Write(happened))));
            _runs[RunKey.Of(runId)] = run;
            Commits.Add(version = run.Count);
        }
        Appended?.Invoke(runId, version);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<RunEvent>> ReadAsync(string runId, long from, CancellationToken cancellation)
    {
        lock (_writing)
        {
            Reads++;
            var run = _runs.GetValueOrDefault(RunKey.Of(runId)) ?? [];
            if (run.Count > 0 && run.Count < from) throw new JournalWentBackException(runId, from, run.Count);
            return Task.FromResult<IReadOnlyList<RunEvent>>(
                [.. run.Skip((int)from).Select((stored, i) => StoredEvent.Read(runId, from + i + 1, stored.Type, stored.Text))]);
        }
    }

    public async Task<IReadOnlyList<KeptRun>> ListAsync(CancellationToken cancellation) =>
        [.. (await ListAllAsync(cancellation)).Where(run => run.Tenant == Tenant.Current)];

    public Task<IReadOnlyList<KeptRun>> ListAllAsync(CancellationToken cancellation)
    {
        lock (_writing)
        {
            Lists++;
            return Task.FromResult<IReadOnlyList<KeptRun>>([.. _runs.Select(run => new KeptRun(run.Key.Tenant, run.Key.RunId, run.Value.Count))]);
        }
    }

    public async Task<SoundEvents> ReadSoundAsync(string runId, CancellationToken cancellation) =>
        new(await ReadAsync(runId, 0, cancellation), null);

    public Task CutAsync(string runId, long length, CancellationToken cancellation)
    {
        lock (_writing)
        {
            if (!_runs.TryGetValue(RunKey.Of(runId), out var run)) throw new JournalConflictException(runId, length, 0);
            run.RemoveRange((int)length, run.Count - (int)length);
            return Task.CompletedTask;
        }
    }

    public async Task DeleteAsync(string runId, long? expectedVersion, CancellationToken cancellation)
    {
        await Deleting(runId);
        lock (_writing)
        {
            var found = _runs.GetValueOrDefault(RunKey.Of(runId))?.Count ?? 0;
            if (expectedVersion is { } expected && found != expected) throw new JournalConflictException(runId, expected, found);
            _runs.Remove(RunKey.Of(runId));
        }
    }
}
