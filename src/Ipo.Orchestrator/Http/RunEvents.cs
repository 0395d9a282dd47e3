using System.Globalization;
using Google.Protobuf;
using Ipo.Keys;
using Ipo.Orchestrator.Access;
using Ipo.Orchestrator.Runs;
using Microsoft.AspNetCore.Mvc;

namespace Ipo.Orchestrator.Http;

/// <summary>A run's changes as server-sent events: what RunService.WatchRun streams, each response as JSON, with the same
/// query parameters. The id of an event is the length of the run's journal, so a browser that comes back goes on where it
/// stood.</summary>
internal static class RunEvents
{
    public static void Map(WebApplication app) =>
        app.MapGet("/v1/runs/{runId}/events", WatchAsync).AddEndpointFilter<Refusals>().AddEndpointFilter<AuditFilter>()
            .ExcludeFromDescription()
            .WithMetadata(new ForRoleAttribute(Role.Read));

    private static async Task<IResult> WatchAsync(
        string runId, [FromHeader(Name = "Last-Event-ID")] long? seen, HttpRequest http, RunStore runs,
        IHostApplicationLifetime lifetime, CancellationToken left)
    {
        var request = QueryMessage.Read<V1.WatchRunRequest>(http.Query);
        request.RunId = runId;
        if (seen is { } length) request.SinceJournalLength = length;
        var watched = WatchedRun.Of(request);
        var run = (await runs.GetAsync(runId, left)).State; // an unknown run is refused before the stream begins
        if (!run.IsRunning && seen >= run.Length) return EventStream.Ended;
        var states = watched.From(runs, default).Select(state => (
            (IMessage)new V1.WatchRunResponse { Run = state.Run }, state.JournalLength.ToString(CultureInfo.InvariantCulture)));
        return EventStream.Of(states, "run", lifetime, left);
    }
}
