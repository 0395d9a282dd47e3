using Grpc.Core;
using Ipo.Keys;
using Ipo.Orchestrator.Access;
using Ipo.Orchestrator.Contract;

namespace Ipo.Orchestrator.Evaluation;

/// <summary>Scores of given templates over gRPC.</summary>
internal sealed class EvaluationService(Evaluator evaluator, TimeProvider clock) : V1.EvaluationService.EvaluationServiceBase
{
    [ForRole(Role.Run)]
    public override Task<V1.EvaluateTemplatesResponse> EvaluateTemplates(V1.EvaluateTemplatesRequest request, ServerCallContext context) =>
        evaluator.EvaluateAsync(request, context.CancellationToken);

    [ForRole(Role.Run)]
    public override async Task EvaluateTemplatesWithProgress(
        V1.EvaluateTemplatesWithProgressRequest request, IServerStreamWriter<V1.EvaluateTemplatesWithProgressResponse> responseStream,
        ServerCallContext context)
    {
        V1.EncodingProgress? newest = null;
        var evaluating = evaluator.EvaluateAsync(
            request.Evaluation ?? new(), context.CancellationToken,
            (done, all) => Volatile.Write(ref newest, new() { ImagesDone = done, Images = all }));
        await ProgressStream.WriteAsync(
            evaluating, () => Volatile.Read(ref newest), responseStream, now => new() { Progress = now },
            evaluated => new() { Evaluation = evaluated }, clock, context.CancellationToken);
    }
}
