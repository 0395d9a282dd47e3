using Ipo.Optimization.Choosing;
using Ipo.Optimization.Facts;
using Ipo.Optimization.State;
using Ipo.Optimization.Statistics;
using Ipo.Optimization.Templates;

namespace Ipo.Optimization.Explanations;

/// <summary>Why a winner wins, on the selection images.</summary>
/// <param name="Part">Those images.</param>
/// <param name="Variations">The winner without a word or phrase, and templates of random words, beside the
/// winner.</param>
/// <param name="Classes">Classes whose number of rightly classified images changed, the largest change first.</param>
/// <param name="Confusions">Pairs of classes that are taken for each other more or less often, the largest change
/// first.</param>
/// <param name="Flips">Images that one of winner and baseline classifies rightly and the other does not, in scoring
/// order.</param>
/// <param name="Lineage">The winner's line, the first ancestor first.</param>
public sealed record Explanation(
    DatasetPart Part,
    IReadOnlyList<VariationEffect> Variations,
    IReadOnlyList<ClassChange> Classes,
    IReadOnlyList<ConfusionChange> Confusions,
    IReadOnlyList<Flip> Flips,
    IReadOnlyList<ScoredPrompt> Lineage)
{
    /// <summary>The explanation of a complete run, or null where it has none: the preset asks for none, or the baseline
    /// stays.</summary>
    public static Explanation? Of(RunState run)
    {
        if (!run.Settings.Explains || run.Winner is not { } text || text == PromptTemplate.Baseline.Text) return null;
        var part = Finalists.SelectionPart(run.Prepared!);
        if (run.EvaluationOf(text, part) is not { } winner || run.EvaluationOf(PromptTemplate.Baseline.Text, part) is not { } baseline)
            return null;

        var effects = Explanations.Variations.Of(run)
            .Select(variation => run.EvaluationOf(variation.Template.Text, part) is { } done
                ? new VariationEffect(
                    variation, (double)done.Correct.AsSpan().Count('1') / done.Correct.Length,
                    PairedComparison.Of(winner.Correct, done.Correct, run.Settings.Seed))
                : null)
            .OfType<VariationEffect>();
        return new(
            part, [.. effects], ClassChange.Between(baseline, winner), ConfusionChange.Between(baseline, winner),
            Flip.Between(baseline, winner),
            Explanations.Lineage.Of(run));
    }
}

/// <summary>What a variation does to the winner.</summary>
/// <param name="Variation">The variation.</param>
/// <param name="Accuracy">Its accuracy.</param>
/// <param name="Effect">The winner beside it: what the words that are gone are worth.</param>
public sealed record VariationEffect(Variation Variation, double Accuracy, PairedComparison Effect);

/// <summary>A class whose images are classified otherwise.</summary>
/// <param name="Label">The class.</param>
/// <param name="Images">Its images.</param>
/// <param name="Before">Classified rightly with the baseline.</param>
/// <param name="After">Classified rightly with the winner.</param>
public sealed record ClassChange(int Label, int Images, int Before, int After)
{
    internal static IReadOnlyList<ClassChange> Between(TemplateEvaluated baseline, TemplateEvaluated winner) =>
    [
        .. winner.ClassImages
            .Select((images, label) => new ClassChange(label, images, baseline.ClassCorrect[label], winner.ClassCorrect[label]))
            .Where(change => change.Before != change.After)
            .OrderByDescending(change => Math.Abs(change.After - change.Before)),
    ];
}

/// <summary>Images of one class taken for another.</summary>
/// <param name="Label">Their class.</param>
/// <param name="TakenFor">The class they are taken for.</param>
/// <param name="Before">How many with the baseline.</param>
/// <param name="After">How many with the winner.</param>
public sealed record ConfusionChange(int Label, int TakenFor, int Before, int After)
{
    internal static IReadOnlyList<ConfusionChange> Between(TemplateEvaluated baseline, TemplateEvaluated winner)
    {
        if (baseline.Predicted is null || winner.Predicted is null) return [];
        var labels = Labels(winner);
        var before = Confused(labels, baseline.Predicted);
        var after = Confused(labels, winner.Predicted);
        return
        [
            .. before.Keys.Union(after.Keys)
                .Select(pair =>
                    new ConfusionChange(pair.Label, pair.TakenFor, before.GetValueOrDefault(pair), after.GetValueOrDefault(pair)))
                .Where(change => change.Before != change.After)
                .OrderByDescending(change => Math.Abs(change.After - change.Before))
                .ThenBy(change => change.Label).ThenBy(change => change.TakenFor),
        ];
    }

    // Images are scored in the order of their classes.
    private static List<int> Labels(TemplateEvaluated evaluated) =>
        [.. evaluated.ClassImages.SelectMany((images, label) => Enumerable.Repeat(label, images))];

    private static Dictionary<Pair, int> Confused(List<int> labels, IReadOnlyList<int> predicted) =>
        labels.Zip(predicted, (label, taken) => new Pair(label, taken))
            .Where(pair => pair.Label != pair.TakenFor)
            .CountBy(pair => pair)
            .ToDictionary();

    private readonly record struct Pair(int Label, int TakenFor);
}

/// <summary>An image that changed sides.</summary>
/// <param name="Image">Its place in the part's order.</param>
/// <param name="Gained">Whether the winner is the one that classifies it rightly.</param>
/// <param name="Before">The class that the baseline takes it for; null where it was not kept.</param>
/// <param name="After">The class that the winner takes it for; null where it was not kept.</param>
public sealed record Flip(int Image, bool Gained, int? Before, int? After)
{
    internal static IReadOnlyList<Flip> Between(TemplateEvaluated baseline, TemplateEvaluated winner) =>
    [
        .. Enumerable.Range(0, winner.Correct.Length)
            .Where(image => winner.Correct[image] != baseline.Correct[image])
            .Select(image => new Flip(image, winner.Correct[image] == '1', baseline.Predicted?[image], winner.Predicted?[image])),
    ];
}
