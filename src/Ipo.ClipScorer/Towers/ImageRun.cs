namespace Ipo.ClipScorer.Towers;

/// <summary>Images that follow one another and go through the vision tower together.</summary>
internal readonly record struct ImageRun(int First, int Count)
{
    /// <summary>Runs of one size, as many for each thread.</summary>
    /// <param name="images">Images in all.</param>
    /// <param name="most">Most images of a run.</param>
    /// <param name="atOnce">Runs that go side by side.</param>
    public static IReadOnlyList<ImageRun> Of(int images, int most, int atOnce)
    {
        var parts = Math.Max(1, (images + most * atOnce - 1) / (most * atOnce)) * atOnce;
        var size = (images + parts - 1) / parts;
        var runs = new List<ImageRun>();
        for (var first = 0; first < images; first += size) runs.Add(new(first, Math.Min(size, images - first)));
        return runs;
    }
}
