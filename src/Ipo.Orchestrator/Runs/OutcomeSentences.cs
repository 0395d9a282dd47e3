using System.Globalization;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Proof;
using Ipo.Optimization.Report;

namespace Ipo.Orchestrator.Runs;

/// <summary>What a verdict rests on and what to do with it, for a person.</summary>
internal static class OutcomeSentences
{
    public static string Of(VerdictGround ground) => ground switch
    {
        VerdictGround.BaselineStays => "No template beat the baseline, so the baseline stays.",
        VerdictGround.NothingScored => "No candidate could be scored, so nothing was compared with the baseline and nothing can be said.",
        VerdictGround.TestImages => "Exact McNemar test on the test images, which took no part in the search or the choice.",
        VerdictGround.ValidationImages =>
            "Exact McNemar test on the validation images, which chose the winner, adjusted for all finalists by Holm's procedure; there "
                + "are no test images.",
        VerdictGround.FoldedSearchImages =>
            "Permutation test of cross-validated choices on search images that they did not see; there are no test images.",
        VerdictGround.SearchImages => "There are no images that the search did not look at, so nothing can be said.",
        _ => throw new ArgumentOutOfRangeException(nameof(ground), ground, null),
    };

    public static string Advice(RunOutcome outcome) => outcome.Advice.Kind switch
    {
        AdviceKind.UseWinner => "Use the winner.",
        AdviceKind.UseWinnerForSearchedClasses => string.Create(
            CultureInfo.InvariantCulture,
            $"Use the winner for the {outcome.SearchedClasses} classes searched on; on the other "
                + $"{outcome.DatasetClasses - outcome.SearchedClasses} it is worse than the baseline."),
        AdviceKind.CheckProposer =>
            "Look at the proposer and its model: not one candidate could be scored. The report says how often, why and shows one.",
        AdviceKind.KeepBaseline when outcome.BaselineStays => "Keep the baseline: the search found nothing better.",
        AdviceKind.KeepBaseline => "Keep the baseline: what the search chose is worse on images that it did not see.",
        AdviceKind.GatherImages => "Keep the baseline for now: " + Gather(outcome),
        var other => throw new ArgumentOutOfRangeException(nameof(outcome), other, null),
    };

    private static string Gather(RunOutcome outcome)
    {
        if (outcome.Verdict.Ground == VerdictGround.SearchImages)
            return "the best prompt found was scored only on images that the search used. Add test images to judge it.";
        var images = outcome.Part.IsTest() ? "test images" : "images";
        var seen = outcome.WinnerScore?.Images ?? 0;
        return outcome.Advice.ImagesNeeded is var needed and > 0 && needed > seen && outcome.Comparison?.Difference > 0
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{seen:N0} {images} cannot tell the two apart. If the difference is real, about {needed:N0} would show it.")
            : string.Create(CultureInfo.InvariantCulture, $"{seen:N0} {images} show no gain.");
    }
}
