using Grpc.Core;

namespace Ipo.Orchestrator.Evaluation;

/// <summary>Scores of given templates over gRPC.</summary>
internal sealed class EvaluationService(Evaluator evaluator, TimeProvider clock) : V1.EvaluationService.EvaluationServiceBase
{
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromMilliseconds(200);

    public override Task<V1.EvaluateTemplatesResponse> EvaluateTemplates(V1.EvaluateTemplatesRequest request, ServerCallContext context) =>
        evaluator.EvaluateAsync(request, context.CancellationToken);

    public override async Task EvaluateTemplatesWithProgress(
        V1.EvaluateTemplatesWithProgressRequest request, IServerStreamWriter<V1.EvaluateTemplatesWithProgressResponse> responseStream,
        ServerCallContext context)
    {
        V1.EncodingProgress? newest = null, told = null;
        var evaluating = evaluator.EvaluateAsync(
            request.Evaluation ?? new(), context.CancellationToken,
            (done, all) => Volatile.Write(ref newest, new() { ImagesDone = done, Images = all }));
        do
        {
            await Task.WhenAny(evaluating, Task.Delay(ProgressEvery, clock));
            if (evaluating.IsFaulted || Volatile.Read(ref newest) is not { } now || now.Equals(told)) continue;
            await responseStream.WriteAsync(new() { Progress = told = now }, context.CancellationToken);
        }
        while (!evaluating.IsCompleted);
        await responseStream.WriteAsync(new() { Evaluation = await evaluating }, context.CancellationToken);
    }
}
