using System.Globalization;
using System.Text;
using static Ipo.Orchestrator.Reports.Figures;

namespace Ipo.Orchestrator.Reports;

/// <summary>The part of a report that says why the winner wins.</summary>
internal static class ExplanationMarkdown
{
    // The message holds all; a person reads the largest.
    private const int Shown = 8;

    public static void Write(StringBuilder text, V1.RunReport report)
    {
        if (report.Explanation is not { } why) return;
        Line(text, $"\n## Why it wins\n\nOn the {why.Images} images, winner and baseline in pairs. None of this looked at a test image.\n");
        Words(text, why);
        Classes(text, why);
        Flips(text, why);
        Lineage(text, why);
    }

    private static void Words(StringBuilder text, V1.Explanation why)
    {
        var removed = why.Variations.Where(variation => variation.Kind != V1.VariationKind.RandomWords).ToList();
        var random = why.Variations.Where(variation => variation.Kind == V1.VariationKind.RandomWords).ToList();
        if (removed.Count > 0)
        {
            Line(text, $"What its {(removed.Exists(one => one.Kind is V1.VariationKind.Template or V1.VariationKind.Sentences) ? "parts" : "words")} are worth: the accuracy that is lost where one is taken out.\n");
            text.Append("| taken out | accuracy without it | worth in points | p |\n|---|---:|---:|---:|\n");
            foreach (var variation in removed.OrderByDescending(variation => variation.Effect.AccuracyDifference))
                Line(text, $"| {Markdown.Code(variation.Removed)} | {Percent(variation.Accuracy)} | {Points(variation.Effect.AccuracyDifference)} {Interval(variation.Effect)} | {Bare(variation.Effect.McnemarP)} |");
            text.Append('\n');
        }
        if (random.Count > 0)
            Line(text, $"Random words in their place: {random.Count} templates of the same length get {Percent(random.Min(control => control.Accuracy))} to {Percent(random.Max(control => control.Accuracy))}, so its words are worth {Points(random.Min(control => control.Effect.AccuracyDifference))} to {Points(random.Max(control => control.Effect.AccuracyDifference))} points.\n");
    }

    private static void Classes(StringBuilder text, V1.Explanation why)
    {
        if (why.ClassChanges.Count > 0)
        {
            text.Append("| class | images | baseline right | winner right |\n|---|---:|---:|---:|\n");
            foreach (var change in why.ClassChanges.Take(Shown))
                Line(text, $"| {Markdown.Escape(change.ClassName)} | {change.Images} | {change.BaselineRight} | {change.WinnerRight} |");
            if (why.ClassChanges.Count > Shown) Line(text, $"\n{why.ClassChanges.Count - Shown} more classes changed by less.");
            text.Append('\n');
        }
        if (why.ConfusionChanges.Count == 0) return;
        text.Append("| images of | taken for | by the baseline | by the winner |\n|---|---|---:|---:|\n");
        foreach (var change in why.ConfusionChanges.Take(Shown))
            Line(text, $"| {Markdown.Escape(change.ClassName)} | {Markdown.Escape(change.TakenFor)} | {change.BaselineImages} | {change.WinnerImages} |");
        text.Append('\n');
    }

    private static void Flips(StringBuilder text, V1.Explanation why)
    {
        var gained = why.FlippedImages.Where(image => image.Gained).ToList();
        var lost = why.FlippedImages.Where(image => !image.Gained).ToList();
        Line(text, $"{gained.Count} images gained, {lost.Count} lost.{Some("Gained", gained, image => image.BaselineClass)}{Some("Lost", lost, image => image.WinnerClass)}\n");
    }

    private static string Some(string what, List<V1.FlippedImage> images, Func<V1.FlippedImage, string> takenFor) => images.Count == 0 ? ""
        : $" {what}, for instance: {string.Join(", ", images.Take(3).Select(image => $"{Markdown.Code(image.Path)} (else {Markdown.Escape(takenFor(image))})"))}.";

    private static void Lineage(StringBuilder text, V1.Explanation why)
    {
        if (why.Lineage.Count < 2) return;
        text.Append("Where it came from: before each template the nearest in words that its instruction showed.\n\n");
        foreach (var one in why.Lineage)
            Line(text, $"- {(one.Step == 0 ? "start" : "step " + one.Step.ToString(CultureInfo.InvariantCulture))}: {Markdown.Code(one.Template)}, {Percent(one.Accuracy)} on the search images, loss {one.Loss:0.0000}");
    }
}
