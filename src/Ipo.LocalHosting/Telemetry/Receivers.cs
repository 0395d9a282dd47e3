using Grpc.Core;
using Ipo.LocalHosting.Otlp;

namespace Ipo.LocalHosting.Telemetry;

/// <summary>Takes in spans.</summary>
internal sealed class TraceReceiver(TraceBook traces) : TraceService.TraceServiceBase
{
    public override Task<ExportTraceServiceResponse> Export(ExportTraceServiceRequest request, ServerCallContext context)
    {
        foreach (var received in request.ResourceSpans) traces.Add(received);
        return Task.FromResult(new ExportTraceServiceResponse());
    }
}

/// <summary>Takes in log lines, of which those that belong to a trace are kept.</summary>
internal sealed class LogReceiver(TraceBook traces) : LogsService.LogsServiceBase
{
    public override Task<ExportLogsServiceResponse> Export(ExportLogsServiceRequest request, ServerCallContext context)
    {
        foreach (var received in request.ResourceLogs) traces.Add(received);
        return Task.FromResult(new ExportLogsServiceResponse());
    }
}

/// <summary>Takes in measurements.</summary>
internal sealed class MetricReceiver(MetricBook metrics) : MetricsService.MetricsServiceBase
{
    public override Task<ExportMetricsServiceResponse> Export(ExportMetricsServiceRequest request, ServerCallContext context)
    {
        foreach (var received in request.ResourceMetrics) metrics.Add(received);
        return Task.FromResult(new ExportMetricsServiceResponse());
    }
}
