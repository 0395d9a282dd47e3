using System.Text;
using Ipo.Optimization.Facts;
using Ipo.Optimization.Images;
using Ipo.Optimization.Report;
using Ipo.Orchestrator.Reports.Text;
using static Ipo.Orchestrator.Reports.Text.Figures;

namespace Ipo.Orchestrator.Reports.Sections;

/// <summary>Images that splits share, for a person to look at.</summary>
internal static class Duplicates
{
    private const int MostShown = 10;

    public static void Write(StringBuilder text, RunReport report)
    {
        if (report.Duplicates is not { Images: > 0 } duplicates) return;
        text.Append("\n## Images that splits share\n\n");
        Line(
            text,
            $"{Descriptions.Count(duplicates.Images, Math.Min(MostShown, duplicates.Nearest.Count))}. From a cosine of "
                + $"{DuplicateImages.DuplicateThreshold:0.000} two images are taken for the same picture; look at them, a small checkpoint "
                + $"sees different ones alike.\n");
        text.Append("| held-out image | split | looks like | split | cosine |\n|---|---|---|---|---:|\n");
        foreach (var (pair, path, other) in duplicates.Nearest.Take(MostShown))
            Line(
                text,
                $"| {Markdown.Escape(path)} | {Split(pair.Part)} | {Markdown.Escape(other)} | {Split(pair.OtherPart)} | "
                    + $"{pair.Cosine:0.0000} |");
    }

    private static string Split(DatasetPart part) =>
        part.IsTest() ? "test" : part == DatasetPart.Validation ? "validation" : "train";
}
