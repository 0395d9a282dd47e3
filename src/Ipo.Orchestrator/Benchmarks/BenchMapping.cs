using Ipo.Optimization.Benchmarks;
using Ipo.Optimization.Settings;
using Ipo.Optimization.Templates;
using Ipo.Orchestrator.Runs;

namespace Ipo.Orchestrator.Benchmarks;

/// <summary>Benchmarks to and from their messages: the one place that knows both.</summary>
internal static class BenchMapping
{
    /// <exception cref="RefusedException">There is no such benchmark.</exception>
    public static AskedBench Read(V1.Bench? message)
    {
        var protocol = message?.Protocol switch
        {
            V1.BenchProtocol.BaseToNovel => BenchProtocol.BaseToNovel,
            V1.BenchProtocol.CrossDataset => BenchProtocol.CrossDataset,
            V1.BenchProtocol.FewShot => BenchProtocol.FewShot,
            _ => throw RefusedException.InvalidField("bench.protocol", "is missing; it takes base-to-novel, cross-dataset or few-shot."),
        };
        if (message.Settings is { } own
            && (own.Dataset.Length > 0 || own.HasSeed || own.HasShots || own.HasClasses))
            throw RefusedException.InvalidField("bench.settings", "holds a dataset, seed, shots or classes; these are the protocol's own.");
        var bench = new Bench(
            protocol, [.. message.Datasets], message.Source, message.Seeds.Count > 0 ? [.. message.Seeds] : Bench.DefaultSeeds,
            message.Shots.Count > 0 ? [.. message.Shots] : Bench.DefaultShots(protocol));
        return new(bench, cell => SettingsMessages.Read(Settings(message, bench, cell)));
    }

    public static V1.PlanBenchResponse Of(PlannedBench plan, V1.Bench asked) => new()
    {
        Runs = { plan.Runs.Select(run => new V1.BenchRun { RunId = run.RunId, Settings = Settings(asked, plan.Bench, run.Cell) }) },
        Warnings = { BenchPlanning.Warnings(plan) },
    };

    public static V1.FindBenchDatasetsResponse Of(FoundDatasets found) => new()
    {
        Datasets =
        {
            found.Datasets.Select(dataset => new V1.BenchDataset
            {
                Name = dataset.Name,
                Path = dataset.Path,
                PaperName = dataset.PaperName ?? "",
                HandWrittenTemplate = dataset.HandWrittenTemplate ?? "",
                Registered = dataset.Registered,
            }),
        },
        LeftOut = { found.LeftOut.Select(Of) },
    };

    public static V1.BenchTable Of(TabulatedBench bench) => new()
    {
        Title = bench.Title,
        Columns = { bench.Table.Columns.Select(column => new V1.BenchColumn { Method = column.Method, Source = column.Source }) },
        Rows =
        {
            bench.Table.Rows.Select(row => new V1.BenchRow
            {
                Dataset = row.Dataset,
                Cells = { row.Figures.Zip(bench.Table.Columns, (figure, column) => Cell(figure, bench.RunIdsOf(row, column))) },
                MeanOf = { row.MeanOf },
            }),
        },
        Model = Of(bench.Plan.Model),
        IsPaperCheckpoint = bench.Plan.Model.IsPapers,
        Notes = { bench.Notes },
        LeftOut = { bench.LeftOut.Select(Of) },
        Markdown = BenchMarkdown.Write(bench),
    };

