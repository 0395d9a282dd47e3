using Grpc.Core;

namespace Ipo.Orchestrator.Evaluation;

/// <summary>Scores of given templates over gRPC.</summary>
internal sealed class EvaluationService(Evaluator evaluator) : V1.EvaluationService.EvaluationServiceBase
{
    public override Task<V1.EvaluateTemplatesResponse> EvaluateTemplates(V1.EvaluateTemplatesRequest request, ServerCallContext context) =>
        evaluator.EvaluateAsync(request, context.CancellationToken);
}
