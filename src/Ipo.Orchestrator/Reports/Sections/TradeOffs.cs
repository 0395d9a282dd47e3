using System.Text;
using Ipo.Optimization.Report;
using Ipo.Orchestrator.Reports.Text;
using static Ipo.Orchestrator.Reports.Text.Figures;

namespace Ipo.Orchestrator.Reports.Sections;

/// <summary>What the finalists offer beside accuracy.</summary>
internal static class TradeOffs
{
    public static void Write(StringBuilder text, RunReport report)
    {
        if (report.TradeOffs.Count == 0) return;
        var halves = report.TradeOffs.Any(one => one.HeldOutClasses is not null);
        var whatHalvesAre = halves
            ? " Halves: accuracy on each half of the classes, told apart among its names alone, an estimate for novel classes."
            : "";
        text.Append("\n## Trade-offs\n\n");
        Line(
            text,
            $"The finalists on the selection images; none of it looked at a test image. On the Pareto front (**●**) stand those of "
                + $"which no other is as good in every column and better in one.{whatHalvesAre} ECE: expected calibration error, in %. "
                + $"Tokens: of the longest prompt, summed over the templates of an ensemble.\n");
        Line(text, $"| front | template | accuracy |{(halves ? " halves |" : "")} worst class | tokens | ECE |");
        Line(text, $"|:-:|---|---:|{(halves ? "---:|" : "")}---:|---:|---:|");
        foreach (var one in report.TradeOffs)
            Line(
                text,
                $"| {(one.OnFront ? "**●**" : "")} | {Markdown.Prompts(one.Template)} | {Percent(one.Accuracy)} |"
                    + $"{(halves ? $" {Percent(one.HeldOutClasses ?? 0)} |" : "")} {Percent(one.WorstClass)} | {one.Tokens} | "
                    + $"{Percent(one.CalibrationError)} |");
    }
}
