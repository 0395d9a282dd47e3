using Ipo.Optimization.Explanations;
using Ipo.Optimization.State;

namespace Ipo.Optimization.Report;

/// <summary>Why a winner wins, with what names its labels and places.</summary>
/// <param name="Why">The explanation.</param>
/// <param name="ClassNames">Names of the classes by label.</param>
/// <param name="Images">The images by place.</param>
public sealed record ReportedExplanation(Explanation Why, IReadOnlyList<string> ClassNames, IReadOnlyList<ReportedImage> Images)
{
    internal static ReportedExplanation? Of(RunState run, ReportedDataset dataset) =>
        Explanation.Of(run) is { } why ? new(why, run.Prepared!.ClassNames, dataset.SelectionImages) : null;

    /// <summary>Name of a class; null where the class was not kept.</summary>
    public string? NameOf(int? label) => label is { } known ? ClassNames[known] : null;
}
