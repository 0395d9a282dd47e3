using Ipo.V1;

namespace Ipo.Cli.Output;

/// <summary>Accuracies with their 95 % intervals as bars on one scale, so that a person sees whether they overlap.</summary>
internal static class IntervalPicture
{
    /// <summary>Columns of a name with the gap behind it.</summary>
    public const int NameColumns = 12;

    private const int ShortestScale = 20, LongestScale = 60;

    /// <summary>A line for each score and, below them, the scale's two ends; nothing on a screen too narrow for it.</summary>
    /// <param name="scores">What is shown, with a name of at most ten columns.</param>
    /// <param name="width">Columns that there are.</param>
    public static IReadOnlyList<string> Lines(IReadOnlyList<(string Name, SplitScore Score)> scores, int width)
    {
        var columns = Math.Min(width - NameColumns, LongestScale);
        if (columns < ShortestScale || scores.Count == 0) return [];
        var (from, to) = (scores.Min(shown => shown.Score.AccuracyLow), scores.Max(shown => shown.Score.AccuracyHigh));
        var (low, high) = (Amounts.Percent(from), Amounts.Percent(to));
        return
        [
            .. scores.Select(shown => ScreenText.Pad(shown.Name, NameColumns) + Bar(shown.Score, from, to, columns)),
            new string(' ', NameColumns) + low + high.PadLeft(columns - low.Length),
        ];
    }

    private static string Bar(SplitScore score, double from, double to, int columns)
    {
        var (low, point, high) = (At(score.AccuracyLow), At(score.Accuracy), At(score.AccuracyHigh));
        var bar = new char[high + 1];
        Array.Fill(bar, ' ', 0, low);
        Array.Fill(bar, '─', low, high + 1 - low);
        (bar[low], bar[high]) = ('├', '┤');
        bar[point] = '●'; // last: of an interval narrower than a column the point is what matters
        return new(bar);

        int At(double accuracy) => to <= from ? 0 : (int)Math.Round((accuracy - from) / (to - from) * (columns - 1));
    }
}
