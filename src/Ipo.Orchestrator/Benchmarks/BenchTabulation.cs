using Ipo.Optimization.Benchmarks;
using Ipo.Optimization.Report;
using Ipo.Optimization.State;
using Ipo.Optimization.Templates;
using Ipo.Orchestrator.Reports;
using Ipo.Orchestrator.Reports.Text;
using Ipo.Orchestrator.Runs;

namespace Ipo.Orchestrator.Benchmarks;

/// <summary>Collects what a benchmark's runs found into its table.</summary>
internal sealed class BenchTabulation(BenchPlanning planning, RunStore store, ReportStore reports, TransferScoring transfer)
{
    private const string Baseline = "baseline", HandWritten = "hand-written", Found = "found";

    /// <summary>Makes the table from the runs that are complete.</summary>
    /// <param name="asked">The benchmark.</param>
    /// <param name="tell">Told what is being done.</param>
    public async Task<TabulatedBench> TabulateAsync(AskedBench asked, Action<ScoringProgress> tell, CancellationToken cancellation)
    {
        var plan = await planning.PlanAsync(asked, cancellation);
        var leftOut = new List<LeftOut>();
        var done = await CompletedAsync(plan, leftOut, cancellation);
        var measured = plan.Bench.Protocol switch
        {
            BenchProtocol.BaseToNovel => done.SelectMany(run => OfRun(plan, run, Found)).ToList(),
            BenchProtocol.FewShot => [.. done.SelectMany(run => OfRun(plan, run, AtShots(run.Run.Cell.Shots)))],
            _ => await AcrossAsync(plan, done, leftOut, tell, cancellation),
        };
        var table = Table(plan, measured);
        return new(plan, table, measured, [.. Notes(plan, table, done)], leftOut);
    }

    private async Task<List<CompletedRun>> CompletedAsync(PlannedBench plan, List<LeftOut> leftOut, CancellationToken cancellation)
    {
        var done = new List<CompletedRun>();
        foreach (var run in plan.Runs)
        {
            var view = await store.FindAsync(run.RunId, cancellation);
            if (view is { State.Status: RunStatus.Completed })
                done.Add(new(run, (await reports.GetAsync(run.RunId, cancellation)).Report));
            else leftOut.Add(
                new(run.RunId, $"The run on {run.Cell.Dataset} with {run.Cell.Shots} shots and seed {run.Cell.Seed} {Missing(view)}."));
        }
        return done;
    }

    private static string Missing(RunView? view) => view?.State switch
    {
        null => "is not started",
        { Status: RunStatus.Running } => "is not complete",
        { Status: RunStatus.Failed } => $"failed: {view.State.FailureReason?.TrimEnd('.')}",
        _ => "was cancelled; delete it to run it again",
    };

    private static IEnumerable<Measurement> OfRun(PlannedBench plan, CompletedRun run, string found)
    {
        var (dataset, report) = (run.Run.Cell.Dataset, run.Report);
        // Where a dataset's own template is the baseline, its run has no second evaluation of it.
        var own = plan.Datasets[dataset].HandWrittenTemplate == PromptTemplate.Baseline.Text
            ? report.BaselineEvaluation
            : report.HandWrittenEvaluation;
        (string Method, SetEvaluation? Evaluation)[] of =
            [(Baseline, report.BaselineEvaluation), (HandWritten, own), (found, report.WinnerEvaluation)];
        foreach (var (method, evaluation) in of)
            if (evaluation is { TestBase: { } onBase, TestNovel: var onNovel })
                yield return new(dataset, method, new(onBase.Accuracy, onNovel?.Accuracy), [run.Run.RunId]);
    }

