using System.Text;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Report;
using Ipo.Orchestrator.Reports.Text;
using static Ipo.Orchestrator.Reports.Text.Figures;

namespace Ipo.Orchestrator.Reports.Sections;

/// <summary>Accuracy and loss of winner, baseline and the others on every part.</summary>
internal static class Scores
{
    public static void Write(StringBuilder text, RunReport report)
    {
        var winner = report.WinnerEvaluation;
        SetEvaluation?[] all = [report.BaselineEvaluation, winner, report.SingleEvaluation, report.HandWrittenEvaluation];
        var columns = all.OfType<SetEvaluation>().DistinctBy(evaluation => evaluation.PromptSet).ToList();
        Row[] rows =
        [
            new("search (train)", evaluation => evaluation.Search),
            new("validation", evaluation => evaluation.Validation),
            new(winner.TestNovel is null ? "test" : "test, base", evaluation => evaluation.TestBase),
            new("test, novel", evaluation => evaluation.TestNovel),
        ];
        text.Append("\n## Accuracy and loss\n\nAccuracy in % with its Wilson 95 % interval; loss is the mean cross-entropy in nats.");
        if (columns.Exists(column => rows.Any(row => row.Of(column)?.CalibrationError is not null)))
            text.Append(" ECE is the expected calibration error in %, 15 bins")
                .Append(Probabilities(report.Run.Prepared!.Model)).Append('.');
        Line(text, $"\n\n| images | n | classes |{string.Concat(columns.Select(column => $" {Markdown.Prompts(column.PromptSet)} |"))}");
        Line(text, $"|---|---:|---:|{string.Concat(Enumerable.Repeat("---:|", columns.Count))}");
        foreach (var row in rows)
            if (row.Of(winner) is { } shown)
                Line(text, $"| {row.Name} | {shown.Images} | {shown.Classes} |{string.Concat(columns.Select(row.Of).Select(Cell))}");
        if (winner.TestNovel is not null)
            Line(text, $"| harmonic mean | | |{string.Concat(columns.Select(column => $" {Percent(column.HarmonicMean)} |"))}");
    }

    // Softmax is what a reader expects.
    private static string Probabilities(ModelFacts model) => model.Probability == ZeroShotProbability.Sigmoid
        ? ", of the checkpoint's own probabilities: sigmoids of one class each, not to be compared with a softmax checkpoint's" : "";

    private static string Cell(PartScore? score) => score is null ? " – |"
        : Invariant($" {Percent(score.Accuracy)} {Interval(score)}, loss {score.Loss:0.0000}")
            + (score.CalibrationError is { } error ? $", ECE {Percent(error)} |" : " |");

    private sealed record Row(string Name, Func<SetEvaluation, PartScore?> Of);
}
