namespace Ipo.AppHost;

/// <summary>The cache that all replicas share.</summary>
/// <param name="Resource">What to wait for.</param>
/// <param name="Address">Its connection string.</param>
internal sealed record SharedRedis(IResourceBuilder<IResource> Resource, ReferenceExpression Address);

internal static class RedisComposition
{
    /// <summary>An external Redis where a connection string is set, and in a deployment always; a container where
    /// IPO_REDIS asks for one; else the embedded one, a project of ours that needs no container engine.</summary>
    public static SharedRedis AddRedis(this IDistributedApplicationBuilder builder, HostSettings settings)
    {
        if (settings.HasExternalRedis || builder.ExecutionContext.IsPublishMode)
        {
            var external = builder.AddConnectionString("redis");
            return new(external, external.Resource.ConnectionStringExpression);
        }
        if (settings.WantsRedisContainer)
        {
            var container = builder.AddRedis("redis", port: null).WithDataVolume();
            return new(container, container.Resource.ConnectionStringExpression);
        }
        var embedded = builder.AddProject<Projects.Ipo_Cache>("redis")
            .RunLocally()
            .WithEndpoint(scheme: "tcp", name: "redis", env: "IPO_REDIS_PORT", isProxied: false)
            .WithReadiness()
            .WithSettings(settings.Redis)
            .WithIconName("DatabaseLightning")
            .WithUrlForEndpoint("redis", url => url.DisplayText = "Redis")
            .WithForgetCommand();
        return new(embedded, ReferenceExpression.Create($"{embedded.GetEndpoint("redis").Property(EndpointProperty.HostAndPort)}"));
    }

    /// <summary>Lets a service find the cache. It waits for it at the start; losing it later costs time and changes
    /// nothing.</summary>
    public static IResourceBuilder<ProjectResource> WithRedis(this IResourceBuilder<ProjectResource> service, SharedRedis redis) =>
        service.WithEnvironment("ConnectionStrings__redis", redis.Address).WaitFor(redis.Resource);
}
