using Ipo.Orchestrator.Errors;

namespace Ipo.Orchestrator.Datasets;

/// <summary>The ids of the runs of a dataset, in whatever state. Runs stand above datasets, so whoever puts the
/// orchestrator together says how they are found.</summary>
internal delegate Task<IReadOnlyList<string>> RunsOfDataset(string name, CancellationToken cancellation);

/// <summary>Deletes what Ipo keeps of a dataset: its record, the digests of its files, and what it unpacked of a zip. A
/// person's own files are never touched, and the looks at its test images stay counted.</summary>
internal sealed class DatasetDeletion(
    DatasetStore store, ZipFiles zips, UploadedFolders uploads, RunsOfDataset runsOf, DatasetGate gate)
{
    /// <param name="name">The dataset.</param>
    /// <param name="allowMissing">Whether one that is not there is as good as deleted.</param>
    /// <param name="cancellation">Gives it up.</param>
    /// <exception cref="RefusedException">There is no such dataset, or runs use it.</exception>
    public async Task DeleteAsync(string name, bool allowMissing, CancellationToken cancellation)
    {
        using var turn = await gate.EnterAsync(cancellation);
        if (allowMissing && store.Find(name) is null) return;
        store.Get(name);
        var runs = await runsOf(name, cancellation);
        if (runs.Count > 0)
            throw RefusedException.Forbidden(
                $"{(runs.Count == 1 ? "The run" : "The runs")} {FileList.Summarize(runs)} {(runs.Count == 1 ? "uses" : "use")} the dataset "
                    + $"'{name}'. Delete {(runs.Count == 1 ? "it" : "them")} first (on the command line with: ipo runs delete RUN).");
        var folders = store.Delete(name);
        foreach (var folder in folders)
        {
            zips.Forget(folder, store.IsFolderInUse);
            uploads.Forget(folder, store.IsFolderInUse);
        }
    }
}
