using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Where a resource listens and how one sees that it is ready.</summary>
public static class EndpointBuilderExtensions
{
    /// <summary>Adds an endpoint. Each replica gets a free port of its own, told in the variable <paramref name="env"/>.</summary>
    /// <param name="builder">The resource that listens.</param>
    /// <param name="port">A port asked for; null takes any free one. With replicas the further ones get free ports.</param>
    /// <param name="targetPort">The port the process listens on, where the caller fixes it; nothing stands between, so it is the port.</param>
    /// <param name="scheme">The scheme of its address; "tcp" where null.</param>
    /// <param name="name">Its name; the scheme where null.</param>
    /// <param name="env">The variable that tells the process its port.</param>
    /// <param name="isProxied">No proxy stands before a process here, so both values mean the same.</param>
    /// <param name="isExternal">Everything listens on loopback here, so it changes nothing.</param>
    public static IResourceBuilder<T> WithEndpoint<T>(this IResourceBuilder<T> builder, int? port = null, int? targetPort = null, string? scheme = null, string? name = null, string? env = null, bool isProxied = true, bool? isExternal = null)
        where T : IResourceWithEndpoints
    {
        var resource = builder.Process();
        var endpoint = new EndpointAnnotation(name ?? scheme ?? "tcp", scheme ?? "tcp", targetPort ?? port, env);
        if (resource.Endpoints.Exists(other => other.Name == endpoint.Name))
            throw new DistributedApplicationException($"Resource '{resource.Name}' has two endpoints named '{endpoint.Name}'.");
        resource.Endpoints.Add(endpoint);
        return builder;
    }

    /// <summary>Adds an endpoint with scheme http, named "http" where no name is given.</summary>
    public static IResourceBuilder<T> WithHttpEndpoint<T>(this IResourceBuilder<T> builder, int? port = null, int? targetPort = null, string? name = null, string? env = null, bool isProxied = true)
        where T : IResourceWithEndpoints => builder.WithEndpoint(port, targetPort, "http", name, env, isProxied);

    /// <summary>Says that http endpoints speak HTTP/2. A deployment needs to know; between two processes nothing changes.</summary>
    public static IResourceBuilder<T> AsHttp2Service<T>(this IResourceBuilder<T> builder) where T : IResourceWithEndpoints => builder;

    /// <summary>Says that a deployment should publish the endpoints. Here they stay on loopback.</summary>
    public static IResourceBuilder<T> WithExternalHttpEndpoints<T>(this IResourceBuilder<T> builder) where T : IResourceWithEndpoints => builder;

    public static EndpointReference GetEndpoint<T>(this IResourceBuilder<T> builder, string name) where T : IResourceWithEndpoints =>
        new(builder.Process(), name);

    /// <summary>The resource is ready when a GET of this path answers with the status.</summary>
    /// <param name="builder">The resource.</param>
    /// <param name="path">The path; "/" where null.</param>
    /// <param name="statusCode">The status; 200 where null.</param>
    /// <param name="endpointName">The endpoint; "http" where null.</param>
    public static IResourceBuilder<T> WithHttpHealthCheck<T>(this IResourceBuilder<T> builder, string? path = null, int? statusCode = null, string? endpointName = null)
        where T : IResourceWithEndpoints
    {
        builder.Process().Probes.Add(new(endpointName ?? "http", path ?? "/", statusCode ?? 200));
        return builder;
    }
}
