using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Google.Protobuf;

namespace Ipo.Orchestrator.Http;

/// <summary>States of something that is watched, as server-sent events for a browser's EventSource. A stop of the
/// orchestrator ends the stream; the browser comes back by itself, with the id of the last event that it saw.</summary>
internal static class EventStream
{
    // As transcoding writes the same messages.
    private static readonly JsonFormatter Json = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true));

    /// <summary>The stream.</summary>
    /// <param name="states">Each state as the RPC that watches would send it, with its id.</param>
    /// <param name="type">The events' type.</param>
    /// <param name="lifetime">Ends it with the orchestrator.</param>
    /// <param name="left">Ends it where nobody listens any more.</param>
    public static IResult Of(
        IAsyncEnumerable<(IMessage Response, string Id)> states, string type, IHostApplicationLifetime lifetime, CancellationToken left) =>
        TypedResults.ServerSentEvents(Events(states, type, lifetime, left));

    /// <summary>What a browser gets that has seen the last state: it would ask again for ever, and 204 tells it not to (HTML,
    /// section 9.2).</summary>
    public static IResult Ended { get; } = TypedResults.NoContent();

    private static async IAsyncEnumerable<SseItem<string>> Events(
        IAsyncEnumerable<(IMessage Response, string Id)> states, string type, IHostApplicationLifetime lifetime,
        [EnumeratorCancellation] CancellationToken left)
    {
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(left, lifetime.ApplicationStopping);
        await using var state = states.GetAsyncEnumerator(watching.Token);
        while (await MoveNextAsync(state, lifetime.ApplicationStopping))
            yield return new(Json.Format(state.Current.Response), type) { EventId = state.Current.Id };
    }

    private static async Task<bool> MoveNextAsync<T>(IAsyncEnumerator<T> states, CancellationToken stopping)
    {
        try { return await states.MoveNextAsync(); }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested) { return false; }
    }
}
