using System.Text;
using Ipo.Optimization.Report;
using Ipo.Orchestrator.Reports.Text;
using static Ipo.Orchestrator.Reports.Text.Figures;

namespace Ipo.Orchestrator.Reports.Sections;

/// <summary>The sentences of single classes.</summary>
internal static class ClassSentences
{
    private const int Shown = 5;

    public static void Write(StringBuilder text, RunReport report)
    {
        if (!report.Run.Settings.ClassSentences) return;
        text.Append("\n## Sentences of classes\n\n");
        if (report.ClassSentences is not { } sentences)
        {
            text.Append(
                "There are none: there are no validation images, no descriptions that say something of one class more than of "
                    + "others, or a sentence is too long for the checkpoint.\n");
            return;
        }
        var classes = sentences.Classes;
        var won = sentences.Won
            ? "They won, together with the templates."
            : "They were a finalist together with the templates and did not win.";
        Line(
            text,
            $"{won} Made from the descriptions of {classes.Count} classes' own search images. Every other class keeps the templates alone, "
                + $"as novel classes do: nothing of them was looked at.\n");
        foreach (var one in classes.Take(Shown))
            Line(text, $"- {Markdown.Escape(one.ClassName)}: {string.Join(", ", one.Prompts.Select(Markdown.Code))}");
        if (classes.Count > Shown) Line(text, $"- and {classes.Count - Shown} more classes");
        text.Append("\nBeside the same templates without them:\n\n");
        Ensemble.Beside(text, "the selection images", sentences.ChoosingComparison);
        if (sentences.TestBaseComparison is null) return;
        text.Append("\nThe winner beside the best template alone:\n\n");
        Ensemble.Beside(text, "the test images of these classes", sentences.TestBaseComparison);
    }
}
