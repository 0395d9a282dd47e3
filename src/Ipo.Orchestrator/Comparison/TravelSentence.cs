using Ipo.Optimization.Statistics;
using Ipo.Orchestrator.Reports.Text;
using Ipo.Orchestrator.Runs;

namespace Ipo.Orchestrator.Comparison;

/// <summary>Whether a winner travels, as one sentence with each checkpoint's figures.</summary>
internal static class TravelSentence
{
    public static string Of(IReadOnlyList<ComparedCheckpoint> checkpoints, bool baselineStays)
    {
        if (baselineStays) return "The winner is the baseline itself, so nothing has to travel.";
        var others = checkpoints.Where(one => !one.IsRunsOwn).ToList();
        if (others.Count == 0) return "Only the run's own checkpoint was scored, which says nothing of travelling.";
        List<ComparedCheckpoint> Judged(Judgement judgement) => others.FindAll(one => one.Travel?.Judgement == judgement);
        var (better, worse) = (Judged(Judgement.Better), Judged(Judgement.Worse));
        var lead =
            better.Count == others.Count ? "The winner travels"
            : better.Count > 0 ? Figures.Invariant($"The winner travels to {better.Count} of {others.Count} other checkpoints")
            : worse.Count > 0 ? "The winner does not travel"
            : "Nothing shows that the winner travels";
        string[] parts =
        [
            .. Part("better on", better), .. Part("the same within chance on", Judged(Judgement.Same)), .. Part("worse on", worse),
            .. Part("not scored on", others.FindAll(one => one.Travel is null)),
        ];
        return $"{lead}: beside the baseline it is {string.Join(", ", parts)}.";
    }

    private static IEnumerable<string> Part(string how, List<ComparedCheckpoint> checkpoints) =>
        checkpoints.Count == 0 ? [] : [$"{how} {string.Join(" and ", checkpoints.Select(Named))}"];

    private static string Named(ComparedCheckpoint one)
    {
        var name = $"{one.Model.Name} {RunCheckpoint.Prefix(one.Model.Digest)}";
        return one.Travel is { Comparison: var comparison }
            ? $"{name} ({Figures.Points(comparison.Difference)} points, {Figures.Interval(comparison).Trim('(', ')')})"
            : name;
    }
}
