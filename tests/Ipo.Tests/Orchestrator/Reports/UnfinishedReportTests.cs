using System.Text;
using System.Text.Json;
using Grpc.Core;
using Ipo.Tests.Fakes;
using Ipo.V1;
using Xunit;

namespace Ipo.Tests.Orchestrator.Reports;

/// <summary>Reports and exports of runs that proved nothing yet, or never will.</summary>
public sealed class UnfinishedReportTests : OrchestratorTest
{
    private protected override async Task PrepareAsync()
    {
        TinyDataset.Write(Folder, "data/tiny");
        await Lab.RegisterAsync("tiny");
    }

    [Fact]
    public async Task A_failed_run_says_why_and_what_its_search_found()
    {
        await FailAsync();

        var answer = await Client.Reports.GetRunReportAsync(new() { RunId = "run" }, cancellationToken: Cancellation);

        Assert.Null(answer.Report);
        var search = answer.Search;
        Assert.Equal((V1.RunState.Failed, 1, false), (search.Run.State, search.Run.StepsCompleted, search.HasOpenedTest));
        Assert.Equal([0, 1], search.Curve.Select(point => point.Step));
        Assert.Equal(search.Run.TemplatesScored, search.Trajectory.Count);
        Assert.Equal(("", ""), (search.Trajectory[0].Proposer, search.Trajectory[0].Model));
        Assert.All(search.Trajectory.Skip(1), scored => Assert.Equal(("evolve", "rules 1", 1), (scored.Proposer, scored.Model, scored.Step)));
        Assert.Equal(search.Trajectory.Max(scored => scored.Accuracy), search.BestTemplates[0].Accuracy);
        Assert.StartsWith("# tiny: run run failed after 1 of 3 steps\n\nIt failed: The proposer 'evolve' failed", answer.Markdown.Replace("\\", ""), StringComparison.Ordinal);
        Assert.Contains("`ipo runs resume run`", answer.Markdown, StringComparison.Ordinal);
        Assert.Contains("**Nothing is proved.** The test images are sealed.", answer.Markdown, StringComparison.Ordinal);
        Assert.Contains("## The search", answer.Markdown, StringComparison.Ordinal);
        Assert.Contains("## The best templates on the search images", answer.Markdown, StringComparison.Ordinal);
        Assert.Equal(answer.Markdown, await Lab.Http.GetStringAsync("/runs/run/report.md", Cancellation));
    }

    [Fact]
    public async Task A_running_run_has_what_it_found_so_far_and_a_cancelled_one_keeps_it()
    {
        var asked = new TaskCompletionSource();
        Fakes.PromptGen.Instead = async call =>
        {
            if (call == 0) return null;
            asked.TrySetResult();
            await Task.Delay(Timeout.Infinite, Cancellation);
            return null;
        };
        await Lab.CreateAsync(Settings(), "run");
        await asked.Task;

        var running = await Client.Reports.GetRunReportAsync(new() { RunId = "run" }, cancellationToken: Cancellation);
        await Client.Runs.CancelRunAsync(new() { RunId = "run" }, cancellationToken: Cancellation);
        var cancelled = await Client.Reports.GetRunReportAsync(new() { RunId = "run" }, cancellationToken: Cancellation);

        Assert.StartsWith("# tiny: run run is running: 1 of 3 steps are done\n", running.Markdown, StringComparison.Ordinal);
        Assert.StartsWith("# tiny: run run was cancelled after 1 of 3 steps\n", cancelled.Markdown, StringComparison.Ordinal);
        Assert.Equal(running.Search.Trajectory, cancelled.Search.Trajectory);
        Assert.NotEmpty(running.Search.Trajectory);
    }

    [Fact]
    public async Task Before_anything_is_scored_the_report_says_so()
    {
        Fakes.Scorer.LengthOf = _ => 1_000; // no text fits, so nothing can be scored
        await Lab.CreateAsync(Settings(), "run");
        await Lab.EndAsync("run");

        var answer = await Client.Reports.GetRunReportAsync(new() { RunId = "run" }, cancellationToken: Cancellation);

        Assert.EndsWith("No template has been scored yet.\n", answer.Markdown.Split("\n## ")[0], StringComparison.Ordinal);
        Assert.Equal((V1.RunState.Failed, 0), (answer.Search.Run.State, answer.Search.Curve.Count));
    }

    [Fact]
    public async Task Candidates_go_out_of_a_run_in_any_state()
    {
        await FailAsync();
        var search = (await Client.Reports.GetRunReportAsync(new() { RunId = "run" }, cancellationToken: Cancellation)).Search;

        var lines = Encoding.UTF8.GetString(await ExportAsync(ExportFormat.Candidates)).Split("\r\n");
        var json = JsonDocument.Parse(await ExportAsync(ExportFormat.Search)).RootElement;

        Assert.Equal("step,proposer,model,template,accuracy,loss,best_so_far", lines[0]);
        Assert.Equal([.. search.Trajectory.Select(scored => scored.Template)], lines[1..^1].Select(line => line.Split('"')[5]));
        Assert.StartsWith("0,\"\",\"\",\"a photo of a <CLASS>.\",", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("1,\"evolve\",\"rules 1\",", lines[2], StringComparison.Ordinal);
        Assert.EndsWith(",true", lines[1], StringComparison.Ordinal);
        Assert.Equal("RUN_STATE_FAILED", json.GetProperty("run").GetProperty("state").GetString());
        Assert.Equal(search.Trajectory.Count, json.GetProperty("trajectory").GetArrayLength());
    }

    [Theory]
    [InlineData(ExportFormat.OpenClip)]
    [InlineData(ExportFormat.Npy)]
    [InlineData(ExportFormat.Report)]
    public async Task What_needs_a_winner_is_refused_with_the_state_of_the_run(ExportFormat format)
    {
        await FailAsync();

        Assert.StartsWith(
            "Run 'run' is failed after 1 of 3 steps; a winner exists once it is completed. 'ipo report run', and 'ipo export run' with "
                + "--format candidates or search, say what it has so far.",
            await OrchestratorLab.RefusedAsync(StatusCode.FailedPrecondition, () => ExportAsync(format)), StringComparison.Ordinal);
    }

    private static V1.RunSettings Settings()
    {
        var settings = new V1.RunSettings { Dataset = "tiny", Preset = "ipo-paper", Steps = 3 };
        settings.Ask("evolve");
        return settings;
    }

    private async Task FailAsync()
    {
        Fakes.PromptGen.Instead = call => Task.FromResult(call == 0 ? null : FakePromptGen.Failure(FailureKind.Rejected, "no such model"));
        await Lab.CreateAsync(Settings(), "run");
        Assert.Equal(Ipo.Optimization.State.RunStatus.Failed, (await Lab.EndAsync("run")).Status);
    }

    private async Task<byte[]> ExportAsync(ExportFormat format)
    {
        var content = new List<byte>();
        using var export = Client.Reports.ExportRun(new() { RunId = "run", Format = format }, cancellationToken: Cancellation);
        await foreach (var chunk in export.ResponseStream.ReadAllAsync(Cancellation)) content.AddRange(chunk.Content);
        return [.. content];
    }
}
