using Grpc.Core;
using Ipo.Keys;
using Ipo.Orchestrator.Access;
using Ipo.Orchestrator.Contract;

namespace Ipo.Orchestrator.Comparison;

/// <summary>A run's finalists on other checkpoints, over gRPC.</summary>
internal sealed class ComparisonService(RunComparing comparing, TimeProvider clock) : V1.ComparisonService.ComparisonServiceBase
{
    [ForRole(Role.Run)]
    public override async Task CompareRun(
        V1.CompareRunRequest request, IServerStreamWriter<V1.CompareRunResponse> responseStream, ServerCallContext context)
    {
        V1.ComparisonProgress? newest = null;
        var compared = comparing.CompareAsync(request, now => Volatile.Write(ref newest, now), context.CancellationToken);
        await ProgressStream.WriteAsync(
            compared, () => Volatile.Read(ref newest), responseStream, now => new() { Progress = now },
            comparison => new() { Comparison = comparison }, clock, context.CancellationToken);
    }
}
