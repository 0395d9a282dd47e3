using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Google.Protobuf;
using Ipo.Orchestrator.Runs;
using Microsoft.AspNetCore.Mvc;

namespace Ipo.Orchestrator.Http;

/// <summary>A run's changes as server-sent events, for a browser's EventSource: what RunService.WatchRun streams, each
/// response as JSON, with the same query parameters. The id of an event is the length of the run's journal, so a browser
/// that comes back goes on where it stood. A stop of the orchestrator ends the stream; the browser comes back by
/// itself.</summary>
internal static class RunEvents
{
    // As transcoding writes the same messages.
    private static readonly JsonFormatter Json = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true));

    public static void Map(WebApplication app) =>
        app.MapGet("/v1/runs/{runId}/events", WatchAsync).AddEndpointFilter<Refusals>().ExcludeFromDescription();

    private static async Task<IResult> WatchAsync(
        string runId, [FromHeader(Name = "Last-Event-ID")] long? seen, HttpRequest http, RunStore runs,
        IHostApplicationLifetime lifetime, CancellationToken left)
    {
        var request = QueryMessage.Read<V1.WatchRunRequest>(http.Query);
        request.RunId = runId;
        if (seen is { } length) request.SinceJournalLength = length;
        var watched = WatchedRun.Of(request);
        await runs.GetAsync(runId, left); // an unknown run is refused before the stream begins
        return TypedResults.ServerSentEvents(Events(watched.From(runs, default), lifetime, left));
    }

    private static async IAsyncEnumerable<SseItem<string>> Events(
        IAsyncEnumerable<(V1.Run Run, long JournalLength)> states, IHostApplicationLifetime lifetime,
        [EnumeratorCancellation] CancellationToken left)
    {
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(left, lifetime.ApplicationStopping);
        await using var state = states.GetAsyncEnumerator(watching.Token);
        while (await MoveNextAsync(state, lifetime.ApplicationStopping))
        {
            var (run, length) = state.Current;
            yield return new(Json.Format(new V1.WatchRunResponse { Run = run }), "run")
            {
                EventId = length.ToString(System.Globalization.CultureInfo.InvariantCulture),
            };
        }
    }

    private static async Task<bool> MoveNextAsync<T>(IAsyncEnumerator<T> states, CancellationToken stopping)
    {
        try { return await states.MoveNextAsync(); }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested) { return false; }
    }
}
