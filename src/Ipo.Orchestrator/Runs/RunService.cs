using Grpc.Core;
using Ipo.Optimization.Estimates;

namespace Ipo.Orchestrator.Runs;

/// <summary>Runs over gRPC.</summary>
internal sealed class RunService(
    RunRequests requests, Estimation estimation, RunBook book, IHostApplicationLifetime lifetime) : V1.RunService.RunServiceBase
{
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
}
