using Grpc.Core;
using Ipo.Keys;
using Ipo.Orchestrator.Access;

namespace Ipo.Orchestrator.Serving;

/// <summary>Classification over gRPC.</summary>
internal sealed class ServingService(Classifier classifier) : V1.ServingService.ServingServiceBase
{
    [ForRole(Role.Read)]
    public override Task<V1.ClassifyImagesResponse> ClassifyImages(V1.ClassifyImagesRequest request, ServerCallContext context) =>
        classifier.ClassifyAsync(request, context.CancellationToken);
}
