using System.Globalization;
using System.Text;
using static Ipo.Orchestrator.Reports.Figures;

namespace Ipo.Orchestrator.Reports;

/// <summary>What a person should look at: descriptions that were left out, and images that splits share. Nothing where all is well.</summary>
internal static class DescriptionMarkdown
{
    private const int MostShown = 10;

    public static void Write(StringBuilder text, V1.RunReport report)
    {
        if (report.Descriptions is { Flagged.Count: > 0 } descriptions) Flagged(text, descriptions);
        if (report.Duplicates is { Images: > 0 } duplicates) Shared(text, duplicates);
    }

    /// <summary>How the descriptions were shown, for the table of facts.</summary>
    public static string Fact(V1.DescriptionReport descriptions) => descriptions.TokenBudget == 0
        ? $"{descriptions.Described}, each shown as it is"
        : $"{descriptions.Described} images described; {descriptions.Lines} lines shown for {descriptions.ImagesShown} of them, about {descriptions.Tokens} of {descriptions.TokenBudget} tokens; {descriptions.Flagged.Count} left out as wrong";

    private static void Flagged(StringBuilder text, V1.DescriptionReport descriptions)
    {
        text.Append("\n## Descriptions that were left out\n\n");
        Line(text, $"{Some(descriptions.Flagged.Count, MostShown)}. A description does not fit where its similarity to its image lies more than 3.5 deviations (modified z-score) below the others'.\n");
        text.Append("| image | class | why | similarity | z | description |\n|---|---|---|---:|---:|---|\n");
        foreach (var flagged in descriptions.Flagged.Take(MostShown))
            Line(text, $"| {Markdown.Escape(flagged.Path)} | {Markdown.Escape(flagged.ClassName)} | {Why(flagged)} | {flagged.Similarity:0.000} | {flagged.Score:0.0} | {Markdown.Escape(Cut(flagged.Description))} |");
    }

    private static void Shared(StringBuilder text, V1.DuplicateReport duplicates)
    {
        text.Append("\n## Images that splits share\n\n");
        Line(text, $"{Some(duplicates.Images, Math.Min(MostShown, duplicates.Nearest.Count))}. From a cosine of {duplicates.Threshold:0.000} two images are taken for the same picture; look at them, a small checkpoint sees different ones alike.\n");
        text.Append("| held-out image | split | looks like | split | cosine |\n|---|---|---|---|---:|\n");
        foreach (var pair in duplicates.Nearest.Take(MostShown))
            Line(text, $"| {Markdown.Escape(pair.Path)} | {pair.Split} | {Markdown.Escape(pair.OtherPath)} | {pair.OtherSplit} | {pair.Cosine:0.0000} |");
    }

    private static string Why(V1.FlaggedDescription flagged) =>
        flagged.Flag == V1.DescriptionFlag.NamesAClass ? $"names the class {Markdown.Escape(flagged.NamedClass)}" : "does not fit its image";

    private static string Some(int all, int shown) => string.Create(CultureInfo.InvariantCulture, $"{all} in all{(all > shown ? $", {shown} of them below" : "")}");

    private static string Cut(string description) => description.Length <= 120 ? description : description[..(char.IsHighSurrogate(description[119]) ? 119 : 120)] + " …";
}
