namespace Ipo.AppHost;

/// <summary>The cache that all replicas share.</summary>
/// <param name="Resource">What to wait for.</param>
/// <param name="Address">Its connection string.</param>
/// <param name="Secret">What is kept there is sealed with it.</param>
internal sealed record SharedRedis(
    IResourceBuilder<IResource> Resource, ReferenceExpression Address, IResourceBuilder<ParameterResource> Secret);

internal static class RedisComposition
{
    /// <summary>An external Redis where a connection string is set, and in a deployment always; a container where
    /// IPO_REDIS asks for one; else the embedded one, a project of ours that needs no container engine.</summary>
    public static SharedRedis AddRedis(this IDistributedApplicationBuilder builder, HostSettings settings)
    {
        const string Described = "What cached values are sealed with, the same for all services (IPO_CACHE_SECRET).";
        var secret = (builder.ExecutionContext.IsPublishMode
            ? builder.AddParameter("cache-secret", secret: true)
            : builder.AddParameter("cache-secret", settings.CacheSecret, secret: true)).WithDescription(Described);
        if (settings.HasExternalRedis || builder.ExecutionContext.IsPublishMode)
        {
            var external = builder.AddConnectionString("redis");
            return new(external, external.Resource.ConnectionStringExpression, secret);
        }
        if (settings.WantsRedisContainer)
        {
            var container = builder.AddRedis("redis", port: null).WithDataVolume();
            return new(container, container.Resource.ConnectionStringExpression, secret);
        }
        var password = builder.AddParameter("redis-password", settings.RedisPassword, secret: true)
            .WithDescription("The password of the embedded Redis, of this home.");
        var embedded = builder.AddProject<Projects.Ipo_Cache>("redis")
            .RunLocally()
            .WithEndpoint(scheme: "tcp", name: "redis", env: "IPO_REDIS_PORT", isProxied: false)
            .WithReadiness()
            .WithSettings(settings.Redis)
            .WithEnvironment("Ipo__Cache__Password", password)
            .WithUrlForEndpoint("redis", url => url.DisplayText = "Redis")
            .WithIconName("DatabaseLightning");
        var place = embedded.GetEndpoint("redis").Property(EndpointProperty.HostAndPort);
        var address = ReferenceExpression.Create($"{place},password={password}");
        embedded.WithForgetCommand(address);
        return new(embedded, address, secret);
    }

    /// <summary>Lets a service find the cache. It waits for it at the start; losing it later costs time and changes
    /// nothing.</summary>
    public static IResourceBuilder<ProjectResource> WithRedis(this IResourceBuilder<ProjectResource> service, SharedRedis redis) =>
        service.WithEnvironment("ConnectionStrings__redis", redis.Address).WithEnvironment(HostSettings.CacheSecretVariable, redis.Secret)
            .WaitFor(redis.Resource);
}