    public static V1.PublishedComparison Of(ComparedPrompts compared) => new()
    {
        Rows =
        {
            compared.Rows.Select(row => new V1.PublishedRow
            {
                Line = row.Published.Line,
                Dataset = row.Published.Dataset,
                Prompt = row.Published.Prompt,
                Source = row.Published.Source,
                Printed = Of(row.Published.Printed),
                Measured = Of(row.Measured),
                Difference = new() { Base = row.Base, Novel = row.Novel, HarmonicMean = row.HarmonicMean },
            }),
        },
        Summaries =
        {
            compared.Summaries.Select(summary => new V1.DifferenceSummary
            {
                Measure = Enum.Parse<V1.DifferenceMeasure>(summary.Measure.ToString()),
                Cells = summary.Cells,
                MeanAbsolute = summary.MeanAbsolute,
                Largest = summary.Largest,
                LargestDataset = summary.LargestAt.Dataset,
                LargestPrompt = summary.LargestAt.Prompt,
            }),
        },
        LeftOut =
        {
            compared.LeftOut.Select(left => new V1.PublishedRowLeftOut
            {
                Line = left.Prompt.Line,
                Dataset = left.Prompt.Dataset,
                Prompt = left.Prompt.Prompt,
                Reason = left.Reason,
            }),
        },
        Model = Of(compared.Model),
        IsPaperCheckpoint = compared.Model.IsPapers,
        Notes = { compared.Notes },
        Markdown = PublishedMarkdown.Write(compared),
    };

    public static Checkpoint Read(V1.Model model) => new(
        Preparation.Facts(model),
        new(
            model.EmbeddingDimension, model.ImageSize, model.ContextLength, model.Device, model.ParityAgainst, model.ParityLargestError));

    /// <summary>Asks for scores on test images.</summary>
    public static V1.EvaluateTemplatesRequest Evaluation(string dataset, TestClasses classes, IEnumerable<string> templates) => new()
    {
        Dataset = dataset,
        Split = V1.Split.Test,
        Classes = Enum.Parse<V1.EvaluatedClasses>(classes.ToString()),
        PromptSets = { templates.Select(Of) },
    };

    // What is no template is sent as it is, to be refused with the reason.
    private static V1.PromptSet Of(string text) =>
        PromptSet.TryParse(text, [], out var set, out _) ? PromptSetMapping.ToMessage(set) : new() { Templates = { text } };

    // What a caller gave, and what the protocol adds to it.
    private static V1.RunSettings Settings(V1.Bench asked, Bench bench, BenchCell cell)
    {
        var settings = asked.Settings?.Clone() ?? new();
        (settings.Dataset, settings.Seed, settings.Shots) = (cell.Dataset, cell.Seed, cell.Shots);
        settings.Classes = bench.Classes == ClassSelection.Base ? V1.ClassSelection.Base : V1.ClassSelection.All;
        return settings;
    }

    private static V1.BenchCell Cell(BenchFigure? figure, IEnumerable<string> runIds)
    {
        if (figure is null) return new();
        var cell = new V1.BenchCell { Accuracy = figure.Accuracy, Runs = figure.Runs, RunIds = { runIds } };
        if (figure.Novel is { } novel) cell.NovelAccuracy = novel;
        if (figure.HarmonicMean is { } mean) cell.HarmonicMean = mean;
        if (figure.Deviation is { } deviation) cell.AccuracyDeviation = deviation;
        if (figure.NovelDeviation is { } novelDeviation) cell.NovelAccuracyDeviation = novelDeviation;
        return cell;
    }

    private static V1.LeftOut Of(LeftOut left) => new() { Name = left.Name, Reason = left.Reason };

    private static V1.PublishedAccuracies Of(TestAccuracy accuracy) =>
        new() { Base = accuracy.Accuracy, Novel = accuracy.Novel!.Value, HarmonicMean = accuracy.HarmonicMean!.Value };

    private static V1.Model Of(Checkpoint model) => new()
    {
        Name = model.Facts.Name,
        Digest = model.Facts.Digest,
        EmbeddingDimension = model.Details.EmbeddingDimension,
        ImageSize = model.Details.ImageSize,
        ContextLength = model.Details.ContextLength,
        LogitScale = model.Facts.LogitScale,
        ExecutionProvider = model.Facts.ExecutionProvider,
        Precision = model.Facts.Precision,
        PreprocessingVersion = model.Facts.PreprocessingVersion,
        ParityAgainst = model.Details.ParityAgainst,
        ParityLargestError = model.Details.ParityLargestError,
        Device = model.Details.Device,
    };
}
