using Ipo.ClipScorer.Devices;

namespace Ipo.ClipScorer.Towers;

/// <summary>Which texts go through a text tower together. A run is its texts, as indices.</summary>
internal static class TextBatches
{
    // Fewer rows than that cost a quarter more each.
    private const int FewestRows = 64;

    /// <summary>Runs of texts of one length, in parts of about equal size; the largest first.</summary>
    /// <param name="texts">The ids of each, behind what all share.</param>
    /// <param name="device">Where they run.</param>
    public static IReadOnlyList<int[]> OfOneLength(IReadOnlyList<int[]> texts, ExecutionDevice device)
    {
        // Enough runs for every thread, as long as each keeps rows enough to be worth it.
        var rows = Math.Clamp(texts.Sum(text => text.Length) / device.RunsAtOnce,
            Math.Min(FewestRows, device.RowsPerRun), device.RowsPerRun);
        return
        [
            .. Enumerable.Range(0, texts.Count).GroupBy(text => texts[text].Length)
                .SelectMany(bucket => Parts([.. bucket], bucket.Key, rows))
                .OrderByDescending(run => run.Length * texts[run[0]].Length),
        ];
    }

    private static IEnumerable<int[]> Parts(int[] bucket, int length, int rows)
    {
        var parts = Math.Clamp((int)Math.Round((double)bucket.Length * length / rows), 1, bucket.Length);
        return bucket.Chunk((bucket.Length + parts - 1) / parts);
    }
}
