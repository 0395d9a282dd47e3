using Grpc.Core;

namespace Ipo.Orchestrator.Reports;

/// <summary>Scores of given templates over gRPC.</summary>
internal sealed class EvaluationService(Evaluation evaluation) : V1.EvaluationService.EvaluationServiceBase
{
    public override Task<V1.EvaluateTemplatesResponse> EvaluateTemplates(V1.EvaluateTemplatesRequest request, ServerCallContext context) =>
        evaluation.EvaluateAsync(request, context.CancellationToken);
}
