using Ipo.Optimization.Proof;

namespace Ipo.Orchestrator.Reports.Text;

/// <summary>What a verdict rests on, for a person.</summary>
internal static class VerdictGroundSentences
{
    public static string Of(VerdictGround ground) => ground switch
    {
        VerdictGround.BaselineStays => "Nothing beat the baseline, so the baseline is the winner.",
        VerdictGround.TestImages => "Exact McNemar test on the test images, which took no part in the search or the choice.",
        VerdictGround.ValidationImages =>
            "Exact McNemar test on the validation images, which chose the winner, adjusted for all finalists by Holm's procedure; there "
                + "are no test images.",
        VerdictGround.FoldedSearchImages =>
            "Permutation test of cross-validated choices on search images that they did not see; there are no test images.",
        VerdictGround.SearchImages => "There are no images that the search did not look at, so nothing can be said.",
        _ => throw new ArgumentOutOfRangeException(nameof(ground), ground, null),
    };
}
