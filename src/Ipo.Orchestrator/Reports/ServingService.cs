using Grpc.Core;

namespace Ipo.Orchestrator.Reports;

/// <summary>Classification over gRPC.</summary>
internal sealed class ServingService(Serving serving) : V1.ServingService.ServingServiceBase
{
    public override Task<V1.ClassifyImagesResponse> ClassifyImages(V1.ClassifyImagesRequest request, ServerCallContext context) =>
        serving.ClassifyAsync(request, context.CancellationToken);
}
