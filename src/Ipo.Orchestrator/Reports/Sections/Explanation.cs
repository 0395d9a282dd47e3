using System.Text;
using Ipo.Optimization.Explanations;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Report;
using Ipo.Optimization.Templates;
using Ipo.Orchestrator.Reports.Text;
using static Ipo.Orchestrator.Reports.Text.Figures;

namespace Ipo.Orchestrator.Reports.Sections;

/// <summary>Why the winner wins.</summary>
internal static class Explanation
{
    // The record holds all; a person reads the largest.
    private const int Shown = 8;
    private const int FlipsShown = 3;

    public static void Write(StringBuilder text, RunReport report)
    {
        if (report.Explanation is not { Why: var why } explained) return;
        Line(
            text,
            $"\n## Why it wins\n\nOn the {(why.Part == DatasetPart.Validation ? "validation" : "search")} images, winner and baseline in "
                + $"pairs. None of this looked at a test image.\n");
        Words(text, why.Variations);
        Classes(text, explained);
        Confusions(text, explained);
        Flips(text, explained);
        Lineage(text, why.Lineage);
    }

    private static void Words(StringBuilder text, IReadOnlyList<VariationEffect> variations)
    {
        var removed = variations.Where(one => one.Variation.Kind != VariationKind.RandomWords).ToList();
        var random = variations.Where(one => one.Variation.Kind == VariationKind.RandomWords).ToList();
        if (removed.Count > 0)
        {
            var parts = removed.Exists(one => one.Variation.Kind is VariationKind.Template or VariationKind.Sentences);
            Line(text, $"What its {(parts ? "parts" : "words")} are worth: the accuracy that is lost where one is taken out.\n");
            text.Append("| taken out | accuracy without it | worth in points | p |\n|---|---:|---:|---:|\n");
            foreach (var (variation, accuracy, effect) in removed.OrderByDescending(one => one.Effect.Difference))
                Line(
                    text,
                    $"| {Markdown.Code(variation.Removed)} | {Percent(accuracy)} | {Points(effect.Difference)} {Interval(effect)} | "
                        + $"{Bare(effect.McNemar)} |");
            text.Append('\n');
        }
        if (random.Count > 0) Random(text, random);
    }

    private static void Random(StringBuilder text, List<VariationEffect> controls)
    {
        var (least, most) = (controls.Min(one => one.Accuracy), controls.Max(one => one.Accuracy));
        var (from, to) = (controls.Min(one => one.Effect.Difference), controls.Max(one => one.Effect.Difference));
        Line(
            text,
            $"Random words in their place: {controls.Count} templates of the same length get {Percent(least)} to {Percent(most)}, so its "
                + $"words are worth {Points(from)} to {Points(to)} points.\n");
    }

    private static void Classes(StringBuilder text, ReportedExplanation explained)
    {
        var changes = explained.Why.Classes;
        if (changes.Count == 0) return;
        text.Append("| class | images | baseline right | winner right |\n|---|---:|---:|---:|\n");
        foreach (var change in changes.Take(Shown))
            Line(text, $"| {Name(explained, change.Label)} | {change.Images} | {change.Before} | {change.After} |");
        if (changes.Count > Shown) Line(text, $"\n{changes.Count - Shown} more classes changed by less.");
        text.Append('\n');
    }

    private static void Confusions(StringBuilder text, ReportedExplanation explained)
    {
        if (explained.Why.Confusions.Count == 0) return;
        text.Append("| images of | taken for | by the baseline | by the winner |\n|---|---|---:|---:|\n");
        foreach (var change in explained.Why.Confusions.Take(Shown))
            Line(
                text,
                $"| {Name(explained, change.Label)} | {Name(explained, change.TakenFor)} | {change.Before} | {change.After} |");
        text.Append('\n');
    }

    private static void Flips(StringBuilder text, ReportedExplanation explained)
    {
        var gained = explained.Why.Flips.Where(flip => flip.Gained).ToList();
        var lost = explained.Why.Flips.Where(flip => !flip.Gained).ToList();
        Line(
            text,
            $"{gained.Count} images gained, {lost.Count} lost.{Some("Gained", explained, gained, flip => flip.Before)}"
                + $"{Some("Lost", explained, lost, flip => flip.After)}\n");
    }

    private static string Some(string what, ReportedExplanation explained, List<Flip> flips, Func<Flip, int?> takenFor)
    {
        var shown = flips.Take(FlipsShown).Select(
            flip => $"{Markdown.Code(explained.Images[flip.Image].Path)} (else {Name(explained, takenFor(flip))})");
        return flips.Count == 0 ? "" : $" {what}, for instance: {string.Join(", ", shown)}.";
    }

    private static string Name(ReportedExplanation explained, int? label) => Markdown.Escape(explained.NameOf(label) ?? "");

    private static void Lineage(StringBuilder text, IReadOnlyList<ScoredPrompt> line)
    {
        if (line.Count < 2) return;
        text.Append("Where it came from: before each template the nearest in words that its instruction showed.\n\n");
        foreach (var one in line)
            Line(
                text,
                $"- {Step(one.Step, "step ")}: {Markdown.Code(one.Template.Text)}, {Percent(one.Accuracy)} on the search images, loss "
                    + $"{one.Loss:0.0000}");
    }
}
