using Ipo.Optimization.Benchmarks;
using Ipo.Optimization.Report;
using Ipo.Optimization.State;
using Ipo.Orchestrator.Reports;
using Ipo.Orchestrator.Runs;

namespace Ipo.Orchestrator.Benchmarks;

/// <summary>Finds the runs that the same benchmark made before with another checkpoint, language model or captioner. One
/// of each is there at a time, so a table over several is one over runs of several days; the journal has them all.
/// </summary>
internal sealed class EarlierRuns(RunStore store, ReportStore reports)
{
    /// <summary>The runs of columns that are complete.</summary>
    /// <param name="plan">The benchmark, with what is there now.</param>
    /// <param name="leftOut">Takes the columns that are not.</param>
    public async Task<IReadOnlyList<CompletedRun>> FindAsync(PlannedBench plan, List<LeftOut> leftOut, CancellationToken cancellation)
    {
        var complete = new List<CompletedRun>();
        foreach (var column in (await SameCellsAsync(plan, cancellation)).GroupBy(run => run.Column))
        {
            var wanted = plan.Runs.Count(run => (run.Cell.Variant, run.Cell.Shots) == (column.Key.Variant, column.Key.Shots));
            if (plan.Bench.Protocol == BenchProtocol.CrossDataset)
                leftOut.Add(new(
                    Text(plan, column.Key),
                    "Winners are scored on targets with the checkpoint that is loaded; load that one and repeat the command for its "
                        + "table."));
            else if (column.Count() < wanted)
                leftOut.Add(new(
                    Text(plan, column.Key),
                    $"{column.Count()} of {wanted} runs are complete; load it and repeat the command to have it in the table."));
            else
                foreach (var run in column)
                    complete.Add(new(run.Planned, run.RunId, (await reports.GetAsync(run.RunId, cancellation)).Report, column.Key));
        }
        return complete;
    }

    private async Task<List<EarlierRun>> SameCellsAsync(PlannedBench plan, CancellationToken cancellation)
    {
        var cells = plan.Runs.ToDictionary(run => run.Settings);
        var found = new List<EarlierRun>();
        foreach (var run in await store.ListAsync(cancellation))
        {
            if (run is not { Status: RunStatus.Completed, Prepared: { } prepared }
                || !cells.TryGetValue(run.Settings, out var planned) || run.RunId == planned.RunId
                || !run.RunId.StartsWith(BenchPlanning.IdPrefix(plan.Bench.Protocol, planned.Cell.Dataset), StringComparison.Ordinal))
                continue;
            var dataset = plan.Datasets[planned.Cell.Dataset];
            if ((prepared.DatasetDigest, prepared.HandWrittenTemplate) != (dataset.Digest, dataset.HandWrittenTemplate)) continue;
            var column = FoundColumn.Of(planned.Cell, prepared.Model, new(prepared.Proposers, prepared.Captioner));
            found.Add(new(planned, run.RunId, column));
        }
        var byPlanned = found.ToLookup(run => run.Planned.RunId);
        return [.. plan.Runs.SelectMany(planned => byPlanned[planned.RunId])];
    }

    private static string Text(PlannedBench plan, FoundColumn column)
    {
        string[] parts =
        [
            OwnColumns.Text(column.Checkpoint), column.Proposers, column.Captioner, plan.Bench.Variants[column.Variant].Label,
            plan.Bench.Shots.Count > 1 ? OwnColumns.Text(column.Shots) : "",
        ];
        return string.Join(", ", parts.Where(part => part.Length > 0));
    }

    private sealed record EarlierRun(PlannedRun Planned, string RunId, FoundColumn Column);
}

/// <summary>A complete run that belongs into a table.</summary>
/// <param name="Planned">The run of the benchmark that it is, or would be with what is there now.</param>
/// <param name="RunId">Its id.</param>
/// <param name="Report">Its report.</param>
/// <param name="Column">The column of its winner.</param>
internal sealed record CompletedRun(PlannedRun Planned, string RunId, RunReport Report, FoundColumn Column);
