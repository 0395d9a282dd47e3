using Ipo.Keys;
using Ipo.Orchestrator.Access;
using System.Security.Cryptography;
using Google.Protobuf;
using Ipo.Orchestrator.Operations;
using Microsoft.AspNetCore.Mvc;

namespace Ipo.Orchestrator.Http;

/// <summary>An operation's changes as server-sent events: what OperationService.WatchOperation streams, each response as
/// JSON, with the same query parameters. The id of an event is a digest of what it says, so a browser that comes back is not
/// told again what it saw last.</summary>
internal static class OperationEvents
{
    private const int IdCharacters = 16;

    public static void Map(WebApplication app) =>
        app.MapGet("/v1/operations/{operationId}/events", Watch).AddEndpointFilter<Refusals>().AddEndpointFilter<AuditFilter>()
            .ExcludeFromDescription().WithMetadata(new ForRoleAttribute(Role.Read));

    private static IResult Watch(
        string operationId, [FromHeader(Name = "Last-Event-ID")] string? seen, HttpRequest http, OperationHost host,
        IHostApplicationLifetime lifetime, CancellationToken left)
    {
        var request = QueryMessage.Read<V1.WatchOperationRequest>(http.Query);
        request.OperationId = operationId;
        var watched = WatchedOperation.Of(request);
        var (now, isLast) = watched.Now(host); // an unknown operation is refused before the stream begins
        if (isLast && IdOf(now) == seen) return EventStream.Ended;
        var states = watched.From(host, default)
            .Where(state => state.IsLast || IdOf(state.Operation) != seen)
            .Select(state => ((IMessage)new V1.WatchOperationResponse { Operation = state.Operation }, IdOf(state.Operation)));
        return EventStream.Of(states, "operation", lifetime, left);
    }

    private static string IdOf(V1.Operation operation) =>
        Convert.ToHexStringLower(SHA256.HashData(operation.ToByteArray()))[..IdCharacters];
}
