using System.Globalization;
using Ipo.Optimization.Benchmarks;
using Ipo.Orchestrator.Datasets;
using Ipo.Orchestrator.Errors;

namespace Ipo.Orchestrator.Benchmarks;

/// <summary>A file of published prompts: CSV with the columns dataset, prompt, base_acc and novel_acc (in per cent),
/// perhaps source.</summary>
internal static class PublishedFile
{
    private const string Name = "csv", Dataset = "dataset", Prompt = "prompt", Base = "base_acc", Novel = "novel_acc", Source = "source";

    /// <exception cref="RefusedException">The file is none; the message names the line.</exception>
    public static IReadOnlyList<PublishedPrompt> Read(string text)
    {
        using var reader = new StringReader(text);
        var rows = CsvRows.Read(Name, reader, Dataset, Prompt, Base, Novel).Select(Row).ToList();
        return rows.Count > 0 ? rows : throw RefusedException.Invalid($"{Name} lists no prompts.");
    }

    private static PublishedPrompt Row(CsvRow row)
    {
        foreach (var column in (string[])[Dataset, Prompt])
            if (row[column]!.Length == 0) throw RefusedException.Invalid($"{Name}, line {row.Line}: {column} is empty.");
        return new(row.Line, row[Dataset]!, row[Prompt]!, new(Share(row, Base), Share(row, Novel)), row[Source] ?? "");
    }

    private static double Share(CsvRow row, string column) =>
        decimal.TryParse(row[column], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent)
            && percent is >= 0 and <= 100
            ? (double)(percent / 100)
            : throw RefusedException.Invalid(
                $"{Name}, line {row.Line}: {column} is '{row[column]}'; it takes an accuracy in per cent, 0 to 100, with a point.");
}