    // The source's own row is its runs'; the winners are then scored on every target.
    private async Task<List<Measurement>> AcrossAsync(
        PlannedBench plan, List<CompletedRun> done, List<LeftOut> leftOut, Action<ScoringProgress> tell, CancellationToken cancellation)
    {
        var measured = done.SelectMany(run => OfRun(plan, run, Found)).ToList();
        if (done.Count == 0) return measured;
        foreach (var target in plan.Bench.Datasets)
        {
            var own = plan.Datasets[target].HandWrittenTemplate;
            List<(string Method, string Template, string? RunId)> wanted =
                [(Baseline, PromptTemplate.Baseline.Text, null),
                    .. done.Select(run => (Found, ForOtherClasses(run.Report.Winner).Text, (string?)run.Run.RunId))];
            if (own is not null) wanted.Add((HandWritten, own, null));
            var scores = await transfer.ScoreAsync(
                target, TestClasses.All, [.. wanted.Select(one => one.Template)], tell, cancellation);
            foreach (var (method, template, runId) in wanted)
            {
                if (scores.Accuracies.TryGetValue(template, out var accuracy))
                    measured.Add(new(target, method, new(accuracy), runId is null ? [] : [runId]));
                else leftOut.Add(new(runId ?? method, $"'{template}' has no figure on {target}: {scores.ReasonOf(template)}"));
            }
        }
        return measured;
    }

    /// <summary>What of a winner says something of other classes: its templates, without sentences of single
    /// classes.</summary>
    public static PromptSet ForOtherClasses(PromptSet winner) => PromptSet.Of(winner.Templates);

    private static BenchTable Table(PlannedBench plan, List<Measurement> measured)
    {
        var bench = plan.Bench;
        string[] datasets = bench.Protocol == BenchProtocol.CrossDataset ? [bench.Source, .. bench.Datasets] : [.. bench.Datasets];
        var columns = new List<BenchColumn>();
        if (plan.PaperTable is { } paper && datasets.Any(dataset => plan.PaperName(dataset) is not null))
            columns.AddRange(paper.Methods.Select(method => new BenchColumn(method, paper.Number)));
        columns.Add(new(Baseline));
        if (datasets.Any(dataset => plan.Datasets[dataset].HandWrittenTemplate is not null))
            columns.Add(new(HandWritten));
        columns.AddRange(
            bench.Protocol == BenchProtocol.FewShot
                ? bench.Shots.Select(shots => new BenchColumn(AtShots(shots)))
                : [new(Found)]);

        BenchFigure? Figure(string dataset, BenchColumn column)
        {
            if (column.PaperTable is not null) return plan.PaperTable!.Find(column.Method, plan.PaperName(dataset));
            var runs = measured.Where(one => one.Dataset == dataset && one.Method == column.Method).Select(one => one.Accuracy).ToList();
            return runs.Count == 0 ? null : BenchFigure.OverSeeds(runs);
        }
        return BenchTable.Of(
            columns,
            [.. datasets.Select(dataset => new BenchRow(plan.Title(dataset), [.. columns.Select(column => Figure(dataset, column))], []))],
            left: bench.Protocol == BenchProtocol.CrossDataset ? plan.Title(bench.Source) : null);
    }

    private static IEnumerable<string> Notes(PlannedBench plan, BenchTable table, List<CompletedRun> done)
    {
        yield return plan.Model.Note;
        foreach (var caveat in done.SelectMany(run => Caveats.OfProposers(run.Report.Run.Prepared!.Proposers)).Distinct())
            yield return CaveatSentences.Of(caveat);
        yield return $"\"found\" is the winner of preset {plan.Runs[0].Settings.Preset}, \"baseline\" is "
            + $"'{PromptTemplate.Baseline.Text}', \"hand-written\" is the dataset's own template (the paper's CLIP rows use these); "
            + $"figures here are means over the seeds {string.Join(", ", plan.Bench.Seeds)}.";
        foreach (var note in BenchPlanning.NotThePapers(plan)) yield return note;
        if (plan.PaperTable is not { } paper || table.Columns.All(column => column.PaperTable is null)) yield break;
        if (paper.Caution is { } caution) yield return caution;
        foreach (var misprint in paper.Misprints([.. table.Rows.Select(row => row.Dataset)])) yield return misprint;
    }

    private static string AtShots(int shots) => shots == 0 ? "found, all images" : $"found, {shots} {(shots == 1 ? "shot" : "shots")}";

    private sealed record CompletedRun(PlannedRun Run, RunReport Report);
}
