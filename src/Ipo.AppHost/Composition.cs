namespace Ipo.AppHost;

/// <summary>What several resources of the composition have alike.</summary>
internal static class Composition
{
    public const string OpenAiKey = "openai-key";

    /// <summary>The two ports every service has, and readiness on the second. The gRPC port is not marked with AsHttp2Service,
    /// which would mark both.</summary>
    public static IResourceBuilder<ProjectResource> WithServicePorts(this IResourceBuilder<ProjectResource> service) => service
        .WithEndpoint(scheme: "http", name: "grpc", env: "IPO_GRPC_PORT")
        .WithHttpEndpoint(name: "http", env: "IPO_HTTP_PORT")
        .WithHttpHealthCheck("/health/ready", endpointName: "http");

    /// <summary>Passes on the settings that have a value; the others are left to the service's own defaults.</summary>
    public static IResourceBuilder<ProjectResource> WithSettings(this IResourceBuilder<ProjectResource> service, IReadOnlyDictionary<string, string?> settings)
    {
        foreach (var (name, value) in settings)
            if (!string.IsNullOrEmpty(value)) service.WithEnvironment(name, value);
        return service;
    }

    /// <summary>Gives the key, where there is one, to a service that calls the language model; no other gets it.</summary>
    public static IResourceBuilder<ProjectResource> WithOpenAiKey(this IResourceBuilder<ProjectResource> service, string name, HostSettings settings)
    {
        if (!settings.HasOpenAiKey) return service;
        var builder = service.ApplicationBuilder;
        var key = builder.Resources.OfType<ParameterResource>().FirstOrDefault(parameter => parameter.Name == OpenAiKey) is { } existing
            ? builder.CreateResourceBuilder(existing)
            : builder.AddParameter(OpenAiKey, secret: true);
        return service.WithEnvironment(name, key);
    }

    /// <summary>The cache all replicas share: an external Redis where a connection string is set, and in a deployment always; else the embedded one.</summary>
    public static IResourceBuilder<IResourceWithConnectionString> AddRedis(this IDistributedApplicationBuilder builder, HostSettings settings)
    {
        if (settings.HasExternalRedis || builder.ExecutionContext.IsPublishMode) return builder.AddConnectionString("redis");
        var cache = builder.AddProject("redis", "../Ipo.Cache/Ipo.Cache.csproj", launchProfileName: null)
            .WithEndpoint(scheme: "tcp", name: "redis", env: "IPO_REDIS_PORT")
            .WithHttpEndpoint(name: "http", env: "IPO_HTTP_PORT")
            .WithHttpHealthCheck("/health/ready", endpointName: "http")
            .WithSettings(settings.Redis);
        return builder.AddConnectionString("redis-address", ReferenceExpression.Create($"{cache.GetEndpoint("redis").Property(EndpointProperty.HostAndPort)}"));
    }
}
