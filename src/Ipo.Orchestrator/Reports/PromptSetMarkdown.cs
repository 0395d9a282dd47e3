using System.Globalization;
using System.Text;
using static Ipo.Orchestrator.Reports.Figures;

namespace Ipo.Orchestrator.Reports;

/// <summary>The parts of a report that say how an ensemble grew and what the finalists offer beside accuracy.</summary>
internal static class PromptSetMarkdown
{
    // The message holds all.
    private const int SentencesShown = 5;

    public static void Write(StringBuilder text, V1.RunReport report)
    {
        Ensemble(text, report);
        Sentences(text, report);
        TradeOffs(text, report);
    }

    private static void Ensemble(StringBuilder text, V1.RunReport report)
    {
        if (report.Run.Settings.EnsembleSize <= 1) return;
        text.Append("\n## The ensemble\n\n");
        if (report.Ensemble is not { } ensemble)
        {
            text.Append("No addition to the best template helped on the images that choose, so no ensemble stood for choice.\n");
            return;
        }
        Line(text, $"{(report.Winner.StartsWith(string.Join('\n', ensemble.Steps.Select(step => step.Template)), StringComparison.Ordinal) ? "It won." : "It stood for choice and did not win.")} Grown greedily on the images that choose, at most {report.Run.Settings.EnsembleSize} templates; {ensemble.SetsTried} sets were compared on the way. A class's vector is the mean of its prompts' embeddings.\n");
        text.Append("| | added | accuracy with it | points gained | loss with it | nats gained |\n|---:|---|---:|---:|---:|---:|\n");
        for (var i = 0; i < ensemble.Steps.Count; i++)
        {
            var step = ensemble.Steps[i];
            var (points, nats) = i == 0 ? ("best alone", "–") : (Points(step.AccuracyGain), string.Create(CultureInfo.InvariantCulture, $"{step.LossGain:+0.0000;−0.0000;0.0000}"));
            Line(text, $"| {i + 1} | {Markdown.Code(step.Template)} | {Percent(step.Score.Accuracy)} {Interval(step.Score)} | {points} | {step.Score.Loss:0.0000} | {nats} |");
        }
        text.Append("\nBeside the best template alone:\n\n");
        Beside(text, "the images that it was grown on, which flatters it", ensemble.ChoosingComparison);
        Beside(text, ensemble.TestNovelComparison is null ? "the test images" : "the test images, base classes", ensemble.TestBaseComparison);
        Beside(text, "the test images, novel classes", ensemble.TestNovelComparison);
    }

    private static void Sentences(StringBuilder text, V1.RunReport report)
    {
        if (!report.Run.Settings.ClassSentences) return;
        text.Append("\n## Sentences of classes\n\n");
        if (report.ClassSentences is not { } sentences)
        {
            text.Append("None stood for choice: there are no validation images, no descriptions that say something of one class more than of others, or a sentence is too long for the checkpoint.\n");
            return;
        }
        Line(text, $"{(report.Winner.Contains('\t', StringComparison.Ordinal) ? "They won, together with the templates." : "They stood for choice together with the templates and did not win.")} Made from the descriptions of {sentences.Classes.Count} classes' own search images. Every other class keeps the templates alone, as novel classes do: nothing of them was looked at.\n");
        foreach (var one in sentences.Classes.Take(SentencesShown))
            Line(text, $"- {Markdown.Escape(one.ClassName)}: {string.Join(", ", one.Prompts.Select(Markdown.Code))}");
        if (sentences.Classes.Count > SentencesShown) Line(text, $"- and {sentences.Classes.Count - SentencesShown} more classes");
        text.Append("\nBeside the same templates without them:\n\n");
        Beside(text, "the images that choose", sentences.ChoosingComparison);
        if (sentences.TestBaseComparison is null) return;
        text.Append("\nThe winner beside the best template alone:\n\n");
        Beside(text, "the test images of these classes", sentences.TestBaseComparison);
    }

    private static void Beside(StringBuilder text, string images, V1.PairedComparison? comparison)
    {
        if (comparison is not null)
            Line(text, $"- On {images}: {Points(comparison.AccuracyDifference)} points {Interval(comparison)}: **{Judge(comparison.Judgement)}** (exact McNemar p {P(comparison.McnemarP)}).");
    }

    private static void TradeOffs(StringBuilder text, V1.RunReport report)
    {
        if (report.TradeOffs.Count == 0) return;
        var halves = report.TradeOffs.Any(one => one.HasHeldOutClassesAccuracy);
        text.Append("\n## Beside accuracy\n\n");
        Line(text, $"The finalists on the images that choose; none of it looked at a test image. On the Pareto front (**●**) stand those of which no other is as good in every column and better in one.{(halves ? " Halves: accuracy on each half of the classes, told apart among its names alone, an estimate for novel classes." : "")} ECE: expected calibration error, in %. Tokens: of the longest prompt, summed over the templates of an ensemble.\n");
        Line(text, $"| front | template | accuracy |{(halves ? " halves |" : "")} worst class | tokens | ECE |");
        Line(text, $"|:-:|---|---:|{(halves ? "---:|" : "")}---:|---:|---:|");
        foreach (var one in report.TradeOffs)
            Line(text, $"| {(one.OnFront ? "**●**" : "")} | {Markdown.Prompts(one.Template)} | {Percent(one.Accuracy)} |{(halves ? $" {Percent(one.HeldOutClassesAccuracy)} |" : "")} {Percent(one.WorstClassAccuracy)} | {one.Tokens} | {Percent(one.CalibrationError)} |");
    }
}
