using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Google.Protobuf;
using Ipo.Orchestrator.Runs;

namespace Ipo.Orchestrator.Http;

/// <summary>A run's changes as server-sent events, for a browser's EventSource: what RunService.WatchRun streams, each
/// response as JSON. The id of an event is the length of the run's journal.</summary>
internal static class RunEvents
{
    // As transcoding writes the same messages.
    private static readonly JsonFormatter Json = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true));

    public static void Map(WebApplication app) =>
        app.MapGet("/v1/runs/{runId}/events", WatchAsync).AddEndpointFilter<Refusals>().ExcludeFromDescription();

    private static async Task<IResult> WatchAsync(
        string runId, RunStore runs, IHostApplicationLifetime lifetime, CancellationToken left)
    {
        await runs.GetAsync(runId, left); // an unknown run is refused before the stream begins
        return TypedResults.ServerSentEvents(Events(runId, runs, lifetime, left));
    }

    private static async IAsyncEnumerable<SseItem<string>> Events(
        string runId, RunStore runs, IHostApplicationLifetime lifetime, [EnumeratorCancellation] CancellationToken left)
    {
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(left, lifetime.ApplicationStopping);
        await foreach (var view in runs.WatchAsync(runId, watching.Token))
        {
            var run = RunMessages.Of(view);
            yield return new(Json.Format(new V1.WatchRunResponse { Run = run }), "run")
            {
                EventId = run.JournalLength.ToString(System.Globalization.CultureInfo.InvariantCulture),
            };
        }
    }
}
