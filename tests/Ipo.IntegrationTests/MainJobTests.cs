using System.Diagnostics;
using System.Text.Json;
using Grpc.Core;
using Ipo.V1;
using Xunit;

namespace Ipo.IntegrationTests;

/// <summary>The main job on real photographs: labelled images in, a better prompt with its proof out.</summary>
public sealed class MainJobTests(CaltechSystem caltech) : IClassFixture<CaltechSystem>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static readonly string[] Settings =
        ["--shots", "16", "--classes", "base", "--preset", "ipo-paper", "--steps", "20", "--seed", "1"];

    [Fact]
    public async Task A_person_gets_a_report_with_baseline_and_winner_on_test_images_twice_the_same()
    {
        var system = caltech.System;
        var first = await OptimizeAsync(system, "first");
        var second = await OptimizeAsync(system, "second");

        Assert.Equal("ipo-tiny", first.Run.Model.Name);
        Assert.Equal("evolve", first.Run.Proposers.Single().Name);
        Assert.Equal(20, first.Run.StepsCompleted);
        Assert.Equal(16 * 50, first.BaselineEvaluation.Search.Images);
        Assert.Equal(50, first.WinnerEvaluation.TestBase.Classes);
        Assert.Equal(50, first.WinnerEvaluation.TestNovel.Classes);
        Assert.Equal(2465, first.WinnerEvaluation.TestBase.Images + first.WinnerEvaluation.TestNovel.Images);
        Assert.True(first.WinnerEvaluation.Search.Accuracy >= first.BaselineEvaluation.Search.Accuracy);
        var (b, n) = (first.WinnerEvaluation.TestBase.Accuracy, first.WinnerEvaluation.TestNovel.Accuracy);
        Assert.Equal(2 * b * n / (b + n), first.WinnerEvaluation.HarmonicMean, 9);

        Assert.True(first.Trajectory.Count > 20, $"Only {first.Trajectory.Count} templates were scored.");
        Assert.Equal(first.Trajectory, second.Trajectory);
        Assert.Equal(16 * 50, second.Run.Spending.ImagesCached);
        Assert.Equal(0, second.Run.Spending.ImagesEncoded);
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"baseline {first.BaselineEvaluation.TestBase.Accuracy:P2} / {first.BaselineEvaluation.TestNovel.Accuracy:P2}, " +
            $"winner '{first.Winner}' {b:P2} / {n:P2}");

        // The model card of ipo-tiny: `a photo of a <CLASS>.` on CoOp's Caltech-101 test split, base and new classes.
        Assert.Equal(0.522, first.BaselineEvaluation.TestBase.Accuracy, 0.002);
        Assert.Equal(0.474, first.BaselineEvaluation.TestNovel.Accuracy, 0.002);
    }

    [Fact]
    public async Task A_run_with_mixed_proposers_an_ensemble_and_explanations_is_proved_exported_and_served()
    {
        var system = caltech.System;
        var started = Stopwatch.GetTimestamp();
        var result = await system.IpoAsync(
            Cancellation, "optimize", CaltechSystem.Folder, "--run-id", "ensemble", "--classes", "base", "--json", "--ensemble", "4", "--proposer", "evolve,random-words", "--steps", "20", "--seed", "7");
        Assert.True(result.ExitCode == 0, $"{result.Output}\n{result.Errors}");
        var report = await CompletedAsync(system, "ensemble");
        var took = Stopwatch.GetElapsedTime(started);

        var templates = report.Winner.Templates;
        Assert.Equal(2, report.ProposerShares.Count);
        Assert.Equal(report.Finalists.Select(finalist => finalist.PromptSet), report.TradeOffs.Select(one => one.PromptSet));
        Assert.Contains(report.TradeOffs, one => one.OnFront);
        Assert.InRange(report.WinnerEvaluation.TestBase.CalibrationError, 1e-6, 1);
        Assert.InRange(report.Ensemble.Steps.Count, 2, 4);
        Assert.Equal(templates.Count == 1, report.SingleEvaluation is null);
        Assert.NotEmpty(report.Explanation.Variations);
        var (baseline, winner, single) = (report.BaselineEvaluation, report.WinnerEvaluation, report.SingleEvaluation);
        var steps = string.Join(", ", report.Ensemble.Steps.Select(step => $"{step.Score.Accuracy:P2}"));
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{took.TotalSeconds:0} s; winner of {templates.Count}: {string.Join(" + ", templates)}; "
                + $"test base {baseline.TestBase.Accuracy:P2} -> {winner.TestBase.Accuracy:P2}, "
                + $"novel {baseline.TestNovel.Accuracy:P2} -> {winner.TestNovel.Accuracy:P2}; "
                + $"ECE {baseline.TestBase.CalibrationError:P2} -> {winner.TestBase.CalibrationError:P2}; "
                + $"best alone {single?.TestBase.Accuracy:P2} / {single?.TestNovel.Accuracy:P2}; ensemble {steps} on validation");

        var file = Path.Combine(system.Home, "ensemble.json");
        var exported = await system.IpoAsync(Cancellation, "export", "ensemble", "--use", "winner", "--format", "open_clip", "--out", file);
        Assert.True(exported.ExitCode == 0, exported.Errors);
        Assert.Equal(templates.Select(template => template.Replace("<CLASS>", "{}", StringComparison.Ordinal)), JsonSerializer.Deserialize<string[]>(await File.ReadAllTextAsync(file, Cancellation)));
        var image = Directory.EnumerateFiles(CaltechSystem.Folder, "*.jpg", SearchOption.AllDirectories).Order().First();
        var classified = await system.IpoAsync(Cancellation, "classify", "ensemble", image, "--use", "winner", "--json");
        Assert.True(classified.ExitCode == 0, classified.Errors);
        var served = JsonDocument.Parse(classified.Output).RootElement.GetProperty("promptSet").GetProperty("templates");
        Assert.Equal(templates, served.EnumerateArray().Select(template => template.GetString()));
    }

    [Fact]
    public async Task A_run_is_archived_deleted_restored_and_its_journal_checked_and_compacted()
    {
        var system = caltech.System;
        await OptimizeAsync(system, "kept");
        var before = await system.IpoAsync(Cancellation, "runs", "show", "kept", "--json");
        var file = Path.Combine(system.Home, "kept.ipo");
        await DoneAsync("archive", "kept", "--out", file);
        await DoneAsync("delete", "kept", "--yes");
        Assert.Contains("Run kept is here, completed.", (await DoneAsync("restore", file)).Output, StringComparison.Ordinal);
        Assert.Equal(before.Output, (await DoneAsync("show", "kept", "--json")).Output);

        var repair = await system.IpoAsync(Cancellation, "runs", "repair", "kept", "--yes");
        Assert.Contains("is sound; there is nothing to repair", repair.Errors, StringComparison.Ordinal);
        var check = await system.IpoAsync(Cancellation, "journal", "check");
        Assert.True(check.ExitCode == 0, check.Errors);
        Assert.Contains("nothing is damaged.", check.Output, StringComparison.Ordinal);
        var compact = await system.IpoAsync(Cancellation, "journal", "compact");
        Assert.Matches("iB before, [0-9.]+ .iB now", compact.Output);

        async Task<CommandResult> DoneAsync(params string[] arguments)
        {
            var result = await system.IpoAsync(Cancellation, ["runs", .. arguments]);
            Assert.True(result.ExitCode == 0, result.Errors);
            return result;
        }
    }

    [Fact]
    public async Task A_run_survives_kill_9_of_the_orchestrator_with_the_same_trajectory()
    {
        var system = caltech.System;
        var expected = await OptimizeAsync(system, "uninterrupted");

        await CreateAsync(system, "killed");
        await UntilStepAsync(system, "killed", 3);
        var killed = await system.KillAsync("orchestrator", Cancellation);
        await system.RestartedAsync("orchestrator", killed, Cancellation);
        var report = await CompletedAsync(system, "killed");

        Assert.Equal(expected.Trajectory, report.Trajectory);
        Assert.Equal(expected.Winner, report.Winner);
    }

    [Fact]
    public async Task A_run_completes_with_unchanged_scores_when_redis_dies()
    {
        var system = caltech.System;
        var expected = await OptimizeAsync(system, "with-redis");

        await CreateAsync(system, "without-redis");
        await UntilStepAsync(system, "without-redis", 2);
        var killed = await system.KillAsync("redis", Cancellation);
        var report = await CompletedAsync(system, "without-redis");

        Assert.Equal(expected.Trajectory, report.Trajectory);
        await system.RestartedAsync("redis", killed, Cancellation);
    }

    [Fact]
    public async Task A_run_is_one_trace_over_all_services()
    {
        var system = caltech.System;
        await OptimizeAsync(system, "traced");

        string[] wanted = ["orchestrator", "clip-scorer", "prompt-gen"];
        await RunningSystem.UntilAsync(async () => (await system.SpansAsync(Cancellation)).GroupBy(span => span.TraceId).Any(trace =>
            wanted.All(service => trace.Any(span => span.Service == service)) && trace.Any(span => span.Name.Contains("step", StringComparison.Ordinal))), Cancellation);
    }

    [Fact]
    public async Task A_folder_outside_the_roots_is_refused_with_the_way_to_mend_it()
    {
        var refused = await caltech.System.IpoAsync(Cancellation, "optimize", "/etc");

        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("IPO_DATASETS", refused.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", refused.Output + refused.Errors, StringComparison.Ordinal);
    }

    private static async Task<RunReport> OptimizeAsync(RunningSystem system, string id)
    {
        var result = await system.IpoAsync(Cancellation, ["optimize", CaltechSystem.Folder, "--run-id", id, "--json", .. Settings]);
        Assert.True(result.ExitCode == 0, $"{result.Output}\n{result.Errors}");
        Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(result.Output).RootElement.ValueKind);
        return await CompletedAsync(system, id);
    }

    private static async Task CreateAsync(RunningSystem system, string id)
    {
        var result = await system.IpoAsync(Cancellation, ["optimize", CaltechSystem.Folder, "--run-id", id, "--detach", .. Settings]);
        Assert.True(result.ExitCode == 0, $"{result.Output}\n{result.Errors}");
    }

    private static async Task UntilStepAsync(RunningSystem system, string id, int step)
    {
        using var watch = system.Client.Runs.WatchRun(new() { RunId = id }, cancellationToken: Cancellation);
        await foreach (var change in watch.ResponseStream.ReadAllAsync(Cancellation))
            if (change.Run.StepsCompleted >= step) return;
        Assert.Fail($"Run {id} ended before step {step}.");
    }

    private static async Task<RunReport> CompletedAsync(RunningSystem system, string id)
    {
        while (true)
        {
            var run = (await system.Client.Runs.GetRunAsync(new() { RunId = id }, cancellationToken: Cancellation)).Run;
            if (run.State == RunState.Completed) break;
            Assert.True(run.State is RunState.Running or RunState.Queued, $"{run.State}: {run.Reason}");
            await Task.Delay(100, Cancellation);
        }
        return (await system.Client.Reports.GetRunReportAsync(new() { RunId = id }, cancellationToken: Cancellation)).Report;
    }
}

/// <summary>One system for the tests on Caltech-101.</summary>
public sealed class CaltechSystem : IAsyncLifetime
{
    private const string Photographs = "data/caltech101";

    private RunningSystem? _system;

    /// <summary>The photographs with CoOp's split; the calling test is skipped where they are missing.</summary>
    public static string Folder => Tests.Shared.Path(Photographs);

    /// <summary>The running system; the calling test is skipped where the photographs are missing.</summary>
    public RunningSystem System => Folder.Length > 0 && _system is { } system ? system : throw new InvalidOperationException("The system did not start.");

    // A fixture cannot skip: without photographs it starts nothing, and its tests do.
    public async ValueTask InitializeAsync()
    {
        if (Tests.Shared.Has(Photographs)) _system = await RunningSystem.StartAsync(TestContext.Current.CancellationToken, ("IPO_DATASETS", Folder));
    }

    public async ValueTask DisposeAsync()
    {
        if (_system is not null) await _system.DisposeAsync();
    }
}
