using System.Text;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Report;
using Ipo.Orchestrator.Reports.Text;
using static Ipo.Orchestrator.Reports.Text.Figures;

namespace Ipo.Orchestrator.Reports.Sections;

/// <summary>Descriptions that were left out, for a person to look at.</summary>
internal static class Descriptions
{
    private const int MostShown = 10;
    private const int LongestShown = 120; // characters

    public static void Write(StringBuilder text, RunReport report)
    {
        if (report.Descriptions is not { Flagged: { Count: > 0 } leftOut }) return;
        text.Append("\n## Descriptions that were left out\n\n");
        Line(
            text,
            $"{Count(leftOut.Count, MostShown)}. A description does not fit where its similarity to its image lies more than 3.5 "
                + $"deviations (modified z-score) below the others'.\n");
        text.Append("| image | class | why | similarity | z | description |\n|---|---|---|---:|---:|---|\n");
        foreach (var (flagged, path, className, description) in leftOut.Take(MostShown))
            Line(
                text,
                $"| {Markdown.Escape(path)} | {Markdown.Escape(className)} | {Why(flagged)} | {flagged.Similarity:0.000} | "
                    + $"{flagged.Score:0.0} | {Markdown.Escape(Cut(description))} |");
    }

    /// <summary>How many there are and how many of them are shown.</summary>
    public static string Count(int all, int shown) => all > shown ? $"{all} in all, {shown} of them below" : $"{all} in all";

    private static string Why(FlaggedDescription flagged) => flagged.Flag == DescriptionFlag.NamesAClass
        ? $"names the class {Markdown.Escape(flagged.ClassName ?? "")}"
        : "does not fit its image";

    private static string Cut(string description) => description.Length <= LongestShown ? description
        : description[..(char.IsHighSurrogate(description[LongestShown - 1]) ? LongestShown - 1 : LongestShown)] + " …";
}
