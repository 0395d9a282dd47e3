using Aspire.Hosting.ApplicationModel;
using Ipo.LocalHosting.Running;
using Ipo.LocalHosting.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Ipo.LocalHosting.Page;

/// <summary>What the page shows, as JSON. Values of variables and arguments are nowhere in it: some are secrets.
/// GET /api/resources · /api/logs?resource=NAME&amp;after=N · /api/traces · /api/traces/{id} · /api/metrics</summary>
internal static class PageJson
{
    public static void Map(WebApplication app, LocalRun run)
    {
        app.MapGet("/api/resources", () => new
        {
            Started = run.Started,
            Resources = run.Replicas.Select(replica => Resource(run, replica)),
        });
        app.MapGet("/api/logs", (string? resource, long? after) =>
        {
            var lines = run.Logs.Read(string.IsNullOrEmpty(resource) ? null : resource, after ?? 0);
            return new { Lines = lines, Last = lines.Count > 0 ? lines[^1].Number : after ?? 0 };
        });
        app.MapGet("/api/traces", () => new { Traces = run.Traces.List().Select(Summary) });
        app.MapGet("/api/traces/{id}", (string id) => run.Traces.Find(id) is { } trace
            ? Results.Ok(Full(trace))
            : Results.NotFound(new { Message = $"There is no trace {id} (any more)." }));
        app.MapGet("/api/metrics", () => new { Metrics = run.Metrics.List() });
    }

    private static object Resource(LocalRun run, Replica replica)
    {
        var status = replica.Status;
        return new
        {
            replica.Name,
            Resource = replica.Resource.Name,
            Kind = replica.Resource.IsTask ? "task" : "service",
            State = status.State.ToString().ToLowerInvariant(),
            status.Detail,
            Pid = status.ProcessId,
            status.Restarts,
            status.ExitCode,
            status.Since,
            Endpoints = replica.Resource.Endpoints.Select(endpoint => new { endpoint.Name, Url = endpoint.UrlOf(replica.Index) }),
            Uses = replica.Resource.References.OfType<Resource>().SelectMany(other => other.Behind)
                .Concat(replica.Resource.Waits.SelectMany(wait => wait.Processes)).Select(other => other.Name).Distinct(),
        };
    }

    private static object Summary(TraceSummary trace) => new
    {
        trace.Id,
        trace.Name,
        trace.Services,
        Start = Time(trace.Start),
        Milliseconds = Milliseconds(trace.Start, trace.End),
        trace.Spans,
        trace.Errors,
        trace.IsOpen,
    };

    private static object Full(Trace trace) => new
    {
        trace.Summary.Id,
        trace.Summary.Name,
        trace.Summary.Services,
        Start = Time(trace.Summary.Start),
        Milliseconds = Milliseconds(trace.Summary.Start, trace.Summary.End),
        trace.Summary.Errors,
        trace.Summary.IsOpen,
        trace.Dropped,
        Spans = trace.Spans.Select(span => new
        {
            span.Id,
            span.Parent,
            span.Name,
            span.Service,
            span.Kind,
            Offset = Milliseconds(trace.Summary.Start, span.Start),
            Milliseconds = Milliseconds(span.Start, span.End),
            span.IsError,
            Message = span.StatusMessage,
            span.Attributes,
            Events = span.Events.Select(note => new { Offset = Milliseconds(trace.Summary.Start, note.Time), note.Name, note.Attributes }),
        }),
        Lines = trace.Lines.Select(line => new { Offset = Milliseconds(trace.Summary.Start, line.Time), line.Span, line.Service, line.Level, line.Text }),
    };

    private static DateTimeOffset Time(ulong nanoseconds) => DateTimeOffset.UnixEpoch.AddTicks((long)Math.Min(nanoseconds / 100, (ulong)(DateTimeOffset.MaxValue - DateTimeOffset.UnixEpoch).Ticks));

    private static double Milliseconds(ulong from, ulong to) => to >= from ? (to - from) / 1e6 : -((from - to) / 1e6);
}
