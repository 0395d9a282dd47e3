using System.Globalization;
using Ipo.Optimization.Benchmarks;
using Ipo.Optimization.Settings;
using Ipo.Optimization.Templates;
using Ipo.Orchestrator.Contract;
using Ipo.Orchestrator.Errors;
using Ipo.Orchestrator.Runs;
using Riok.Mapperly.Abstractions;

namespace Ipo.Orchestrator.Benchmarks;

/// <summary>Benchmarks to and from their messages: the one place that knows both (as
/// <see cref="Reports.ReportMapping"/>).</summary>
[Mapper]
internal static partial class BenchMapping
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
        foreach (var (field, own) in message.Variants.Index().Select(one => ($"bench.variants[{one.Index}]", one.Item))
            .Prepend(("bench.settings", message.Settings)))
            if (own is not null && (own.Dataset.Length > 0 || own.HasSeed || own.HasShots || own.HasClasses))
                throw RefusedException.InvalidField(
                    field, "sets a dataset, seed, shots or classes; leave them out, since the protocol sets them.");
        var bench = new Bench(
            protocol, [.. message.Datasets], message.Source, message.Seeds.Count > 0 ? [.. message.Seeds] : Bench.DefaultSeeds,
            message.Shots.Count > 0 ? [.. message.Shots] : Bench.DefaultShots(protocol))
        {
            Variants = message.Variants.Count > 0 ? [.. message.Variants.Select(Variant)] : [BenchVariant.None],
        };
        return new(bench, cell => SettingsMessages.Read(Settings(message, bench, cell)));
    }

    public static V1.BenchProgress Of(ScoringProgress now) =>
        new() { Doing = now.Doing, ImagesDone = now.ImagesDone, Images = now.Images };

    public static V1.PlanBenchResponse Of(PlannedBench plan, V1.Bench asked) => new()
    {
        Runs =
        {
            plan.Runs.Select(run => new V1.BenchRun
            {
                RunId = run.RunId,
                Settings = Settings(asked, plan.Bench, run.Cell),
                Variant = plan.Bench.Variants[run.Cell.Variant].Label,
            }),
        },
        Warnings = { BenchPlanning.Warnings(plan) },
    };

    public static partial V1.FindBenchDatasetsResponse Of(FoundDatasets found);

    [MapProperty(nameof(@TabulatedBench.Table.Columns), nameof(V1.BenchTable.Columns))]
    [MapProperty(nameof(@TabulatedBench.Plan.Model), nameof(V1.BenchTable.Model))]
    [MapProperty(nameof(@TabulatedBench.Plan.Model.IsPapers), nameof(V1.BenchTable.IsPaperCheckpoint))]
    [MapPropertyFromSource(nameof(V1.BenchTable.Markdown), Use = nameof(TableText))]
    public static partial V1.BenchTable Of(TabulatedBench bench);

    [MapProperty(nameof(@ComparedPrompts.Model.IsPapers), nameof(V1.PublishedComparison.IsPaperCheckpoint))]
    [MapPropertyFromSource(nameof(V1.PublishedComparison.Markdown), Use = nameof(ComparisonText))]
    public static partial V1.PublishedComparison Of(ComparedPrompts compared);

    public static Checkpoint Read(V1.Model model) => new(
        Preparation.Facts(model),
        new(
            model.EmbeddingDimension, model.ImageSize, model.ContextLength, model.Device, model.ParityAgainst, model.ParityLargestError));

    /// <summary>Asks for scores on test images.</summary>
    public static V1.EvaluateTemplatesRequest Evaluation(string dataset, TestClasses classes, IEnumerable<string> templates) =>
        new() { Dataset = dataset, Split = V1.Split.Test, Classes = Of(classes), PromptSets = { templates.Select(Asked) } };

    // What is no template is sent as it is, to be refused with the reason.
    private static V1.PromptSet Asked(string text) =>
        PromptSet.TryParse(text, [], out var set, out _) ? PromptSetMapping.ToMessage(set) : new() { Templates = { text } };

    // What a caller gave, and what the protocol adds to it.
    private static V1.RunSettings Settings(V1.Bench asked, Bench bench, BenchCell cell)
    {
        var settings = asked.Settings?.Clone() ?? new();
        if (asked.Variants.Count > 0)
        {
            if (asked.Variants[cell.Variant].Proposers.Count > 0) settings.Proposers.Clear(); // a merge would add to them
            settings.MergeFrom(asked.Variants[cell.Variant]);
        }
        (settings.Dataset, settings.Seed, settings.Shots) = (cell.Dataset, cell.Seed, cell.Shots);
        settings.Classes = bench.Classes == ClassSelection.Base ? V1.ClassSelection.Base : V1.ClassSelection.All;
        return settings;
    }

    private static BenchVariant Variant(V1.RunSettings own)
    {
        if (own.Budget is not null)
            throw RefusedException.InvalidField("bench.variants", "sets a budget; all runs share that of bench.settings.");
        var settings = new List<VariedSetting>();
        if (own.Preset.Length > 0) settings.Add(new("preset", own.Preset));
        if (own.Proposers.Count > 0) settings.Add(new("proposer", SettingsMessages.Proposers(own.Proposers).Replace(',', '+')));
        foreach (var setting in RunSettings.Table)
            if (SettingsMessages.Field(setting) is var field && field.HasValue(own))
                settings.Add(new(setting.Option.TrimStart('-'), Written(field.GetValue(own))));
        return new(settings);
    }

    private static string Written(object value) =>
        value is bool on ? on ? "on" : "off" : Convert.ToString(value, CultureInfo.InvariantCulture)!;

    [MapProperty(nameof(TabulatedRow.Figures), nameof(V1.BenchRow.Cells))]
    private static partial V1.BenchRow Of(TabulatedRow row);

    [MapNestedProperties(nameof(TabulatedFigure.Figure))]
    [MapProperty(nameof(@TabulatedFigure.Figure.Novel), nameof(V1.BenchCell.NovelAccuracy))]
    [MapProperty(nameof(@TabulatedFigure.Figure.Deviation), nameof(V1.BenchCell.AccuracyDeviation))]
    [MapProperty(nameof(@TabulatedFigure.Figure.NovelDeviation), nameof(V1.BenchCell.NovelAccuracyDeviation))]
    private static partial V1.BenchCell Of(TabulatedFigure figure);

    [MapNestedProperties(nameof(PublishedDifference.Published))]
    [MapPropertyFromSource(nameof(V1.PublishedRow.Difference))]
    private static partial V1.PublishedRow Of(PublishedDifference row);

    [MapProperty(nameof(TestAccuracy.Accuracy), nameof(V1.PublishedAccuracies.Base))]
    private static partial V1.PublishedAccuracies Of(TestAccuracy accuracy);

    [MapProperty(nameof(@DifferenceSummary.LargestAt.Dataset), nameof(V1.DifferenceSummary.LargestDataset))]
    [MapProperty(nameof(@DifferenceSummary.LargestAt.Prompt), nameof(V1.DifferenceSummary.LargestPrompt))]
    private static partial V1.DifferenceSummary Of(DifferenceSummary summary);

    [MapNestedProperties(nameof(LeftOutPrompt.Prompt))]
    [MapProperty(nameof(@LeftOutPrompt.Prompt.Prompt), nameof(V1.PublishedRowLeftOut.Prompt))]
    private static partial V1.PublishedRowLeftOut Of(LeftOutPrompt left);

    [MapNestedProperties(nameof(Checkpoint.Facts))]
    [MapNestedProperties(nameof(Checkpoint.Details))]
    private static partial V1.Model Of(Checkpoint model);

    private static partial V1.EvaluatedClasses Of(TestClasses classes);

    private static string TableText(TabulatedBench bench) => BenchMarkdown.Write(bench);

    private static string ComparisonText(ComparedPrompts compared) => PublishedMarkdown.Write(compared);
}
