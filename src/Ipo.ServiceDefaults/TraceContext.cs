using System.Diagnostics;

namespace Ipo.ServiceDefaults;

/// <summary>Carries the trace to the called service. The HTTP client's own propagation comes with a span of its own for
/// each request, which would put every gRPC call into a trace twice; here the gRPC client's span is the parent of the
/// server's.</summary>
internal sealed class TraceContext : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // The client names all its spans alike; a person looks for the method.
        if (Activity.Current is { OperationName: "Grpc.Net.Client.GrpcOut" } call)
            call.DisplayName = request.RequestUri!.AbsolutePath.TrimStart('/');
        DistributedContextPropagator.Current.Inject(Activity.Current, request, static (carrier, name, value) =>
        {
            if (carrier is HttpRequestMessage message) message.Headers.TryAddWithoutValidation(name, value);
        });
        return base.SendAsync(request, cancellationToken);
    }
}
