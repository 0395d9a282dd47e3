using System.ComponentModel;
using Google.Protobuf;
using Ipo.Keys;
using Ipo.Orchestrator.Datasets;
using Ipo.Orchestrator.Errors;
using Ipo.Orchestrator.Evaluation;
using Ipo.Orchestrator.Reports;
using Ipo.Orchestrator.Runs;
using Ipo.Orchestrator.Serving;
using ModelContextProtocol;
using ModelContextProtocol.Server;

namespace Ipo.Orchestrator.Mcp;

/// <summary>The operations of the public services as tools of the Model Context Protocol, for agents. Answers are the
/// contract's messages as JSON. Descriptions say what an agent tends to get wrong: how long a run takes, what a small
/// budget can show, and that test images are not for choosing.</summary>
[McpServerToolType]
internal sealed class McpTools(
    DatasetStore datasets, Estimation estimation, RunRequests requests, RunStore runs, ReportStore reports, Evaluator evaluator,
    Classifier classifier, TimeProvider clock)
{
    private const int LongestWait = 50; // seconds; clients give a call a minute

    private static readonly JsonFormatter Json = new(JsonFormatter.Settings.Default);

    [ToolForRole(Role.Read)]
    [McpServerTool(Name = "list_datasets", ReadOnly = true, Destructive = false, OpenWorld = false)]
    [Description(
        "Lists the registered datasets: name, classes, images of each split, and warnings that matter for what a "
        + "result is worth.")]
    public string ListDatasets() =>
        Json.Format(new V1.ListDatasetsResponse { Datasets = { datasets.List().Select(DatasetMessages.Of) } });

    [ToolForRole(Role.Read)]
    [McpServerTool(Name = "estimate_run", ReadOnly = true, Destructive = false, OpenWorld = false)]
    [Description(
        "Says what a run would take at most (calls, tokens, money) without starting it, and what speaks against "
        + "its settings. Call it before start_run and heed its warnings: the first step knows only the baseline, "
        + "so a run of a few steps shows nothing of a search, and its verdict says little whichever way it falls.")]
    public Task<string> EstimateRunAsync(
        [Description("Name of a registered dataset.")] string dataset,
        [Description(
            "Steps of the search; each asks the proposer once and scores what it proposes. 20 to 100 are usual.")] int? steps = null,
        [Description("Search images a class; 16 are usual.")] int? shots = null,
        [Description("Most calls to paid providers; 0 or left out for no limit.")] long? mostCalls = null,
        [Description("Most US dollars for paid calls; left out for no limit.")] double? mostDollars = null,
        CancellationToken cancellation = default) => ToldAsync(async () =>
        Json.Format(await estimation.EstimateAsync(
            SettingsMessages.Read(Settings(dataset, steps, shots, mostCalls, mostDollars)), cancellation)));

    [ToolForRole(Role.Run)]
    [McpServerTool(Name = "start_run", ReadOnly = false, Destructive = false, OpenWorld = true)]
    [Description(
        "Starts a run that searches for a better prompt template and proves it on held-out images. It goes on by "
        + "itself: minutes with the embedded proposer, hours and money with a paid model. The answer holds the "
        + "run's id and warnings: one of too few steps means that the budget is too small for a result. The same "
        + "run_id with the same settings returns the run that exists.")]
    public Task<string> StartRunAsync(
        [Description("Name of a registered dataset.")] string dataset,
        [Description(
            "An id of your choice (letters, digits, '-'), so that a repeated call starts nothing twice; empty "
            + "for one made up.")] string? runId = null,
        [Description("Steps of the search; 20 to 100 are usual, fewer than 10 show little.")] int? steps = null,
        [Description("Search images a class; 16 are usual.")] int? shots = null,
        [Description("Most calls to paid providers; left out for no limit.")] long? mostCalls = null,
        [Description("Most US dollars for paid calls; left out for no limit.")] double? mostDollars = null,
        CancellationToken cancellation = default) => ToldAsync(async () =>
    {
        var settings = Settings(dataset, steps, shots, mostCalls, mostDollars);
        var estimate = await estimation.EstimateAsync(SettingsMessages.Read(settings), cancellation);
        var run = await requests.CreateAsync(runId ?? "", settings, RunFiling.None, from: null, cancellation);
        return Json.Format(new V1.CreateRunResponse { Run = RunMessages.Of(run), Warnings = { estimate.Warnings } });
    });

    [ToolForRole(Role.Read)]
    [McpServerTool(Name = "wait_for_run", ReadOnly = true, Destructive = false, OpenWorld = false)]
    [Description(
        "Gives a run's state: at once when it is final, else after some seconds or when it becomes final. Call "
        + "it again until the state is RUN_STATE_COMPLETED, RUN_STATE_FAILED or RUN_STATE_CANCELLED. Figures of a "
        + "running search are of search images and prove nothing.")]
    public Task<string> WaitForRunAsync(
        [Description("The run's id.")] string runId,
        [Description("Seconds to wait at most, up to 50.")] int? seconds = null,
        CancellationToken cancellation = default) => ToldAsync(async () =>
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var timer = clock.CreateTimer(
            _ => end.Cancel(), null, TimeSpan.FromSeconds(Math.Clamp(seconds ?? LongestWait, 0, LongestWait)), Timeout.InfiniteTimeSpan);
        var view = await runs.GetAsync(runId, cancellation);
        try { await foreach (var newer in runs.WatchAsync(runId, end.Token)) view = newer; }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested) { } // the wait is over, the run is not
        return Json.Format(RunMessages.Of(view));
    });

    [ToolForRole(Role.Read)]
    [McpServerTool(Name = "get_verdict", ReadOnly = true, Destructive = false, OpenWorld = false)]
    [Description(
        "Gives the verdict of a completed run in a sentence and its whole report as Markdown. Report the verdict "
        + "with its images and interval; a winner that is not proved better is not one. Where the advice is to "
        + "keep the baseline, say so.")]
    public Task<string> GetVerdictAsync(
        [Description("The run's id.")] string runId, CancellationToken cancellation) => ToldAsync(async () =>
    {
        var report = (await reports.GetAsync(runId, cancellation)).Report;
        var sentence = $"{OutcomeSentences.Of(report.Outcome.Verdict.Ground)} {OutcomeSentences.Advice(report.Outcome)}";
        return $"{sentence}\n\n{ReportMarkdown.Write(report)}";
    });

    [ToolForRole(Role.Run)]
    [McpServerTool(Name = "evaluate_templates", ReadOnly = true, Destructive = false, OpenWorld = false)]
    [Description(
        "Scores templates of your own on the validation images of a dataset: accuracy and loss of each. A "
        + "template holds <CLASS> once. Whoever tries many and keeps the best has chosen on these images; the best "
        + "one's figure is then too good.")]
    public Task<string> EvaluateTemplatesAsync(
        [Description("Name of a registered dataset.")] string dataset,
        [Description("Templates such as 'a photo of a <CLASS>.'")] string[] templates,
        CancellationToken cancellation) => ToldAsync(async () =>
    {
        var request = new V1.EvaluateTemplatesRequest { Dataset = dataset, Split = V1.Split.Validation, Classes = V1.EvaluatedClasses.All };
        request.PromptSets.AddRange(templates.Select(template => new V1.PromptSet { Templates = { template } }));
        return Json.Format(await evaluator.EvaluateAsync(request, cancellation));
    });

    [ToolForRole(Role.Read)]
    [McpServerTool(Name = "classify_image", ReadOnly = true, Destructive = false, OpenWorld = false)]
    [Description(
        "Classifies a new image with what a completed run recommends: its winner where that is proved better, "
        + "else the baseline.")]
    public Task<string> ClassifyImageAsync(
        [Description("A completed run's id.")] string runId,
        [Description("The image file in base64.")] string imageBase64,
        [Description("How many classes to return.")] int? topK = null,
        CancellationToken cancellation = default) => ToldAsync(async () =>
    {
        ByteString content;
        try { content = ByteString.FromBase64(imageBase64); }
        catch (FormatException) { throw RefusedException.InvalidField("imageBase64", "is not base64."); }
        return Json.Format(await classifier.ClassifyAsync(new() { RunId = runId, Contents = { content }, TopK = topK ?? 1 }, cancellation));
    });

    private static V1.RunSettings Settings(string dataset, int? steps, int? shots, long? mostCalls, double? mostDollars)
    {
        var settings = new V1.RunSettings { Dataset = dataset };
        if (steps is { } count) settings.Steps = count;
        if (shots is { } images) settings.Shots = images;
        if (mostCalls is > 0 || mostDollars is > 0) settings.Budget = new();
        if (mostCalls is > 0 and var calls) settings.Budget.Calls = calls;
        if (mostDollars is > 0 and var dollars) settings.Budget.CostMicroUsd = (long)Math.Ceiling(dollars * 1_000_000);
        return settings;
    }

    // What is refused is told as the tool's error, in the words of the refusal; the protocol hides other exceptions' messages.
    private static async Task<string> ToldAsync(Func<Task<string>> work)
    {
        try { return await work(); }
        catch (RefusedException refused) { throw new McpException(refused.Message, refused); }
    }
}
