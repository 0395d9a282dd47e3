using Grpc.Core;
using Ipo.Optimization.Estimates;
using Ipo.Optimization.Settings;
using Ipo.Orchestrator.Datasets;
using Ipo.Orchestrator.Reports;
using Ipo.Orchestrator.Runs;
using Ipo.Orchestrator.Services;

namespace Ipo.Orchestrator;

/// <summary>The public service: it translates. What is refused becomes a status in <see cref="Refusals"/>.</summary>
internal sealed class OrchestratorService(
    DatasetRegistration registration, DatasetStore datasets, DatasetRoots roots, RunRequests requests, Estimation estimation, RunBook book,
    ReportStore reports,
    Evaluation evaluation, Serving serving, RunExports exports, Scorer scorer, Providers providers, TimeProvider clock,
    IHostApplicationLifetime lifetime) : V1.OrchestratorService.OrchestratorServiceBase
{
    public override async Task<V1.GetSystemResponse> GetSystem(V1.GetSystemRequest request, ServerCallContext context)
    {
        var patience = Patience.OfARequest(clock);
        var model = scorer.GetModelAsync(patience, context.CancellationToken);
        var proposers = providers.ListProposersAsync(patience, context.CancellationToken);
        var captioner = providers.GetCaptionerAsync(patience, context.CancellationToken);
        await Task.WhenAll(model, proposers, captioner);
        var response =
            new V1.GetSystemResponse
            {
                Model = await model,
                Captioner = RunMessages.Name(await captioner),
                IpoVersion = RunReports.Version
            };
        response.Proposers.AddRange(await proposers);
        response.Presets.AddRange(Presets.Names);
        response.DatasetRoots.AddRange(roots.Folders);
        return response;
    }

    public override async Task<V1.RegisterDatasetResponse> RegisterDataset(V1.RegisterDatasetRequest request, ServerCallContext context) =>
        new()
        {
            Dataset = DatasetMessages.Of(
            await registration.RegisterAsync(request.Name, request.Path, request.HandWrittenTemplate, context.CancellationToken))
        };

    public override Task<V1.ListDatasetsResponse> ListDatasets(V1.ListDatasetsRequest request, ServerCallContext context)
    {
        var response = new V1.ListDatasetsResponse();
        response.Datasets.AddRange(datasets.List().Select(DatasetMessages.Of));
        return Task.FromResult(response);
    }

    public override Task<V1.GetDatasetResponse> GetDataset(V1.GetDatasetRequest request, ServerCallContext context) =>
        Task.FromResult(new V1.GetDatasetResponse { Dataset = DatasetMessages.Of(datasets.Get(request.Name)) });

    public override async Task<V1.CreateRunResponse> CreateRun(V1.CreateRunRequest request, ServerCallContext context)
    {
        var run = await requests.CreateAsync(request.RunId, request.Settings ?? new(), context.CancellationToken);
        var response = new V1.CreateRunResponse { Run = RunMessages.Of(run) };
        if (TooFewSteps.In(run.State.Settings) is { } few) response.Warnings.Add(RunWarningSentences.Of(few));
        return response;
    }

    public override Task<V1.EstimateRunResponse> EstimateRun(V1.EstimateRunRequest request, ServerCallContext context) =>
        estimation.EstimateAsync(SettingsMessages.Read(request.Settings), context.CancellationToken);

    public override async Task<V1.GetRunResponse> GetRun(V1.GetRunRequest request, ServerCallContext context) =>
        new() { Run = RunMessages.Of(await book.GetAsync(request.RunId, context.CancellationToken)) };

    public override async Task<V1.ListRunsResponse> ListRuns(V1.ListRunsRequest request, ServerCallContext context)
    {
        var response = new V1.ListRunsResponse();
        response.Runs.AddRange((await book.ListAsync(context.CancellationToken))
            .Where(view => request.Dataset.Length == 0 || view.State.Settings.Dataset == request.Dataset)
            .Select(RunMessages.Of));
        return response;
    }

    public override async Task WatchRun(
        V1.WatchRunRequest request, IServerStreamWriter<V1.WatchRunResponse> responseStream, ServerCallContext context)
    {
        // A stream left open would hold up the stop: the server waits for it before anything else is told to stop.
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        try
        {
            await foreach (var view in book.WatchAsync(request.RunId, watching.Token))
                await responseStream.WriteAsync(
                    new() { Run = RunMessages.Of(view) }, context.CancellationToken); // what has begun is sent whole
        }
        catch (OperationCanceledException) when (!context.CancellationToken.IsCancellationRequested)
        {
            throw new RpcException(
                new Status(StatusCode.Unavailable,
                    "The orchestrator stops. The run goes on where it stood once it is back; watch it again then."));
        }
    }

    public override async Task<V1.FinishRunResponse> FinishRun(V1.FinishRunRequest request, ServerCallContext context) =>
        new() { Run = RunMessages.Of(await requests.FinishAsync(request.RunId, context.CancellationToken)) };

    public override async Task<V1.CancelRunResponse> CancelRun(V1.CancelRunRequest request, ServerCallContext context) =>
        new() { Run = RunMessages.Of(await requests.CancelAsync(request.RunId, context.CancellationToken)) };

    public override async Task<V1.ResumeRunResponse> ResumeRun(V1.ResumeRunRequest request, ServerCallContext context) =>
        new() { Run = RunMessages.Of(await requests.ResumeAsync(request.RunId, context.CancellationToken)) };

    public override async Task<V1.DeleteRunResponse> DeleteRun(V1.DeleteRunRequest request, ServerCallContext context)
    {
        await book.DeleteAsync(request.RunId, context.CancellationToken);
        return new();
    }

    public override async Task<V1.GetRunReportResponse> GetRunReport(V1.GetRunReportRequest request, ServerCallContext context)
    {
        var report = await reports.GetAsync(request.RunId, context.CancellationToken);
        return new() { Report = report, Markdown = ReportMarkdown.Write(report) };
    }

    public override async Task ExportRun(
        V1.ExportRunRequest request, IServerStreamWriter<V1.ExportRunResponse> responseStream, ServerCallContext context)
    {
        await foreach (var chunk in exports.ExportAsync(request, context.CancellationToken))
            await responseStream.WriteAsync(chunk, context.CancellationToken);
    }

    public override Task<V1.EvaluateTemplatesResponse> EvaluateTemplates(V1.EvaluateTemplatesRequest request, ServerCallContext context) =>
        evaluation.EvaluateAsync(request, context.CancellationToken);

    public override Task<V1.ClassifyImagesResponse> ClassifyImages(V1.ClassifyImagesRequest request, ServerCallContext context) =>
        serving.ClassifyAsync(request, context.CancellationToken);
}
