using Grpc.Core;
using Ipo.Orchestrator.Errors;

namespace Ipo.Orchestrator.Reports;

/// <summary>Reports as Markdown over HTTP, for a browser and for the dashboard.</summary>
internal static class ReportEndpoints
{
    public static void Map(WebApplication app)
    {
        app.MapGet("/runs/{runId}/report.md", (string runId, ReportStore reports, CancellationToken cancellation) =>
            Answer(reports.GetAsync(runId, cancellation)));
        app.MapGet("/reports/latest.md", (ReportStore reports, CancellationToken cancellation) =>
            Answer(reports.GetLatestAsync(cancellation)));
    }

    private static async Task<IResult> Answer(Task<StoredReport> found)
    {
        try { return Results.Text(ReportMarkdown.Write((await found).Report), "text/markdown; charset=utf-8"); }
        catch (RefusedException refused)
        {
            return Results.Text(refused.Message, statusCode: refused.Code == StatusCode.NotFound ? 404 : 409);
        }
    }
}
