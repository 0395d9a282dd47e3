using Ipo.Optimization.Choosing;
using Ipo.Optimization.Facts;
using Ipo.Optimization.State;
using Ipo.Optimization.Statistics;
using Ipo.Optimization.Templates;

namespace Ipo.Optimization.Report;

/// <summary>A score on one part of a dataset.</summary>
/// <param name="Accuracy">Accuracy in 0..1.</param>
/// <param name="Interval">Wilson 95 % interval of the accuracy.</param>
/// <param name="Loss">Mean cross-entropy in nats.</param>
/// <param name="Images">Number of images.</param>
/// <param name="Classes">Number of classes.</param>
/// <param name="CalibrationError">Expected calibration error in 0..1; null where it was not measured.</param>
public sealed record PartScore(double Accuracy, Interval Interval, double Loss, int Images, int Classes, double? CalibrationError = null)
{
    /// <summary>A score from what a scorer counted.</summary>
    /// <param name="accuracy">Accuracy in 0..1.</param>
    /// <param name="loss">Mean cross-entropy in nats.</param>
    /// <param name="classImages">Images of each class.</param>
    /// <param name="classCorrect">Images of each class classified rightly.</param>
    /// <param name="calibrationError">Expected calibration error in 0..1; null where it was not measured.</param>
    public static PartScore Of(
        double accuracy, double loss, IReadOnlyList<int> classImages, IReadOnlyList<int> classCorrect, double? calibrationError = null)
    {
        var images = classImages.Sum();
        return new(
            accuracy, images == 0 ? new(0, 1) : Proportion.Wilson(classCorrect.Sum(), images), loss, images, classImages.Count,
            calibrationError);
    }

    /// <summary>The score of a set on a part; null where it was not evaluated there.</summary>
    internal static PartScore? Of(RunState run, PromptSet set, DatasetPart part) => run.EvaluationOf(set.Text, part) is { } done
        ? Of(done.Accuracy, done.Loss, done.ClassImages, done.ClassCorrect, done.CalibrationError)
        : null;

    /// <summary>Two sets in pairs; null where one of them was not evaluated on the part.</summary>
    internal static PairedComparison? Compare(RunState run, PromptSet winner, PromptSet baseline, DatasetPart part)
    {
        if (run.EvaluationOf(winner.Text, part) is not { } a || run.EvaluationOf(baseline.Text, part) is not { } b) return null;
        if (a.Correct.Length != b.Correct.Length)
            throw new InvalidDataException($"Run {run.RunId} evaluated winner and baseline on different images of {part}.");
        return PairedComparison.Of(a.Correct, b.Correct, run.Settings.Seed);
    }
}

/// <summary>A template, or several as one classifier, on every part.</summary>
/// <param name="PromptSet">The template or the set.</param>
/// <param name="Search">On the search images; null where it was not evaluated on a part, or the dataset has
/// none.</param>
/// <param name="Validation">On the validation images.</param>
/// <param name="TestBase">On the test images of the classes searched on.</param>
/// <param name="TestNovel">On the test images of novel classes.</param>
public sealed record SetEvaluation(PromptSet PromptSet, PartScore? Search, PartScore? Validation, PartScore? TestBase, PartScore? TestNovel)
{
    /// <summary>Harmonic mean of both test accuracies in 0..1; 0 where there are no novel classes.</summary>
    public double HarmonicMean =>
        TestBase is { } onBase && TestNovel is { } onNovel ? Proportion.HarmonicMean(onBase.Accuracy, onNovel.Accuracy) : 0;

    internal static SetEvaluation Of(RunState run, PromptSet set)
    {
        PartScore? On(DatasetPart part) => PartScore.Of(run, set, part);
        return new(set, On(DatasetPart.Search), On(DatasetPart.Validation), On(DatasetPart.TestBase), On(DatasetPart.TestNovel));
    }
}

/// <summary>A finalist with its score on the selection images.</summary>
/// <param name="Finalist">The finalist beside the baseline.</param>
/// <param name="Score">Its score.</param>
public sealed record ReportedFinalist(Finalist Finalist, PartScore Score)
{
    internal static ReportedFinalist Of(RunState run, Finalist finalist) =>
        new(finalist, PartScore.Of(run, finalist.Template, Finalists.SelectionPart(run.Prepared!))!);
}
