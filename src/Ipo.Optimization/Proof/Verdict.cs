using Ipo.Optimization.Choosing;
using Ipo.Optimization.Statistics;

namespace Ipo.Optimization.Proof;

/// <summary>What a run may say of its winner, and on what ground.</summary>
/// <param name="Judgement">Better, same or worse than the baseline.</param>
/// <param name="Ground">What it rests on.</param>
public sealed record Verdict(Judgement Judgement, VerdictGround Ground)
{
    /// <summary>A search without one candidate that could be scored says nothing of the baseline.</summary>
    public static Verdict OfNothing { get; } = new(Judgement.Same, VerdictGround.NothingScored);

    /// <summary>Judges a winner. Sealed test images decide where there are any: they saw one template, so one test is
    /// enough. Without them the selection images have to do, and the winner's p-value pays for every finalist (Holm),
    /// or comes from choices on images that these did not see.
    /// </summary>
    /// <param name="baselineStays">Whether the winner is the baseline itself.</param>
    /// <param name="test">Winner and baseline on the test images; null without any.</param>
    /// <param name="winner">The winner among the finalists; null where held-out images chose none.</param>
    /// <param name="folded">The folds' choices; null where there were no folds.</param>
    public static Verdict Of(bool baselineStays, PairedComparison? test, Finalist? winner, FoldedGain? folded)
    {
        if (baselineStays) return new(Judgement.Same, VerdictGround.BaselineStays);
        if (test is not null) return new(test.Judgement, VerdictGround.TestImages);
        if (folded is not null) return new(folded.Judgement, VerdictGround.FoldedSearchImages);
        if (winner is { Comparison: { } comparison, HolmP: { } p }) return new(comparison.Judge(p), VerdictGround.ValidationImages);
        return new(Judgement.Same, VerdictGround.SearchImages);
    }
}

/// <summary>What a verdict rests on.</summary>
public enum VerdictGround
{
    /// <summary>Nothing beat the baseline, so the baseline is the winner.</summary>
    BaselineStays,

    /// <summary>Not one candidate could be scored, so there was nothing to compare with the baseline.</summary>
    NothingScored,

    /// <summary>Test images that nothing looked at before the winner was chosen.</summary>
    TestImages,

    /// <summary>The validation images that chose it, adjusted for all finalists.</summary>
    ValidationImages,

    /// <summary>Search images, each judged by a choice that did not see it.</summary>
    FoldedSearchImages,

    /// <summary>Only the search images that the search itself looked at: no ground for a verdict.</summary>
    SearchImages,
}
