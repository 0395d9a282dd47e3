using System.Globalization;
using Grpc.Core;
using Ipo.Keys;
using Ipo.Optimization.Estimates;
using Ipo.Orchestrator.Access;
using Ipo.Orchestrator.Contract;
using Ipo.Orchestrator.Errors;

namespace Ipo.Orchestrator.Runs;

/// <summary>Runs over gRPC.</summary>
internal sealed class RunService(
    RunRequests requests, RunKeeping keeping, Estimation estimation, ProposalTranscripts transcripts, RunStore store,
    IHostApplicationLifetime lifetime)
    : V1.RunService.RunServiceBase
{
    [ForRole(Role.Run)]
    public override async Task<V1.CreateRunResponse> CreateRun(V1.CreateRunRequest request, ServerCallContext context)
    {
        var run = await requests.CreateAsync(
            request.RunId, request.Settings ?? new(), new(request.DisplayName, request.Labels), request.BranchFrom,
            context.CancellationToken);
        var response = new V1.CreateRunResponse { Run = RunMessages.Of(run) };
        if (TooFewSteps.In(run.State.Settings) is { } few) response.Warnings.Add(RunWarningSentences.Of(few));
        return response;
    }

    [ForRole(Role.Read)]
    public override Task<V1.EstimateRunResponse> EstimateRun(V1.EstimateRunRequest request, ServerCallContext context) =>
        estimation.EstimateAsync(SettingsMessages.Read(request.Settings), context.CancellationToken);

    [ForRole(Role.Read)]
    public override async Task<V1.GetRunResponse> GetRun(V1.GetRunRequest request, ServerCallContext context)
    {
        var mask = ReadMask<V1.Run>.Of("read_mask", request.ReadMask);
        return new() { Run = mask.Apply(RunMessages.Of(await store.GetAsync(request.RunId, context.CancellationToken))) };
    }

    [ForRole(Role.Read)]
    public override async Task<V1.ListRunsResponse> ListRuns(V1.ListRunsRequest request, ServerCallContext context)
    {
        if (request.States.Contains(V1.RunState.Unspecified))
            throw RefusedException.InvalidField("states", "holds RUN_STATE_UNSPECIFIED; name states, or none for all.");
        var isLabelled = RunLabels.Filter(request.Labels);
        var (all, damaged) = await store.SurveyAsync(context.CancellationToken);
        var chosen = all
            .Where(run => request.Dataset.Length == 0 || run.Settings.Dataset == request.Dataset)
            .Where(isLabelled)
            .Where(run => run.DisplayName.Contains(request.DisplayName, StringComparison.OrdinalIgnoreCase))
            .Where(run => request.States.Count == 0 || request.States.Contains(RunMessages.StateOf(run.Status, run.Hold)));
        var page = Paging<RunOutline>.Of(chosen, NewestFirst, request.PageSize, request.PageToken);
        var response = new V1.ListRunsResponse { NextPageToken = page.NextToken };
        foreach (var listed in page.Entries)
            if (await store.MessageAsync(listed, context.CancellationToken) is { } run) response.Runs.Add(run);
        if (request.PageToken.Length == 0)
            foreach (var runId in damaged)
                if (await keeping.ExamineAsync(runId, context.CancellationToken) is { } found) response.DamagedRuns.Add(found);
        return response;
    }

    private static string NewestFirst(RunOutline run) =>
        string.Create(CultureInfo.InvariantCulture, $"{long.MaxValue - run.CreatedAt.UtcTicks:D19} {run.RunId}");

    [ForRole(Role.Read)]
    public override async Task WatchRun(
        V1.WatchRunRequest request, IServerStreamWriter<V1.WatchRunResponse> responseStream, ServerCallContext context)
    {
        var watched = WatchedRun.Of(request);
        // A stream left open would hold up the stop: the server waits for it before anything else is told to stop.
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        try
        {
            await foreach (var (run, _) in watched.From(store, watching.Token))
                await responseStream.WriteAsync(new() { Run = run }, context.CancellationToken); // what has begun is sent whole
        }
        catch (OperationCanceledException) when (!context.CancellationToken.IsCancellationRequested)
        {
            throw ShuttingDown.Of("The run resumes after a restart; watch it again then.");
        }
    }

    [ForRole(Role.Read)]
    public override Task<V1.GetProposalsResponse> GetProposals(V1.GetProposalsRequest request, ServerCallContext context) =>
        transcripts.GetAsync(request.RunId, request.Step, context.CancellationToken);

    [ForRole(Role.Read)]
    public override async Task<V1.ListDescriptionsResponse> ListDescriptions(
        V1.ListDescriptionsRequest request, ServerCallContext context) =>
        DescriptionPages.Of((await store.GetAsync(request.RunId, context.CancellationToken)).State, request);

    [ForRole(Role.Run)]
    public override async Task<V1.FinishRunResponse> FinishRun(V1.FinishRunRequest request, ServerCallContext context) =>
        new() { Run = RunMessages.Of(await requests.FinishAsync(request.RunId, context.CancellationToken)) };

    [ForRole(Role.Run)]
    public override async Task<V1.PauseRunResponse> PauseRun(V1.PauseRunRequest request, ServerCallContext context) =>
        new() { Run = RunMessages.Of(await requests.PauseAsync(request.RunId, context.CancellationToken)) };

    [ForRole(Role.Run)]
    public override async Task<V1.CancelRunResponse> CancelRun(V1.CancelRunRequest request, ServerCallContext context) =>
        new() { Run = RunMessages.Of(await requests.CancelAsync(request.RunId, context.CancellationToken)) };

    [ForRole(Role.Run)]
    public override async Task<V1.ResumeRunResponse> ResumeRun(V1.ResumeRunRequest request, ServerCallContext context) =>
        new() { Run = RunMessages.Of(await requests.ResumeAsync(request.RunId, context.CancellationToken)) };

    [ForRole(Role.Admin)]
    public override async Task<V1.DeleteRunResponse> DeleteRun(V1.DeleteRunRequest request, ServerCallContext context)
    {
        await store.DeleteAsync(request.RunId, request.AllowMissing, context.CancellationToken);
        return new();
    }
}
