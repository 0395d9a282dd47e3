using System.Text;
using Ipo.Optimization.Report;
using Ipo.Optimization.State;
using Ipo.Orchestrator.Reports.Text;
using static Ipo.Orchestrator.Reports.Text.Figures;

namespace Ipo.Orchestrator.Reports.Sections;

/// <summary>What a run is that is not completed, and what may be said of it.</summary>
internal static class Standing
{
    public static void Write(StringBuilder text, SearchReport report)
    {
        var run = report.Run;
        Line(text, $"# {Markdown.Escape(run.Settings.Dataset)}: run {Markdown.Escape(run.RunId)} {Title(run)}\n");
        if (run.FailureReason is { } reason)
            Line(
                text,
                $"It failed: {Markdown.Escape(reason)} Once that is put right, {Markdown.Code($"ipo runs resume {run.RunId}")} lets it go "
                    + $"on.\n");
        if (run.IsRunning) Line(text, $"{Markdown.Code($"ipo watch {run.RunId}")} follows it.\n");
        Line(
            text,
            $"**Nothing is proved.** {(report.HasOpenedTest ? "Test images were opened, but not all that a verdict needs was scored."
                : "The test images are sealed.")}");
        if (report.Candidates.Count == 0) Line(text, $"No template has been scored yet.");
        else
            Line(
                text,
                $"{report.Candidates.Count} templates were scored on the search images, the baseline among them. The search chose by these "
                    + $"accuracies, so they say too much. {Markdown.Code(Export(run))} writes all templates.");
    }

    private static string Export(RunState run) => $"ipo export {run.RunId} --format candidates --out candidates.csv";

    private static string Title(RunState run)
    {
        var steps = Invariant($"{run.StepsCompleted} of {run.Settings.Steps} steps");
        return run.Status switch
        {
            RunStatus.Failed => $"failed after {steps}",
            RunStatus.Cancelled => $"was cancelled after {steps}",
            RunStatus.Paused => $"is paused after {steps}",
            _ when run.Ended is not null => $"is running: its search ended after {steps}, and its proof is not finished",
            _ => $"is running: {steps} are done",
        };
    }
}
