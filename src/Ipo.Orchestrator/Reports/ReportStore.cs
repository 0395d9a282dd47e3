using Ipo.Optimization.Choosing;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Report;
using Ipo.Optimization.State;
using Ipo.Orchestrator.Datasets;
using Ipo.Orchestrator.Errors;
using Ipo.Orchestrator.Runs;

namespace Ipo.Orchestrator.Reports;

/// <summary>Finds what a report is made of. Reports themselves are not kept: the journal says all that they
/// do.</summary>
internal sealed class ReportStore(RunStore store, DatasetStore datasets, RejectedImages rejected)
{
    /// <exception cref="RefusedException">There is no such run, or it is not complete.</exception>
    public async Task<StoredReport> GetAsync(string runId, CancellationToken cancellation)
    {
        var run = (await store.GetAsync(runId, cancellation)).State;
        if (run.Status != RunStatus.Completed)
            throw RefusedException.Forbidden(
                $"Run '{runId}' is {run.Status.ToString().ToLowerInvariant()} after {run.StepsCompleted} of {run.Settings.Steps} steps; a "
                    + $"winner exists once it is completed. 'ipo report {runId}', and 'ipo export {runId}' with --format candidates or "
                    + "search, say what it has so far.");
        var prepared = run.Prepared!;
        var dataset = datasets.Find(run.Settings.Dataset, prepared.DatasetDigest)
            ?? throw RefusedException.Forbidden(
                $"Dataset '{run.Settings.Dataset}' as it stood in run '{runId}' (digest {prepared.DatasetDigest[..12]}) is not in this "
                    + "database; register it again.");
        return StoredReport.Of(run, dataset, rejected.Reasons(prepared.Model.PreprocessingVersion));
    }

    /// <summary>What the search of a run in any state has found.</summary>
    /// <exception cref="RefusedException">There is no such run.</exception>
    public async Task<SearchReport> GetSearchAsync(string runId, CancellationToken cancellation) =>
        SearchReport.SoFar((await store.GetAsync(runId, cancellation)).State);

    /// <summary>The report of the run that was started last among the completed ones.</summary>
    /// <exception cref="RefusedException">No run is completed yet.</exception>
    public async Task<StoredReport> GetLatestAsync(CancellationToken cancellation)
    {
        var newest = (await store.ListAsync(cancellation)).FirstOrDefault(run => run.Status == RunStatus.Completed)
            ?? throw RefusedException.NotFound("run", "latest", "No run is completed yet.");
        return await GetAsync(newest.RunId, cancellation);
    }
}

/// <summary>A report beside the dataset that it is of.</summary>
/// <param name="Report">The report.</param>
/// <param name="Dataset">The dataset, as it stood when the run was prepared.</param>
internal sealed record StoredReport(RunReport Report, Dataset Dataset)
{
    /// <summary>Makes the report of a completed run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="dataset">Its dataset, as it stood when the run was prepared.</param>
    /// <param name="unreadable">Why the scorer rejected images, by digest.</param>
    public static StoredReport Of(RunState run, Dataset dataset, IReadOnlyDictionary<string, string> unreadable) =>
        new(RunReport.Of(run, Facts(dataset, run.Prepared!, unreadable)), dataset);

    private static ReportedDataset Facts(Dataset dataset, RunPrepared prepared, IReadOnlyDictionary<string, string> unreadable)
    {
        // As they were scored: those that the scorer could not read were left out.
        var selection = LabelledImages.Of(dataset, prepared, Finalists.SelectionPart(prepared)).Images
            .Where(image => !unreadable.ContainsKey(image.Sha256));
        int Count(DatasetSplit split) => dataset.Of(split).Count();
        return new(
            dataset.Name, dataset.Layout, dataset.Digest, dataset.ClassNames,
            new(Count(DatasetSplit.Train), Count(DatasetSplit.Validation), Count(DatasetSplit.Test)), dataset.Warnings,
            dataset.Images.ToDictionary(image => image.Sha256, Fact), [.. selection.Select(Fact)],
            [
                .. dataset.Images.Where(image => unreadable.ContainsKey(image.Sha256))
                    .Select(image => new UnreadableImage(image.Path, unreadable[image.Sha256])),
            ]);
    }

    private static ReportedImage Fact(DatasetImage image) => new(image.Path, image.Label);
}
