using Ipo.Optimization.Statistics;

namespace Ipo.Optimization.Proof;

/// <summary>A winner beside the baseline on a checkpoint that it was not searched on.</summary>
/// <param name="Comparison">Both in pairs on the same images.</param>
/// <param name="HolmP">The McNemar p-value adjusted for all checkpoints that are looked at together, in 0..1.</param>
public sealed record Travel(PairedComparison Comparison, double HolmP)
{
    /// <summary>What that says: of several checkpoints one shows a difference by chance more easily than one
    /// does.</summary>
    public Judgement Judgement => Comparison.Judge(HolmP);

    /// <summary>Judges several checkpoints together, by Holm's procedure.</summary>
    /// <param name="comparisons">Winner and baseline on each of them.</param>
    public static IReadOnlyList<Travel> Of(IReadOnlyList<PairedComparison> comparisons) =>
        [.. comparisons.Zip(Holm.Adjust([.. comparisons.Select(one => one.McNemar)]), (one, p) => new Travel(one, p))];
}
