using Grpc.Core;
using Ipo.Optimization.State;
using Ipo.Optimization.Statistics;
using Ipo.Orchestrator.Clients;
using Ipo.Orchestrator.Datasets;
using Ipo.Orchestrator.Storage;
using Ipo.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Ipo.Tests.Orchestrator.Comparison;

/// <summary>A run's finalists on other checkpoints, through the public service; each scorer is one of its own.</summary>
public sealed class ComparisonServiceTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private FakeServices _fakes = null!, _siglip = null!, _large = null!;
    private OrchestratorLab _lab = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        (_fakes, _siglip, _large) = (await FakeServices.StartAsync(), await FakeServices.StartAsync(), await FakeServices.StartAsync());
        _siglip.Scorer.Model = new(_fakes.Scorer.Model) { Name = "siglip", Digest = "dd" + new string('1', 62), Probability = V1.ZeroShotProbability.Sigmoid };
        _large.Scorer.Model = new(_fakes.Scorer.Model) { Name = "large", Digest = "dd" + new string('2', 62) };
        (_siglip.Scorer.Taste, _large.Scorer.Taste) = ("sig", "large");
        TinyDataset.Write(_folder, "data/tiny", classes: 8, imagesPerClass: 60);
        _lab = await OrchestratorLab.StartAsync(_folder, _fakes, services: services => services.AddSingleton(new ComparisonScorers(
            [new(_siglip.ScorerCalls, replicas: null, "comparison-scorer"), new(_large.ScorerCalls, replicas: null, "comparison-scorer-2")])));
        await _lab.RegisterAsync("tiny");
    }

    public async ValueTask DisposeAsync()
    {
        await _lab.DisposeAsync();
        foreach (var services in (FakeServices[])[_fakes, _siglip, _large]) await services.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Finalists_are_scored_in_pairs_on_every_checkpoint_that_is_asked_for()
    {
        var report = await RunAsync();
        var comparison = (await CompareAsync("large", "DD1", "fake-clip"))[^1].Comparison;

        Assert.Equal(("run", report.Winner, true), (comparison.RunId, comparison.Winner, comparison.ImagesChose));
        Assert.Equal(["large", "siglip", "fake-clip"], comparison.Checkpoints.Select(one => one.Model.Name));
        Assert.Equal([false, false, true], comparison.Checkpoints.Select(one => one.IsRunsOwn));
        Assert.Equal(_siglip.Scorer.Model, comparison.Checkpoints[1].Model);

        // What the run recorded of its finalists.
        var recorded = comparison.Recorded;
        Assert.Equal((report.Run.Model, true), (recorded.Model, recorded.IsRunsOwn));
        var finalists = recorded.PromptSets.Take(report.Finalists.Count).ToList();
        Assert.Equal(
            report.Finalists.Select(one => (one.PromptSet, one.Score.Accuracy, one.Score.Loss, one.Comparison)),
            finalists.Select(one => (one.PromptSet, one.Score.Accuracy, one.Score.Loss, one.Comparison)));
        Assert.Contains(recorded.PromptSets, one => one.PromptSet.Equals(report.Winner));
        Assert.Equal(["a photo of a <CLASS>."], recorded.PromptSets[0].PromptSet.Templates);

        // Its own checkpoint again gives the same, and no other gives that.
        Assert.Equal(Figures(recorded), Figures(comparison.Checkpoints[2]));
        Assert.NotEqual(Figures(recorded), Figures(comparison.Checkpoints[0]));
        Assert.NotEqual(Figures(comparison.Checkpoints[0]), Figures(comparison.Checkpoints[1]));
        foreach (var checkpoint in comparison.Checkpoints)
        {
            Assert.Null(checkpoint.PromptSets[0].Comparison);
            Assert.All(checkpoint.PromptSets.Skip(1), one =>
            {
                Assert.Equal(one.Score.Accuracy - checkpoint.PromptSets[0].Score.Accuracy, one.Comparison.AccuracyDifference, 1e-12);
                Assert.InRange(one.Comparison.AccuracyDifference, one.Comparison.DifferenceLow, one.Comparison.DifferenceHigh);
                Assert.InRange(one.Score.Accuracy, one.Score.AccuracyLow, one.Score.AccuracyHigh);
            });
        }

        // Both others pay for being two; the run's own is none of them.
        var winners = comparison.Checkpoints.Take(2).Select(one => one.PromptSets.Single(set => set.PromptSet.Equals(report.Winner)).Comparison.McnemarP).ToList();
        Assert.Equal(Holm.Adjust(winners), comparison.Checkpoints.Take(2).Select(one => one.HolmP));
        Assert.False(comparison.Checkpoints[2].HasHolmP);
        Assert.Equal(V1.Judgement.Unspecified, comparison.Checkpoints[2].Judgement);
        Assert.All(comparison.Checkpoints.Take(2), one =>
        {
            Assert.NotEqual(V1.Judgement.Unspecified, one.Judgement);
            Assert.Contains($"{one.Model.Name} {one.Model.Digest[..12]} (", comparison.Message, StringComparison.Ordinal);
        });
        Assert.DoesNotContain("fake-clip", comparison.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_validation_images_reach_the_other_checkpoints_and_progress_names_them()
    {
        await RunAsync();
        var before = Looks;
        var said = await CompareAsync("siglip");

        // Of the classes searched on.
        string[] validation = [.. _lab.ImagesOf("tiny").Where(image => image is { Split: DatasetSplit.Validation, Label: < 4 }).Select(image => image.Sha256).Order()];
        Assert.Equal(validation, _siglip.Scorer.Known.Order());
        Assert.Empty(_large.Scorer.Known);
        Assert.Equal(before, Looks);
        Assert.Equal(new V1.ComparisonProgress { Checkpoint = "siglip", Encoding = new() { Images = validation.Length, ImagesDone = validation.Length } }, said[^2].Progress);
    }

    [Fact]
    public async Task Without_a_name_it_is_the_checkpoint_that_runs_use_and_the_same_one_stands_once()
    {
        var report = await RunAsync();
        _fakes.Scorer.Model = new(_fakes.Scorer.Model) { Digest = new string('e', 64), Name = "newer" };
        var one = Assert.Single((await CompareAsync())[^1].Comparison.Checkpoints);
        Assert.Equal(("newer", false), (one.Model.Name, one.IsRunsOwn));
        Assert.Equal(one.PromptSets.Single(set => set.PromptSet.Equals(report.Winner)).Comparison.McnemarP, one.HolmP);
        Assert.Single((await CompareAsync("siglip", "dd1"))[^1].Comparison.Checkpoints);
    }

    [Fact]
    public async Task An_unknown_checkpoint_an_ambiguous_one_and_an_empty_one_are_refused_with_what_is_served()
    {
        await RunAsync();
        Assert.Equal(
            "No scorer has a checkpoint 'vit-h'; served are: fake-clip cccccccccccc, siglip dd1111111111, large dd2222222222. Others are served once the "
                + "AppHost is started with their folders in IPO_COMPARE_CHECKPOINTS, or a deployment has a scorer for each (deploy/README.md).",
            await OrchestratorLab.RefusedAsync(StatusCode.NotFound, () => CompareAsync("siglip", "vit-h")));
        Assert.Equal(
            "checkpoints[1] is 'dd', which 2 checkpoints are called by: siglip dd1111111111, large dd2222222222. Give as much of a digest as tells it "
                + "from the others.",
            await OrchestratorLab.RefusedAsync(StatusCode.InvalidArgument, () => CompareAsync("siglip", "dd")));
        Assert.StartsWith("checkpoints[0] is empty", await OrchestratorLab.RefusedAsync(StatusCode.InvalidArgument, () => CompareAsync("")), StringComparison.Ordinal);
        Assert.Empty(_siglip.Scorer.ScoredTemplates);
    }

    [Fact]
    public async Task A_prompt_that_a_checkpoint_refuses_is_said_and_compares_with_nothing()
    {
        var report = await RunAsync();
        _siglip.Scorer.LongestText = "a photo of a kind a.".Length;
        var comparison = (await CompareAsync("siglip"))[^1].Comparison;
        var winner = comparison.Checkpoints[0].PromptSets.Single(set => set.PromptSet.Equals(report.Winner));
        Assert.EndsWith("is longer than the context.", winner.Refusal, StringComparison.Ordinal);
        Assert.Null(winner.Comparison);
        Assert.False(comparison.Checkpoints[0].HasHolmP);
        Assert.Equal("Nothing shows that the winner travels: beside the baseline it is not scored on siglip dd1111111111.", comparison.Message);
    }

    [Fact]
    public async Task A_scorer_that_is_away_is_named_and_runs_without_validation_images_have_nothing_to_compare()
    {
        await RunAsync();
        _large.Scorer.Before = _ => throw new RpcException(new Status(StatusCode.Unavailable, "away"));
        Assert.StartsWith("comparison-scorer-2 does not answer (away)", await OrchestratorLab.RefusedAsync(StatusCode.Unavailable, () => CompareAsync("large")), StringComparison.Ordinal);
        Assert.Single((await CompareAsync())[^1].Comparison.Checkpoints);

        for (var image = 0; image < 8; image++)
            foreach (var split in (string[])["train", "test"])
                _folder.Write($"data/split/{split}/kind_{image % 2}/{image}.png", TinyDataset.Image($"{split} {image}"));
        await _lab.RegisterAsync("split");
        await _lab.CreateAsync(new() { Dataset = "split", Steps = 1, Shots = 2 }, "folds");
        await _lab.EndAsync("folds");
        Assert.StartsWith(
            "Run 'folds' has no scores of validation images",
            await OrchestratorLab.RefusedAsync(StatusCode.FailedPrecondition, async () => { await foreach (var _ in Call("folds").ResponseStream.ReadAllAsync(Cancellation)) { } }),
            StringComparison.Ordinal);
    }

    private async Task<V1.RunReport> RunAsync()
    {
        await _lab.CreateAsync(new() { Dataset = "tiny", Classes = V1.ClassSelection.Base, Steps = 4, Shots = 8 }, "run");
        Assert.Equal(RunStatus.Completed, (await _lab.EndAsync("run")).Status);
        var report = (await _lab.Client.Reports.GetRunReportAsync(new() { RunId = "run" }, cancellationToken: Cancellation)).Report;
        Assert.NotEqual(["a photo of a <CLASS>."], report.Winner.Templates);
        return report;
    }

    private async Task<List<V1.CompareRunResponse>> CompareAsync(params string[] checkpoints)
    {
        using var call = Call("run", checkpoints);
        return await call.ResponseStream.ReadAllAsync(Cancellation).ToListAsync(Cancellation);
    }

    private AsyncServerStreamingCall<V1.CompareRunResponse> Call(string runId, params string[] checkpoints) =>
        _lab.Client.Comparison.CompareRun(new() { RunId = runId, Checkpoints = { checkpoints } }, cancellationToken: Cancellation);

    private int Looks => _lab.Services.GetRequiredService<Database>().Scalar<int>("SELECT COUNT(*) FROM test_looks");

    private static List<string> Figures(V1.CheckpointScores checkpoint) =>
        [.. checkpoint.PromptSets.Select(set => $"{set.PromptSet} {set.Score.Accuracy} {set.Score.AccuracyLow} {set.Score.Loss} {set.Comparison}")];
}
