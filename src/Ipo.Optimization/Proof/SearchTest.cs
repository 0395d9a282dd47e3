using Ipo.Optimization.State;
using Ipo.Optimization.Statistics;
using Ipo.Optimization.Templates;

namespace Ipo.Optimization.Proof;

/// <summary>Whether a search as a whole found more than chance offers the best of so many.</summary>
/// <param name="Templates">Templates that were tried beside the baseline.</param>
/// <param name="LargestGain">The largest gain in accuracy over the baseline on the search images.</param>
/// <param name="P">One-sided p-value of that gain as the largest of all (<see cref="BestOfMany"/>).</param>
public sealed record SearchTest(int Templates, double LargestGain, double P)
{
    /// <summary>The test of a run, or null where its outcomes were not kept.</summary>
    public static SearchTest? Of(RunState run)
    {
        if (run.Baseline?.Outcomes is not { } baseline) return null;
        var others = run.Scored.Where(prompt => prompt != run.Baseline).Select(prompt => prompt.Outcomes).OfType<ImageOutcomes>().ToList();
        if (others.Count == 0) return null;
        return new(
            others.Count,
            (double)(others.Max(other => other.Right) - baseline.Right) / baseline.Images,
            BestOfMany.PValue(baseline.Correct, [.. others.Select(other => other.Correct)], Seeds.Draw(run.Settings.Seed, Seeds.Exchange)));
    }
}
