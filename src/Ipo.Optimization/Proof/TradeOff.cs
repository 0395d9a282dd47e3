using Ipo.Optimization.Choosing;
using Ipo.Optimization.Facts;
using Ipo.Optimization.State;
using Ipo.Optimization.Statistics;
using Ipo.Optimization.Templates;

namespace Ipo.Optimization.Proof;

/// <summary>What a finalist offers, as far as it is known without test images.</summary>
/// <param name="Template">The finalist.</param>
/// <param name="Accuracy">Accuracy on the selection images, in 0..1.</param>
/// <param name="HeldOutClasses"> Accuracy on both halves of the classes, each told apart among its own names as novel
/// classes are, in 0..1; null where there are too few classes for halves, or one half has no selection image.
/// </param>
/// <param name="WorstClass">Accuracy on the class that it classifies worst, in 0..1.</param>
/// <param name="Tokens">Tokens of the longest prompt, summed over the templates of an ensemble.</param>
/// <param name="CalibrationError">Expected calibration error on the selection images, in 0..1.</param>
public sealed record TradeOff(
    PromptSet Template, double Accuracy, double? HeldOutClasses, double WorstClass, int Tokens, double CalibrationError)
{
    /// <summary>Whether it is among <see cref="Front"/> of its run.</summary>
    public bool OnFront { get; init; }

    /// <summary>The finalists of a run, the baseline first; empty where no held-out images chose, or an older version
    /// evaluated them.</summary>
    public static IReadOnlyList<TradeOff> All(RunState run)
    {
        if (run.Chosen is null) return [];
        var part = Finalists.SelectionPart(run.Prepared!);
        PromptSet[] shortened = Shortening.Of(run)?.Shortened is { } winner ? [winner.Template] : [];
        var all = Finalists.Sets(run).Union(shortened).Select(set => Of(run, set, part)).OfType<TradeOff>().ToList();
        var front = Front(all);
        return [.. all.Select(one => one with { OnFront = front.Contains(one) })];
    }

    /// <summary>Those of which no other is as good in everything and better in something; shorter and better calibrated
    /// is better.</summary>
    public static IReadOnlyList<TradeOff> Front(IReadOnlyList<TradeOff> all) =>
        ParetoFront.Of(all, one => [one.Accuracy, one.HeldOutClasses ?? 0, one.WorstClass, -one.Tokens, -one.CalibrationError]);

    private static TradeOff? Of(RunState run, PromptSet set, DatasetPart part)
    {
        if (run.EvaluationOf(set.Text, part) is not { Tokens: { } tokens, CalibrationError: { } error } done) return null;
        var halves = new[] { DatasetPart.EvenClasses, DatasetPart.OddClasses }.Select(half => run.OutcomesOf(set.Text, half))
            .OfType<ImageOutcomes>().ToList();
        return new(
            set, done.Accuracy, halves.Count == 2 ? (double)halves.Sum(half => half.Right) / halves.Sum(half => half.Images) : null,
            done.ClassImages.Zip(done.ClassCorrect).Where(one => one.First > 0).Min(one => (double)one.Second / one.First), tokens, error);
    }
}
