using Grpc.Core;
using Ipo.Keys;
using Ipo.Optimization.State;
using Ipo.Orchestrator.Access;
using Ipo.Orchestrator.Errors;

namespace Ipo.Orchestrator.Reports;

/// <summary>Reports as Markdown over HTTP, for a browser and for the dashboard.</summary>
internal static class ReportEndpoints
{
    public static void Map(WebApplication app)
    {
        app.MapGet("/runs/{runId}/report.md", (string runId, ReportStore reports, CancellationToken cancellation) =>
            Answer(() => OfAnyAsync(reports, runId, cancellation))).AddEndpointFilter<AuditFilter>()
            .WithMetadata(new ForRoleAttribute(Role.Read));
        app.MapGet("/reports/latest.md", (ReportStore reports, CancellationToken cancellation) =>
            Answer(async () => ReportMarkdown.Write((await reports.GetLatestAsync(cancellation)).Report)))
            .AddEndpointFilter<AuditFilter>()
            .WithMetadata(new ForRoleAttribute(Role.Read));
    }

    private static async Task<string> OfAnyAsync(ReportStore reports, string runId, CancellationToken cancellation)
    {
        var search = await reports.GetSearchAsync(runId, cancellation);
        return search.Run.Status == RunStatus.Completed
            ? ReportMarkdown.Write((await reports.GetAsync(runId, cancellation)).Report)
            : ReportMarkdown.Write(search);
    }

    private static async Task<IResult> Answer(Func<Task<string>> report)
    {
        try { return Results.Text(await report(), "text/markdown; charset=utf-8"); }
        catch (RefusedException refused)
        {
            return Results.Text(refused.Message, statusCode: refused.Code == StatusCode.NotFound ? 404 : 409);
        }
    }
}
