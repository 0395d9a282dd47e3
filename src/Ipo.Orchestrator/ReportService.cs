using Grpc.Core;
using Ipo.Keys;
using Ipo.Optimization.State;
using Ipo.Orchestrator.Access;
using Ipo.Orchestrator.Contract;
using Ipo.Orchestrator.Errors;
using Ipo.Orchestrator.Reports;
using Ipo.Orchestrator.Reports.Exports;

namespace Ipo.Orchestrator;

/// <summary>Reports and exports over gRPC.</summary>
internal sealed class ReportService(ReportStore reports, RunExports exports, TimeProvider clock) : V1.ReportService.ReportServiceBase
{
    [ForRole(Role.Read)]
    public override async Task<V1.GetRunReportResponse> GetRunReport(V1.GetRunReportRequest request, ServerCallContext context)
    {
        var mask = ReadMask<V1.GetRunReportResponse>.Of("read_mask", request.ReadMask);
        var isFull = request.View switch
        {
            V1.ReportView.Basic => false,
            V1.ReportView.Unspecified or V1.ReportView.Full => true,
            _ => throw RefusedException.InvalidField(
                "view", $"is {(int)request.View}; it takes REPORT_VIEW_BASIC or REPORT_VIEW_FULL, or leave it out."),
        };
        var response = new V1.GetRunReportResponse();
        var search = await reports.GetSearchAsync(request.RunId, context.CancellationToken);
        if (search.Run.Status != RunStatus.Completed)
        {
            response.Search = ReportMapping.Of(search);
            if (isFull) response.Markdown = ReportMarkdown.Write(search);
            else response.Search.Trajectory.Clear();
        }
        else
        {
            var (report, dataset) = await reports.GetAsync(request.RunId, context.CancellationToken);
            response.Report = ReportMapping.Of(report, dataset);
            if (isFull) response.Markdown = ReportMarkdown.Write(report);
            else response.Report.Trajectory.Clear();
        }
        return mask.Apply(response);
    }

    [ForRole(Role.Read)]
    public override async Task ExportRun(
        V1.ExportRunRequest request, IServerStreamWriter<V1.ExportRunResponse> responseStream, ServerCallContext context)
    {
        V1.ExportProgress? newest = null;
        var exporting = exports.ExportAsync(
            request, (done, all) => Volatile.Write(ref newest, new() { PromptsDone = done, Prompts = all }), context.CancellationToken);
        var chunks = await ProgressStream.TellAsync(
            exporting, () => Volatile.Read(ref newest), responseStream, now => new V1.ExportRunResponse { Progress = now }, clock,
            context.CancellationToken);
        foreach (var chunk in chunks)
            await responseStream.WriteAsync(chunk, context.CancellationToken);
    }
}
