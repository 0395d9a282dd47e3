using System.Text;
using Ipo.Optimization.Benchmarks;
using Ipo.Orchestrator.Reports;
using static Ipo.Orchestrator.Reports.Figures;

namespace Ipo.Orchestrator.Benchmarks;

/// <summary>A comparison with published prompts, as a message and in Markdown.</summary>
internal static class PublishedMessages
{
    public static V1.PublishedComparison Of(
        IReadOnlyList<PublishedDifference> compared, IReadOnlyList<(PublishedPrompt Prompt, string Reason)> leftOut, V1.Model model)
    {
        var message =
            new V1.PublishedComparison
            {
                Model = model,
                IsPaperCheckpoint = PaperCheckpoint.Is(model.Name, model.EmbeddingDimension, model.ImageSize)
            };
        message.Rows.AddRange(compared.Select(Row));
        if (compared.Count > 0)
            message.Summaries.AddRange(DifferenceSummary.Of(compared).Select(summary => new V1.DifferenceSummary
            {
                Measure = summary.Measure,
                Cells = summary.Cells,
                MeanAbsolute = summary.MeanAbsolute,
                Largest = summary.Largest,
                LargestDataset = summary.LargestAt.Dataset,
                LargestPrompt = summary.LargestAt.Prompt,
            }));
        message.LeftOut.AddRange(
            leftOut.Select(
                left => new V1.PublishedRowLeftOut
                {
                    Line = left.Prompt.Line,
                    Dataset = left.Prompt.Dataset,
                    Prompt = left.Prompt.Prompt,
                    Reason = left.Reason
                }));
        message.Notes.Add(BenchPlanning.Note(model));
        message.Notes.Add("H is the harmonic mean of the two accuracies before it, in print as here.");
        message.Markdown = Write(message);
        return message;
    }

    private static V1.PublishedRow Row(PublishedDifference row) => new()
    {
        Line = row.Published.Line,
        Dataset = row.Published.Dataset,
        Prompt = row.Published.Prompt,
        Source = row.Published.Source,
        Printed = Accuracies(row.Published.Printed),
        Measured = Accuracies(row.Measured),
        Difference = new() { Base = row.Base, Novel = row.Novel, HarmonicMean = row.HarmonicMean },
    };

    private static V1.PublishedAccuracies Accuracies(TestAccuracy accuracy) =>
        new() { Base = accuracy.Accuracy, Novel = accuracy.Novel!.Value, HarmonicMean = accuracy.HarmonicMean!.Value };

    private static string Write(V1.PublishedComparison comparison)
    {
        var text = new StringBuilder();
        Line(text, $"# Published prompts, measured with {Markdown.Escape(comparison.Model.Name)}");
        Line(text, $"");
        foreach (var note in comparison.Notes) Line(text, $"- {Markdown.Escape(note)}");
        Line(text, $"");
        if (comparison.Rows.Count > 0)
        {
            Line(text, $"Accuracy on test images in %: base / novel / H. Differences are measured less printed, in points.");
            Line(text, $"");
            Line(text, $"| dataset | prompt | printed | measured | difference |");
            Line(text, $"|---|---|---:|---:|---:|");
            foreach (var row in comparison.Rows)
                Line(text, $"| {Markdown.Escape(row.Dataset)} | {Markdown.Code(row.Prompt)} | {Three(row.Printed, Percent)} | {Three(row.Measured, Percent)} | {Three(row.Difference, Points)} |");
            Line(text, $"");
            Line(text, $"| | cells | mean absolute difference | largest difference | where |");
            Line(text, $"|---|---:|---:|---:|---|");
            foreach (var summary in comparison.Summaries)
                Line(text, $"| {summary.Measure} | {summary.Cells} | {Percent(summary.MeanAbsolute)} | {Points(summary.Largest)} | {Markdown.Escape(summary.LargestDataset)}: {Markdown.Code(summary.LargestPrompt)} |");
            Line(text, $"");
        }
        Line(text, $"{comparison.Rows.Count} of {comparison.Rows.Count + comparison.LeftOut.Count} rows were compared.");
        foreach (var same in comparison.LeftOut.GroupBy(left => left.Reason))
            Line(text, $"- Left out, {same.Count()} {(same.Count() == 1 ? "row" : "rows")} (line {Markdown.Escape(string.Join(", ", same.Select(left => left.Line)))}): {Markdown.Escape(same.Key)}");
        return text.ToString();
    }

    private static string Three(V1.PublishedAccuracies of, Func<double, string> write) =>
        $"{write(of.Base)} / {write(of.Novel)} / {write(of.HarmonicMean)}";
}
