using Ipo.Optimization.Facts;
using Ipo.Optimization.State;

namespace Ipo.Optimization.Report;

/// <summary>Images of held-out parts that look like one of an earlier part.</summary>
/// <param name="Images">How many there are.</param>
/// <param name="Nearest">The most similar pairs, the most similar first.</param>
public sealed record ReportedDuplicates(int Images, IReadOnlyList<ReportedPair> Nearest)
{
    internal static ReportedDuplicates? Of(RunState run, ReportedDataset dataset) => run.Duplicates is not { } found ? null : new(
        found.Images,
        [.. found.Nearest.Select(pair => new ReportedPair(pair, dataset.Images[pair.Image].Path, dataset.Images[pair.Other].Path))]);
}

/// <summary>Two images that look the same.</summary>
/// <param name="Pair">The two.</param>
/// <param name="Path">File of the held-out one.</param>
/// <param name="OtherPath">File of the one that it looks like.</param>
public sealed record ReportedPair(DuplicatePair Pair, string Path, string OtherPath);
