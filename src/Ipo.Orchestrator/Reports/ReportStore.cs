using Ipo.Orchestrator.Errors;
using Ipo.Optimization.State;
using Ipo.Orchestrator.Datasets;
using Ipo.Orchestrator.Runs;

namespace Ipo.Orchestrator.Reports;

/// <summary>Finds what a report is made of. Reports themselves are not kept: the journal says all that they do.</summary>
internal sealed class ReportStore(RunStore store, DatasetStore datasets, RejectedImages rejected)
{
    /// <exception cref="RefusedException">There is no such run, or it is not complete.</exception>
    public async Task<V1.RunReport> GetAsync(string runId, CancellationToken cancellation)
    {
        var view = await store.GetAsync(runId, cancellation);
        var run = view.State;
        if (run.Status != RunStatus.Completed)
            throw RefusedException.Forbidden(
                $"Run '{runId}' is {run.Status.ToString().ToLowerInvariant()} after {run.StepsCompleted} of {run.Settings.Steps} steps; a "
                    + "report exists once it is completed.");
        var prepared = run.Prepared!;
        var dataset = datasets.Find(run.Settings.Dataset, prepared.DatasetDigest)
            ?? throw RefusedException.Forbidden(
                $"Dataset '{run.Settings.Dataset}' as it stood in run '{runId}' (digest {prepared.DatasetDigest[..12]}) is not in this "
                    + "database; register it again.");
        return RunReports.Of(view, dataset, rejected.Reasons(prepared.Model.PreprocessingVersion));
    }

    /// <summary>The report of the run that was started last among the completed ones.</summary>
    /// <exception cref="RefusedException">No run is completed yet.</exception>
    public async Task<V1.RunReport> GetLatestAsync(CancellationToken cancellation)
    {
        var newest = (await store.ListAsync(cancellation)).FirstOrDefault(view => view.State.Status == RunStatus.Completed)
            ?? throw RefusedException.NotFound("run", "latest", "No run is completed yet.");
        return await GetAsync(newest.State.RunId, cancellation);
    }
}
