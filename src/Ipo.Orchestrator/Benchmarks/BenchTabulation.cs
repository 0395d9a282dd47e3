using Ipo.Optimization.Benchmarks;
using Ipo.Optimization.Report;
using Ipo.Optimization.State;
using Ipo.Optimization.Templates;
using Ipo.Orchestrator.Reports;
using Ipo.Orchestrator.Reports.Text;
using Ipo.Orchestrator.Runs;

namespace Ipo.Orchestrator.Benchmarks;

/// <summary>Collects what a benchmark's runs found into its table.</summary>
internal sealed class BenchTabulation(
    BenchPlanning planning, RunStore store, ReportStore reports, EarlierRuns earlier, TransferScoring transfer)
{
    /// <summary>Makes the table from the runs that are complete.</summary>
    /// <param name="asked">The benchmark.</param>
    /// <param name="tell">Told what is being done.</param>
    public async Task<TabulatedBench> TabulateAsync(AskedBench asked, Action<ScoringProgress> tell, CancellationToken cancellation)
    {
        var plan = await planning.PlanAsync(asked, cancellation);
        var leftOut = new List<LeftOut>();
        var done = await CompletedAsync(plan, leftOut, cancellation);
        var before = await earlier.FindAsync(plan, leftOut, cancellation);
        var own = new OwnColumns(plan, before.Select(run => run.Column));
        var measured = done.Concat(before).SelectMany(run => OfRun(plan, own, run)).ToList();
        if (plan.Bench.Protocol == BenchProtocol.CrossDataset && done.Count > 0)
            await ScoreTargetsAsync(plan, own, done, measured, leftOut, tell, cancellation);
        var papers = Papers(plan, own);
        var table = Table(plan, own, papers, measured);
        var methodsAreRows = plan.Bench.Protocol == BenchProtocol.CrossDataset || own.AreVaried;
        return new(plan, table, measured, [.. Notes(plan, own, papers, table, [.. done, .. before])], leftOut, methodsAreRows);
    }

    private async Task<List<CompletedRun>> CompletedAsync(PlannedBench plan, List<LeftOut> leftOut, CancellationToken cancellation)
    {
        var done = new List<CompletedRun>();
        foreach (var run in plan.Runs)
        {
            var view = await store.FindAsync(run.RunId, cancellation);
            if (view is { State.Status: RunStatus.Completed })
                done.Add(new(
                    run, run.RunId, (await reports.GetAsync(run.RunId, cancellation)).Report,
                    FoundColumn.Of(run.Cell, plan.Model.Facts, run.Providers)));
            else leftOut.Add(
                new(run.RunId, $"The run on {run.Cell.Dataset} with {run.Cell.Shots} shots and seed {run.Cell.Seed} {Missing(view)}."));
        }
        return done;
    }

    private static string Missing(RunView? view) => view?.State switch
    {
        null => "is not started",
        { Status: RunStatus.Running } => "is not complete",
        { Status: RunStatus.Paused } => "is paused",
        { Status: RunStatus.Failed } => $"failed: {view.State.FailureReason?.TrimEnd('.')}",
        _ => "was cancelled; delete it to run it again",
    };

    private static IEnumerable<Measurement> OfRun(PlannedBench plan, OwnColumns columns, CompletedRun run)
    {
        var (dataset, report, checkpoint) = (run.Planned.Cell.Dataset, run.Report, run.Column.Checkpoint);
        // Where a dataset's own template is the baseline, its run has no second evaluation of it.
        var own = plan.Datasets[dataset].HandWrittenTemplate == PromptTemplate.Baseline.Text
            ? report.BaselineEvaluation
            : report.HandWrittenEvaluation;
        (BenchColumn Column, SetEvaluation? Evaluation)[] of =
        [
            (columns.Baseline(checkpoint), report.BaselineEvaluation), (columns.HandWritten(checkpoint), own),
            (columns.Found(run.Column), report.WinnerEvaluation),
        ];
        foreach (var (column, evaluation) in of)
            if (evaluation is { TestBase: { } onBase, TestNovel: var onNovel })
                yield return new(dataset, column, new(onBase.Accuracy, onNovel?.Accuracy), [run.RunId]);
    }

    // The source's own row is its runs'; the winners are scored on every target.
    private async Task ScoreTargetsAsync(
        PlannedBench plan, OwnColumns columns, List<CompletedRun> done, List<Measurement> measured, List<LeftOut> leftOut,
        Action<ScoringProgress> tell, CancellationToken cancellation)
    {
        var checkpoint = done[0].Column.Checkpoint;
        foreach (var target in plan.Bench.Datasets)
        {
            List<(BenchColumn Column, string Template, string? RunId)> wanted =
                [(columns.Baseline(checkpoint), PromptTemplate.Baseline.Text, null),
                    .. done.Select(run => (columns.Found(run.Column), ForOtherClasses(run.Report.Winner).Text, (string?)run.RunId))];
            if (plan.Datasets[target].HandWrittenTemplate is { } own) wanted.Add((columns.HandWritten(checkpoint), own, null));
            var scores = await transfer.ScoreAsync(
                target, TestClasses.All, [.. wanted.Select(one => one.Template)], tell, cancellation);
            foreach (var (column, template, runId) in wanted)
            {
                if (scores.Accuracies.TryGetValue(template, out var accuracy))
                    measured.Add(new(target, column, new(accuracy), runId is null ? [] : [runId]));
                else leftOut.Add(new(runId ?? column.Method, $"'{template}' has no figure on {target}: {scores.ReasonOf(template)}"));
            }
        }
    }

    /// <summary>What of a winner says something of other classes: its templates, without sentences of single
    /// classes.</summary>
    public static PromptSet ForOtherClasses(PromptSet winner) => PromptSet.Of(winner.Templates);

    // A table of means alone is of all eleven datasets, so it stands beside any; one of datasets beside these.
    private static IReadOnlyList<PaperTable> Papers(PlannedBench plan, OwnColumns own)
    {
        IReadOnlyList<PaperTable> tables = own.HaveSeveralCaptioners && plan.Bench is { Protocol: BenchProtocol.BaseToNovel, Shots: [1] }
            ? PaperTable.OfModels
            : plan.PaperTables;
        var known = plan.Bench.Datasets.Any(dataset => plan.PaperName(dataset) is not null);
        return [.. tables.Where(table => known || table.HasMeansAlone)];
    }

    private static BenchTable Table(PlannedBench plan, OwnColumns own, IReadOnlyList<PaperTable> papers, List<Measurement> measured)
    {
        var bench = plan.Bench;
        string[] datasets = bench.Protocol == BenchProtocol.CrossDataset ? [bench.Source, .. bench.Datasets] : [.. bench.Datasets];
        var columns = papers.SelectMany(paper => paper.Methods.Select(method => new BenchColumn(method, paper.Number))).Concat(own.All)
            .ToList();
        PaperTable Paper(BenchColumn column) => papers.Single(paper => paper.Number == column.PaperTable);

        BenchFigure? Figure(string dataset, BenchColumn column)
        {
            if (column.PaperTable is not null) return Paper(column).Find(column.Method, plan.PaperName(dataset));
            var runs = measured.Where(one => one.Dataset == dataset && one.Column == column).Select(one => one.Accuracy).ToList();
            return runs.Count == 0 ? null : BenchFigure.OverSeeds(runs);
        }
        return BenchTable.Of(
            columns,
            [.. datasets.Select(dataset => new BenchRow(plan.Title(dataset), [.. columns.Select(column => Figure(dataset, column))], []))],
            left: bench.Protocol == BenchProtocol.CrossDataset ? plan.Title(bench.Source) : null,
            [.. columns.Select(column => column.PaperTable is null ? null : Paper(column).Find(column.Method, PaperTable.MeanOfAll))]);
    }

    private static IEnumerable<string> Notes(
        PlannedBench plan, OwnColumns own, IReadOnlyList<PaperTable> papers, BenchTable table, List<CompletedRun> done)
    {
        yield return plan.Model.Note;
        if (own.All.Select(column => column.Checkpoint).Distinct().Count() > 1)
            yield return "Columns of another checkpoint are of runs that this benchmark made with it before; the paper's figures are all "
                + "of OpenAI's CLIP ViT-B/16.";
        foreach (var caveat in done.SelectMany(run => Caveats.OfProposers(run.Report.Run.Prepared!.Proposers)).Distinct())
            yield return CaveatSentences.Of(caveat);
        var presets = plan.Runs.Select(run => run.Settings.Preset).Distinct().ToList();
        yield return $"\"found\" is the winner of {(presets.Count == 1 ? "preset" : "presets")} {string.Join(", ", presets)}, "
            + $"\"baseline\" is '{PromptTemplate.Baseline.Text}', \"hand-written\" is the dataset's own template "
            + "(the paper's CLIP rows use these); "
            + $"figures here are means over the seeds {string.Join(", ", plan.Bench.Seeds)}.";
        foreach (var note in BenchPlanning.NotThePapers(plan)) yield return note;
        foreach (var paper in papers)
        {
            if (paper.Caution is { } caution) yield return caution;
            foreach (var misprint in paper.Misprints([.. table.Rows.Select(row => row.Dataset)])) yield return misprint;
        }
    }
}
