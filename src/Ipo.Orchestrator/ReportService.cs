using Grpc.Core;
using Ipo.Optimization.State;
using Ipo.Orchestrator.Contract;
using Ipo.Orchestrator.Reports;
using Ipo.Orchestrator.Reports.Exports;

namespace Ipo.Orchestrator;

/// <summary>Reports and exports over gRPC.</summary>
internal sealed class ReportService(ReportStore reports, RunExports exports, TimeProvider clock) : V1.ReportService.ReportServiceBase
{
    public override async Task<V1.GetRunReportResponse> GetRunReport(V1.GetRunReportRequest request, ServerCallContext context)
    {
        var mask = ReadMask<V1.GetRunReportResponse>.Of("read_mask", request.ReadMask);
        var search = await reports.GetSearchAsync(request.RunId, context.CancellationToken);
        if (search.Run.Status != RunStatus.Completed)
            return mask.Apply(new() { Search = ReportMapping.Of(search), Markdown = ReportMarkdown.Write(search) });
        var (report, dataset) = await reports.GetAsync(request.RunId, context.CancellationToken);
        return mask.Apply(new() { Report = ReportMapping.Of(report, dataset), Markdown = ReportMarkdown.Write(report) });
    }

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
