using Ipo.Optimization.Choosing;
using Ipo.Optimization.State;
using Ipo.Optimization.Templates;

namespace Ipo.Optimization.Report;

/// <summary>What was left out of a winner as worth nothing, and what that cost on the selection images.</summary>
/// <param name="Whole">The winner as it was chosen.</param>
/// <param name="Removed">What was left out, cut by cut; empty where every cut costs too much.</param>
/// <param name="ImagesGained">Images that are classified rightly without it and were not with it, less those the other way
/// round; never below 0.</param>
/// <param name="Images">Number of images.</param>
/// <param name="LossAdded">Mean cross-entropy in nats that was added; below 0 where the loss fell.</param>
/// <param name="CutsTried">Shorter templates that were compared on the way.</param>
public sealed record ReportedShortening(
    PromptSet Whole, IReadOnlyList<string> Removed, int ImagesGained, int Images, double LossAdded, int CutsTried)
{
    internal static ReportedShortening? Of(RunState run)
    {
        if (Shortening.Of(run) is not { Compared.Count: > 0 } shortening) return null;
        var (before, after) = (shortening.Steps[0].Outcomes, shortening.Steps[^1].Outcomes);
        return new(
            shortening.Whole, shortening.Removed, after.Right - before.Right, after.Images, after.Loss - before.Loss,
            shortening.Compared.Count);
    }
}
