using Google.Protobuf;
using Ipo.Tests.Fakes;
using Xunit;

namespace Ipo.Tests.Orchestrator;

/// <summary>Texts that the checkpoint's tokenizer mends before it reads them.</summary>
public sealed class RepairedTextTests : OrchestratorTest
{
    private protected override Task PrepareAsync()
    {
        TinyDataset.Write(Folder, "data/tiny");
        return Lab.RegisterAsync("tiny");
    }

    [Fact]
    public async Task Two_class_names_that_the_tokenizer_reads_as_one_fail_the_run_before_anything_is_spent()
    {
        Fakes.Scorer.Repair = text => text.Replace("kind b", "Kind A", StringComparison.Ordinal);
        await Lab.CreateAsync(Settings(), "run");
        var run = (await Lab.WatchAsync("run"))[^1];
        Assert.Equal(V1.RunState.Failed, run.State);
        Assert.Contains("Dataset 'tiny': the checkpoint's tokenizer reads the class names 'kind a' and 'kind b' as one text", run.Reason, StringComparison.Ordinal);
        Assert.Equal(0, run.Spending.Calls);
    }

    [Fact]
    public async Task A_template_that_is_scored_otherwise_than_it_is_written_is_told_in_report_and_evaluation_and_at_classifying()
    {
        const string Written = "a photo of somebody’s <CLASS>.", Read = "a photo of somebody's <CLASS>.";
        Fakes.PromptGen.Answer = _ => $"<INS>{Written}</INS>";
        Fakes.Scorer.Repair = text => text.Replace('’', '\'').Replace("a photo of a <", "a photo of one <", StringComparison.Ordinal);
        await Lab.CreateAsync(Settings(), "run");
        var run = (await Lab.WatchAsync("run"))[^1];
        Assert.Equal(V1.RunState.Completed, run.State);
        var report = await Client.Reports.GetRunReportAsync(new() { RunId = "run" }, cancellationToken: Cancellation);
        Assert.Contains(report.Report.Caveats, caveat => caveat.Kind == V1.CaveatKind.TemplatesRepaired);

        var evaluated = await Client.Evaluation.EvaluateTemplatesAsync(
            new() { Dataset = "tiny", PromptSets = { Prompts.Sets(Written, "a <CLASS>") }, Split = V1.Split.Validation, Classes = V1.EvaluatedClasses.All }, cancellationToken: Cancellation);
        Assert.Equal(new V1.RepairedTemplate { Template = Written, ReadAs = Read }, Assert.Single(evaluated.Results[0].Repaired));
        Assert.Empty(evaluated.Results[1].Repaired);

        var classified = await Client.Serving.ClassifyImagesAsync(
            new() { RunId = "run", Contents = { ByteString.CopyFromUtf8("image") }, Prompts = V1.ServedPrompts.Baseline }, cancellationToken: Cancellation);
        Assert.Equal("a photo of one <CLASS>.", Assert.Single(classified.Repaired).ReadAs);
    }

    private static V1.RunSettings Settings() => new() { Dataset = "tiny", Preset = "ipo-paper", Steps = 2, Shots = 2, CandidatesPerStep = 4, Descriptions = true };
}
