using Ipo.Optimization.Facts;
using Ipo.Optimization.State;
using Ipo.Orchestrator.Datasets;
using Ipo.Orchestrator.Services;

namespace Ipo.Orchestrator.Runs;

/// <summary>A run in the hands of this host: what it takes to work on it, gone when the host lets go.</summary>
/// <param name="pen">Writes to it.</param>
/// <param name="voice">Says what is being done.</param>
/// <param name="patience">Waits for our own services.</param>
/// <param name="free">Ends calls that cost nothing: the host stops, or the run was cancelled.</param>
/// <param name="paid">Ends calls that may be paid; comes later than <paramref name="free"/> when the host stops.</param>
internal sealed class HeldRun(RunPen pen, RunVoice voice, Patience patience, CancellationToken free, CancellationToken paid)
{
    private readonly Dictionary<DatasetPart, ScoringSet> _sets = [];

    public RunState State => pen.Run;

    public RunVoice Voice => voice;

    public Patience Patience => patience;

    public CancellationToken Free => free;

    public CancellationToken Paid => paid;

    /// <summary>The dataset, once it is confirmed.</summary>
    public Dataset? Dataset { get; set; }

    public Task WriteAsync(params IReadOnlyList<RunEvent> events) => pen.WriteAsync(events);

    /// <summary>The set of a part, made at its first use.</summary>
    public async Task<ScoringSet> SetAsync(DatasetPart part, Func<Task<ScoringSet>> make)
    {
        if (!_sets.TryGetValue(part, out var set)) _sets[part] = set = await make();
        return set;
    }
}
