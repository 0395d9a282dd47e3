using Grpc.Core;
using Ipo.Cli.Connections;
using Ipo.Cli.Output;
using Ipo.Cli.Reports;
using Ipo.Cli.Sessions;
using Ipo.Cli.Watching;
using Ipo.V1;

namespace Ipo.Cli.Benchmarks;

/// <summary>Makes a benchmark's runs one after the other and prints its table. Ids of runs follow from what they do, so
/// those that are finished are met again and not repeated.</summary>
internal static class BenchRunner
{
    public static async Task<int> RunAsync(Session session, Bench bench, bool dryRun, FileInfo? output)
    {
        var plan = await session.Client.Bench.PlanBenchAsync(new() { Bench = bench, WithEstimates = dryRun });
        foreach (var warning in plan.Warnings) session.Terminal.Tell($"Warning: {warning}");
        if (dryRun) return Print(session, plan);

        var completed = 0;
        foreach (var (index, planned) in plan.Runs.Index())
        {
            var run = await MakeAsync(session, planned, $"Run {index + 1} of {plan.Runs.Count}: {Of(planned)}");
            if (run is null) return ExitCode.Interrupted;
            if (run.State is RunState.Completed) completed++;
        }
        using var call = session.Client.Bench.TabulateBench(new() { Bench = bench });
        var display = new EncodingDisplay(session.Terminal);
        await foreach (var response in call.ResponseStream.ReadAllAsync(session.Cancellation))
        {
            if (response.ResultCase is TabulateBenchResponse.ResultOneofCase.Progress) display.Begin(response.Progress);
            else if (response.ResultCase is TabulateBenchResponse.ResultOneofCase.Encoding) display.Show(response.Encoding);
            else ReportFile.Write(session, response.Table, response.Table.Markdown, output, session.Json);
        }
        return completed == plan.Runs.Count ? ExitCode.Done : ExitCode.RunNotCompleted;
    }

    /// <summary>Makes a run or meets it again; null where Ctrl-C left it.</summary>
    private static async Task<Run?> MakeAsync(Session session, BenchRun planned, string title)
    {
        var run = (await session.Client.Runs.CreateRunAsync(new() { RunId = planned.RunId, Settings = planned.Settings })).Run;
        if (run.State is RunState.Failed or RunState.Paused)
            run = (await session.Client.Runs.ResumeRunAsync(new() { RunId = planned.RunId })).Run;
        if (RunWords.IsFinal(run))
        {
            session.Terminal.Tell($"{title}: already {RunWords.State(run.State)}");
            return run;
        }
        session.Terminal.Tell(title);
        try
        {
            using var progress = Progress.On(session.Terminal, []);
            progress.Begin(run);
            await foreach (var state in RunChanges.FollowAsync(session, run.RunId, progress.Tell, session.Cancellation))
                progress.Show(run = state);
        }
        catch (Exception fault) when (session.WasInterrupted(fault))
        {
            session.Terminal.Tell(
                $"The benchmark stops here; run {run.RunId} continues in the background. Repeat the command to resume both.");
            return null;
        }
        if (run.State is not RunState.Completed)
            session.Terminal.Tell($"ipo: Run {run.RunId} is {RunWords.State(run.State)}: {run.Reason}");
        return run;
    }

    private static int Print(Session session, PlanBenchResponse plan)
    {
        if (session.Json) session.WriteJson(plan);
        else
        {
            var varied = plan.Runs.Any(run => run.Variant.Length > 0);
            var table = new Table(["RUN", "DATASET", "SHOTS", "SEED", "CLASSES", .. varied ? ["VARIED"] : (string[])[]]);
            foreach (var run in plan.Runs)
                table.Add(
                [
                    run.RunId, run.Settings.Dataset, Amounts.Count(run.Settings.Shots), $"{run.Settings.Seed}",
                    run.Settings.Classes is ClassSelection.Base ? "base" : "all", .. varied ? [run.Variant] : (string[])[],
                ]);
            table.Print(session.Terminal);
            EstimatedCosts.PrintTotal(session.Terminal, [.. plan.Runs.Select(run => run.Estimate).OfType<EstimateRunResponse>()]);
        }
        return ExitCode.Done;
    }

    private static string Of(BenchRun run) =>
        $"{run.Settings.Dataset}, {(run.Settings.Shots == 0 ? "all training images" : Amounts.Count(run.Settings.Shots, "shot"))}, " +
        $"seed {run.Settings.Seed}{(run.Variant.Length > 0 ? $", {run.Variant}" : "")}";
}
