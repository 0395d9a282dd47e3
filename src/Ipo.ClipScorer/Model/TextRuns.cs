namespace Ipo.ClipScorer.Model;

/// <summary>Which texts go through the text tower together.</summary>
internal static class TextRuns
{
    // Fewer rows than that cost a quarter more each.
    private const int FewestRows = 64;

    /// <param name="texts">The ids of each, behind what all share.</param>
    /// <param name="device">Where they run.</param>
    /// <returns>For each run its texts, as indices; the largest run first.</returns>
    public static IReadOnlyList<int[]> Of(IReadOnlyList<int[]> texts, ExecutionDevice device)
    {
        var all = Enumerable.Range(0, texts.Count);
        if (device.PadsTexts) return [.. Padded([.. all.OrderByDescending(text => texts[text].Length)], texts, device.RowsPerRun)];
        // Enough runs for every thread, as long as each keeps rows enough to be worth it.
        var rows = Math.Clamp(texts.Sum(text => text.Length) / device.TextRunsAtOnce, Math.Min(FewestRows, device.RowsPerRun), device.RowsPerRun);
        return [.. all.GroupBy(text => texts[text].Length).SelectMany(bucket => Parts([.. bucket], bucket.Key, rows)).OrderByDescending(run => run.Length * texts[run[0]].Length)];
    }

    // Texts of one length, in parts of about equal size and of about so many rows.
    private static IEnumerable<int[]> Parts(int[] bucket, int length, int rows)
    {
        var parts = Math.Clamp((int)Math.Round((double)bucket.Length * length / rows), 1, bucket.Length);
        return bucket.Chunk((bucket.Length + parts - 1) / parts);
    }

    // The longest first, so many that the rows fit when all are padded to the first.
    private static IEnumerable<int[]> Padded(int[] ordered, IReadOnlyList<int[]> texts, int rows)
    {
        for (var from = 0; from < ordered.Length;)
        {
            var run = ordered[from..Math.Min(ordered.Length, from + Math.Max(1, rows / texts[ordered[from]].Length))];
            from += run.Length;
            yield return run;
        }
    }
}
