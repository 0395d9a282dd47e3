using Ipo.Cli.Connections;
using Ipo.Cli.Output;
using Ipo.Cli.Reports;
using Ipo.Cli.Runs;
using Ipo.Cli.Sessions;
using Ipo.V1;

namespace Ipo.Cli.Watching;

/// <summary>Follows a run to its end with progress, then gives its report.</summary>
internal static class RunFollower
{
    /// <summary>Shows progress until the run is final, then what it found; with JSON the report is the one document on
    /// standard output. A run that was completed before is told in one line.</summary>
    public static async Task<int> FollowAsync(Session session, Run run, FileInfo? output)
    {
        if (run.State is RunState.Completed && !session.Json && output is null)
        {
            session.Terminal.Print(OutcomeText.Line(run));
            session.Terminal.Tell($"Its report: {session.CommandLine($"report {run.RunId}")}");
            return ExitCode.Done;
        }
        try
        {
            using var progress = Progress.On(session.Terminal, await CurveUntilNowAsync(session, run));
            progress.Begin(run);
            await foreach (var state in RunChanges.FollowAsync(session, run.RunId, progress.Tell, session.Cancellation))
                progress.Show(run = state);
        }
        catch (Exception fault) when (session.WasInterrupted(fault))
        {
            return Detached(session, run);
        }
        return await EndAsync(session, run, output);
    }

    /// <summary>Writes every state as a line of JSON until the run is final.</summary>
    public static async Task<int> WriteChangesAsync(Session session, Run run)
    {
        try
        {
            await foreach (var state in RunChanges.FollowAsync(session, run.RunId, session.Terminal.Tell, session.Cancellation))
                session.WriteJsonLine(new WatchRunResponse { Run = run = state });
        }
        catch (Exception fault) when (session.WasInterrupted(fault))
        {
            return Detached(session, run);
        }
        return run.State is RunState.Completed ? ExitCode.Done : NotCompleted(session, run);
    }

    private static int Detached(Session session, Run run)
    {
        session.Terminal.Tell($"Detached; the run continues. Watch it again with: {session.CommandLine($"watch {run.RunId}")}");
        return ExitCode.Interrupted;
    }

    private static async Task<int> EndAsync(Session session, Run run, FileInfo? output)
    {
        if (run.State is RunState.Completed)
        {
            if (session.Json || output is not null)
            {
                var report = await session.Client.Reports.GetRunReportAsync(new() { RunId = run.RunId });
                ReportFile.Write(session, report, output, session.Json);
            }
            if (!session.Json)
            {
                IReadOnlyList<CurvePoint> curve = session.Terminal.OutLive ? await CurveAsync(session, run) : [];
                var lines = OutcomeText.Lines(run, session.CommandLine, await RunPage.AddressAsync(session, run.RunId));
                OutcomeText.Print(session.Terminal, run, lines, [.. curve.Select(point => point.BestAccuracy)]);
            }
            return ExitCode.Done;
        }
        if (session.Json) session.WriteJson(new GetRunResponse { Run = run }); // A report without its findings: only "run".
        return NotCompleted(session, run);
    }

    // A run that is watched from its beginning needs no question.
    private static async Task<IReadOnlyList<CurvePoint>> CurveUntilNowAsync(Session session, Run run) =>
        session.Terminal.Live && run.StepsCompleted > 0 ? await CurveAsync(session, run) : [];

    private static async Task<IReadOnlyList<CurvePoint>> CurveAsync(Session session, Run run)
    {
        var answer = await session.Client.Reports.GetRunReportAsync(new()
        {
            RunId = run.RunId,
            View = ReportView.Basic,
            ReadMask = new() { Paths = { "report.curve", "search.curve" } },
        });
        return answer.Report?.Curve ?? answer.Search?.Curve ?? [];
    }

    private static int NotCompleted(Session session, Run run)
    {
        var why = run.Reason.Length > 0 ? $": {run.Reason.TrimEnd('.')}." : ".";
        var resume = $"Resume it with: {session.CommandLine($"runs resume {run.RunId}")}";
        session.Terminal.Tell(run.State switch
        {
            RunState.Failed => $"ipo: Run {run.RunId} failed{why} {resume}",
            RunState.Paused => $"ipo: Run {run.RunId} is paused after {Amounts.Count(run.StepsCompleted, "step")}. {resume}",
            _ => $"ipo: Run {run.RunId} was cancelled{why} What it found: {session.CommandLine($"runs show {run.RunId}")}",
        });
        return ExitCode.RunNotCompleted;
    }
}
