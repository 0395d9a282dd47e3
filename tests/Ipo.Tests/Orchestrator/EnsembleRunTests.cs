using System.Text.Json;
using Grpc.Core;
using Ipo.Optimization.State;
using Ipo.Optimization.Templates;
using Ipo.Tests.Fakes;
using Xunit;

namespace Ipo.Tests.Orchestrator;

/// <summary>Runs that ask for an ensemble, through the public service.</summary>
public sealed class EnsembleRunTests : OrchestratorTest
{
    private protected override async Task PrepareAsync()
    {
        TinyDataset.Write(Folder, "data/tiny", classes: 8, imagesPerClass: 60);
        await Lab.RegisterAsync("tiny");
    }

    [Fact]
    public async Task An_ensemble_wins_is_reported_step_by_step_exported_whole_and_served()
    {
        var report = await ReportAsync("run", ensembleSize: 3);
        var winner = Read(report.Winner);
        Assert.InRange(winner.Templates.Count, 2, 3);
        Assert.Equal(winner.Templates.Select(template => template.Text), report.Ensemble.Steps.Select(step => step.Template));
        Assert.Equal(report.WinnerEvaluation.Validation, report.Ensemble.Steps[^1].Score);
        for (var step = 1; step < report.Ensemble.Steps.Count; step++)
        {
            Assert.Equal(
                report.Ensemble.Steps[step].Score.Accuracy - report.Ensemble.Steps[step - 1].Score.Accuracy,
                report.Ensemble.Steps[step].AccuracyGain, 1e-12);
            Assert.Equal(
                report.Ensemble.Steps[step - 1].Score.Loss - report.Ensemble.Steps[step].Score.Loss, report.Ensemble.Steps[step].LossGain,
                1e-12);
        }
        Assert.Equal([winner.Templates[0].Text], report.SingleEvaluation.PromptSet.Templates);
        Assert.Equal(
            report.WinnerEvaluation.TestBase.Accuracy - report.SingleEvaluation.TestBase.Accuracy,
            report.Ensemble.TestBaseComparison.AccuracyDifference, 1e-12);
        Assert.Equal(
            report.WinnerEvaluation.TestNovel.Accuracy - report.SingleEvaluation.TestNovel.Accuracy,
            report.Ensemble.TestNovelComparison.AccuracyDifference, 1e-12);
        Assert.Equal(report.Winner, report.Finalists[^1].PromptSet);
        Assert.Equal(["evolve"], report.WinnerProposers);
        Assert.All(new[] { report.BaselineEvaluation, report.WinnerEvaluation },
            evaluation => Assert.InRange(evaluation.TestBase.CalibrationError, 0.001, 0.999));

        Assert.Equal(report.Finalists.Select(finalist => finalist.PromptSet), report.TradeOffs.Select(one => one.PromptSet));
        Assert.Contains(report.TradeOffs, one => one.OnFront);
        Assert.Equal(
            report.TradeOffs.Select(one => one.Tokens),
            report.TradeOffs.Select(one => one.PromptSet.Templates.Sum(template => template.Split(' ').Length)));

        var openClip = JsonSerializer.Deserialize<string[]>(await ExportAsync(V1.ExportFormat.OpenClip))!;
        Assert.Equal(winner.Templates.Select(template => template.Text.Replace("<CLASS>", "{}", StringComparison.Ordinal)), openClip);
        var cupl = JsonSerializer.Deserialize<Dictionary<string, string[]>>(await ExportAsync(V1.ExportFormat.Cupl))!;
        Assert.Equal(winner.Templates.Select(template => template.For("kind a")), cupl["kind a"]);
        var data = (await ExportAsync(V1.ExportFormat.Npy))[^(4 * 4 * 4)..];
        var sums = Enumerable.Range(0, 4)
            .Select(at => winner.Templates.Sum(template => (double)FakeScorer.TextEmbedding(template.For("kind c"))[at])).ToList();
        for (var at = 0; at < 4; at++)
            Assert.Equal(sums[at] / Math.Sqrt(sums.Sum(sum => sum * sum)), BitConverter.ToSingle(data, 4 * ((at * 4) + 2)), 1e-6);

        var classified =
            await Client.Serving.ClassifyImagesAsync(
                new() { RunId = "run", Contents = { Google.Protobuf.ByteString.CopyFrom(TinyDataset.Image("new")) } },
                cancellationToken: Cancellation);
        Assert.Equal(report.Winner, classified.PromptSet);

        var markdown = (await Client.Reports.GetRunReportAsync(new() { RunId = "run" }, cancellationToken: Cancellation)).Markdown;
        Assert.Contains(
            $"Winner: together `{winner.Templates[0].Text}` + `{winner.Templates[1].Text}`", markdown, StringComparison.Ordinal);
        Assert.Contains("## The ensemble\n\nIt won. Grown greedily", markdown, StringComparison.Ordinal);
        Assert.Contains("- On the test images, novel classes: ", markdown, StringComparison.Ordinal);
        Assert.Contains("## Trade-offs", markdown, StringComparison.Ordinal);
        Assert.Contains("What its parts are worth", markdown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sentences_of_classes_are_reported_exported_by_class_and_not_as_a_list_of_templates()
    {
        var settings = Settings(1);
        settings.ClassSentences = true;
        await Client.Runs.CreateRunAsync(new() { RunId = "run", Settings = settings }, cancellationToken: Cancellation);
        await Lab.EndAsync("run");
        var answer = await Client.Reports.GetRunReportAsync(new() { RunId = "run" }, cancellationToken: Cancellation);
        var winner = Read(answer.Report.Winner);
        Assert.Equal(["kind a", "kind b", "kind c", "kind d"], answer.Report.ClassSentences.Classes.Select(one => one.ClassName));
        Assert.All(answer.Report.ClassSentences.Classes,
            one => Assert.Matches($"^a photo of a {one.ClassName}, a bright picture number [0-9a-f]{{6}}\\.$", one.Prompts[0]));
        Assert.NotEmpty(winner.Sentences);
        Assert.Contains(
            answer.Report.Caveats, caveat => caveat.Kind == V1.CaveatKind.NovelClassesWithoutSentences);
        Assert.Contains("## Sentences of classes\n\nThey won", answer.Markdown, StringComparison.Ordinal);

        var cupl = JsonSerializer.Deserialize<Dictionary<string, string[]>>(await ExportAsync(V1.ExportFormat.Cupl, all: true))!;
        Assert.Equal(winner.PromptsOf("kind b"), cupl["kind b"]);
        Assert.Equal([winner.Templates[0].For("kind h")], cupl["kind h"]);
        var data = (await ExportAsync(V1.ExportFormat.Npy, all: true))[^(4 * 4 * 8)..];
        var sums = Enumerable.Range(0, 4)
            .Select(at => winner.PromptsOf("kind b").Sum(prompt => (double)FakeScorer.TextEmbedding(prompt)[at])).ToList();
        for (var at = 0; at < 4; at++)
            Assert.Equal(sums[at] / Math.Sqrt(sums.Sum(sum => sum * sum)), BitConverter.ToSingle(data, 4 * ((at * 8) + 1)), 1e-6);
        foreach (var listOfTemplates in (V1.ExportFormat[])[V1.ExportFormat.OpenClip, V1.ExportFormat.ClipBenchmark])
        {
            var refused = await Assert.ThrowsAsync<RpcException>(() => ExportAsync(listOfTemplates));
            Assert.Equal(StatusCode.FailedPrecondition, refused.StatusCode);
            Assert.Contains("take cupl, npy, safetensors or report", refused.Status.Detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Without_an_ensemble_the_run_is_the_same_search_and_a_single_template_wins()
    {
        var (single, ensemble) = (await ReportAsync("single", ensembleSize: 1), await ReportAsync("ensemble", ensembleSize: 4));
        Assert.Equal(single.Trajectory, ensemble.Trajectory);
        Assert.Equal(
            single.Finalists.Select(finalist => (finalist.PromptSet, finalist.Score)),
            ensemble.Finalists.SkipLast(1).Select(finalist => (finalist.PromptSet, finalist.Score)));
        Assert.Single(single.Winner.Templates);
        Assert.Null(single.Ensemble);
        Assert.Null(single.SingleEvaluation);
        Assert.NotEmpty(single.TradeOffs);
    }

    [Fact]
    public async Task A_dry_run_counts_the_sets_and_more_templates_than_an_ensemble_takes_are_refused()
    {
        var estimate = await Client.Runs.EstimateRunAsync(new() { Settings = Settings(4) }, cancellationToken: Cancellation);
        Assert.Equal((8 + 7 + 6, 4), (estimate.EnsembleTrials, estimate.Settings.EnsembleSize));

        // A proposer that looks at no description: they are for the sentences alone.
        Fakes.PromptGen.More = [new() { Name = "random-words", Model = "rules 1", Embedded = true }];
        foreach (var sentences in (bool[])[false, true])
        {
            var settings = Settings(1);
            settings.Ask("random-words");
            settings.ClassSentences = sentences;
            Assert.Equal(
                sentences ? 32 : 0,
                (await Client.Runs.EstimateRunAsync(new() { Settings = settings }, cancellationToken: Cancellation)).Descriptions);
        }
        var refused =
            await Assert.ThrowsAsync<RpcException>(
                async () => await Client.Runs.EstimateRunAsync(new() { Settings = Settings(0) }, cancellationToken: Cancellation));
        Assert.Equal(
            (StatusCode.InvalidArgument, "settings.ensemble_size is 0; give 1 to 16 templates."),
            (refused.StatusCode, refused.Status.Detail));
    }

    private async Task<V1.RunReport> ReportAsync(string id, int ensembleSize)
    {
        await Client.Runs.CreateRunAsync(new() { RunId = id, Settings = Settings(ensembleSize) }, cancellationToken: Cancellation);
        Assert.Equal((RunStatus.Completed, null), await Lab.EndAsync(id) is var run ? (run.Status, run.FailureReason) : default);
        return (await Client.Reports.GetRunReportAsync(new() { RunId = id }, cancellationToken: Cancellation)).Report;
    }

    private async Task<byte[]> ExportAsync(V1.ExportFormat format, bool all = false)
    {
        using var call = Client.Reports.ExportRun(new() { RunId = "run", Format = format, AllClasses = all, Prompts = V1.ServedPrompts.Winner }, cancellationToken: Cancellation);
        var bytes = new List<byte>();
        await foreach (var chunk in call.ResponseStream.ReadAllAsync(Cancellation))
            if (chunk.Suffix.Length == 0) bytes.AddRange(chunk.Content);
        return [.. bytes];
    }

    private static PromptSet Read(V1.PromptSet set) => PromptSet.Of(
        set.Templates.Select(PromptTemplate.Parse),
        set.ClassPrompts.Select(prompt => new ClassSentence(prompt.ClassName, PromptTemplate.Parse(prompt.Template))));

    private static V1.RunSettings Settings(int ensembleSize) =>
        new() { Dataset = "tiny", Classes = V1.ClassSelection.Base, Steps = 4, Shots = 8, EnsembleSize = ensembleSize };
}
