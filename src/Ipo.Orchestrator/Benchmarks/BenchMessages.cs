using System.Globalization;
using Ipo.Optimization.Benchmarks;

namespace Ipo.Orchestrator.Benchmarks;

/// <summary>A benchmark's table as its message.</summary>
internal static class BenchMessages
{
    public static V1.BenchTable Of(
        PlannedBench plan, BenchTable table,
        IReadOnlyCollection<Measurement> measured, IReadOnlyList<string> notes, IReadOnlyList<V1.LeftOut> leftOut)
    {
        var message = new V1.BenchTable
        {
            Title = Title(plan.Bench),
            Model = plan.Model,
            IsPaperCheckpoint = PaperCheckpoint.Is(plan.Model.Name, plan.Model.EmbeddingDimension, plan.Model.ImageSize),
        };
        message.Columns.AddRange(table.Columns.Select(column => new V1.BenchColumn { Method = column.Method, Source = column.Source }));
        foreach (var row in table.Rows)
        {
            var made = new V1.BenchRow { Dataset = row.Dataset };
            made.Cells.AddRange(row.Figures.Select(Cell));
            made.MeanOf.AddRange(row.MeanOf);
            message.Rows.Add(made);
            foreach (var (cell, column)
                in made.Cells.Zip(table.Columns).Where(pair => pair.Second.Source == BenchColumn.Here && row.MeanOf.Count == 0))
                cell.RunIds.AddRange(
                    measured.Where(one => plan.Title(one.Dataset) == row.Dataset && one.Method == column.Method)
                        .SelectMany(one => one.RunIds));
        }
        message.Notes.AddRange(notes);
        message.LeftOut.AddRange(leftOut);
        message.Markdown = BenchMarkdown.Write(message, plan.Bench.Protocol);
        return message;
    }

    private static V1.BenchCell Cell(BenchFigure? figure)
    {
        var cell = new V1.BenchCell();
        if (figure is null) return cell;
        (cell.Accuracy, cell.Runs) = (figure.Accuracy, figure.Runs);
        if (figure.Novel is { } novel) cell.NovelAccuracy = novel;
        if (figure.HarmonicMean is { } mean) cell.HarmonicMean = mean;
        if (figure.Deviation is { } deviation) cell.AccuracyDeviation = deviation;
        if (figure.NovelDeviation is { } novelDeviation) cell.NovelAccuracyDeviation = novelDeviation;
        return cell;
    }

    private static string Title(Bench bench)
    {
        var shots = string.Join(", ", bench.Shots.Select(shots => shots == 0 ? "all" : shots.ToString(CultureInfo.InvariantCulture)));
        var at = bench.Shots is [1] ? "1 shot" : $"{shots} shots";
        return bench.Protocol switch
        {
            BenchProtocol.BaseToNovel => $"Base-to-novel, {at}",
            BenchProtocol.CrossDataset => $"Cross-dataset from {bench.Source}, {at}",
            _ => $"Few-shot, {at}",
        };
    }
}
