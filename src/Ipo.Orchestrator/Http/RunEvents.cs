using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Google.Protobuf;
using Ipo.Orchestrator.Runs;
using Microsoft.AspNetCore.Mvc;

namespace Ipo.Orchestrator.Http;

/// <summary>A run's changes as server-sent events, for a browser's EventSource: what RunService.WatchRun streams, each
/// response as JSON. The id of an event is the length of the run's journal, so a browser that comes back goes on where it
/// stood. A stop of the orchestrator ends the stream; the browser comes back by itself.</summary>
internal static class RunEvents
{
    // As transcoding writes the same messages.
    private static readonly JsonFormatter Json = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true));

    public static void Map(WebApplication app) =>
        app.MapGet("/v1/runs/{runId}/events", WatchAsync).AddEndpointFilter<Refusals>().ExcludeFromDescription();

    private static async Task<IResult> WatchAsync(
        string runId, [FromHeader(Name = "Last-Event-ID")] long? seen, RunStore runs, IHostApplicationLifetime lifetime,
        CancellationToken left)
    {
        await runs.GetAsync(runId, left); // an unknown run is refused before the stream begins
        return TypedResults.ServerSentEvents(
            Events(runs.WatchAsync(runId, Watching.Everything with { SinceLength = seen ?? -1 }, default), lifetime, left));
    }

    private static async IAsyncEnumerable<SseItem<string>> Events(
        IAsyncEnumerable<RunView> views, IHostApplicationLifetime lifetime, [EnumeratorCancellation] CancellationToken left)
    {
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(left, lifetime.ApplicationStopping);
        await using var view = views.GetAsyncEnumerator(watching.Token);
        while (await MoveNextAsync(view, lifetime.ApplicationStopping))
        {
            var run = RunMessages.Of(view.Current);
            yield return new(Json.Format(new V1.WatchRunResponse { Run = run }), "run")
            {
                EventId = run.JournalLength.ToString(System.Globalization.CultureInfo.InvariantCulture),
            };
        }
    }

    private static async Task<bool> MoveNextAsync(IAsyncEnumerator<RunView> view, CancellationToken stopping)
    {
        try { return await view.MoveNextAsync(); }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested) { return false; }
    }
}
