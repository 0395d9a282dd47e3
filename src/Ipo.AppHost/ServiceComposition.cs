using static System.FormattableString;

namespace Ipo.AppHost;

/// <summary>What several resources of the composition have in common.</summary>
internal static class ServiceComposition
{
    public const string GrpcEndpoint = "grpc";
    public const string HttpEndpoint = "http";

    public const string OpenAiKey = "openai-key";

    /// <summary>A gRPC service of ours: two ports, readiness on the second, its settings, and how the dashboard shows
    /// it. Nothing is proxied: a proxy would hold a whole HTTP/2 connection to one replica, and answer for a service
    /// that is gone.</summary>
    public static IResourceBuilder<ProjectResource> AsService(
        this IResourceBuilder<ProjectResource> service, string icon, IReadOnlyDictionary<string, string?> settings) => service
        .RunLocally()
        .WithEndpoint(scheme: "http", name: GrpcEndpoint, env: "IPO_GRPC_PORT", isProxied: false)
        .WithEndpoint(GrpcEndpoint, endpoint => endpoint.Transport = "http2") // this one alone; AsHttp2Service marks both
        .WithReadiness()
        .WithSettings(settings)
        .WithIconName(icon)
        .WithUrlForEndpoint(GrpcEndpoint, url => url.DisplayText = "gRPC API");

    /// <summary>Whether it runs until it is stopped; a task ends by itself.</summary>
    public static bool IsService(this IResource resource) => resource.Annotations.OfType<HealthCheckAnnotation>().Any();

    /// <summary>The HTTP port with the service's health. It answers readiness; the dashboard and those that wait ask
    /// there.</summary>
    public static IResourceBuilder<ProjectResource> WithReadiness(this IResourceBuilder<ProjectResource> service) => service
        .WithHttpEndpoint(name: HttpEndpoint, env: "IPO_HTTP_PORT", isProxied: false)
        .WithHttpHealthCheck("/health/ready", endpointName: HttpEndpoint)
        .WithEndpointsInEnvironment(_ => false) // our services read IPO_*_PORT; ASPNETCORE_URLS would only be overruled, with a warning
        .WithUrlForEndpoint(HttpEndpoint, url => (url.Url, url.DisplayText) = ("/health/ready", "Health"));

    /// <summary>The pages: a client of the orchestrator, which in turn tells their address to its clients.</summary>
    public static IResourceBuilder<ProjectResource> WithPages(
        this IResourceBuilder<ProjectResource> web, IResourceBuilder<ProjectResource> orchestrator)
    {
        var address = web.GetEndpoint(HttpEndpoint);
        // In a deployment it is the ingress's, which is not known here.
        if (!web.ApplicationBuilder.ExecutionContext.IsPublishMode)
            orchestrator.WithEnvironment("Ipo__Orchestrator__WebAddress", address);
        return web
            .WithReference(orchestrator).WaitFor(orchestrator)
            .WithEndpoint(HttpEndpoint, endpoint => endpoint.IsExternal = true)
            .WithUrl(ReferenceExpression.Create($"{address}/"), "Datasets, runs and verdicts")
            .WithIconName("AppsListDetail");
    }

    /// <summary>What a deployment opens to callers from outside.</summary>
    public static IResourceBuilder<ProjectResource> WithPublicEndpoints(this IResourceBuilder<ProjectResource> service) => service
        .WithEndpoint(GrpcEndpoint, endpoint => endpoint.IsExternal = true)
        .WithEndpoint(HttpEndpoint, endpoint => endpoint.IsExternal = true);

    /// <summary>Passes on the settings that have a value; the others are left to the service's own defaults.</summary>
    public static IResourceBuilder<ProjectResource> WithSettings(
        this IResourceBuilder<ProjectResource> service, IReadOnlyDictionary<string, string?> settings)
    {
        foreach (var (name, value) in settings)
            if (!string.IsNullOrEmpty(value)) service.WithEnvironment(name, value);
        return service;
    }

    /// <summary>Gives the key, where there is one, to a service that asks a model; no other gets it.</summary>
    public static IResourceBuilder<ProjectResource> WithOpenAiKey(
        this IResourceBuilder<ProjectResource> service, string name, HostSettings settings, bool asksModel)
    {
        if (!settings.HasOpenAiKey || !asksModel) return service;
        var builder = service.ApplicationBuilder;
        var key = builder.Resources.OfType<ParameterResource>().FirstOrDefault(parameter => parameter.Name == OpenAiKey) is { } existing
            ? builder.CreateResourceBuilder(existing)
            : builder.AddParameter(OpenAiKey, settings.OpenAiKey, secret: true)
                .WithDescription("Key of the OpenAI-compatible endpoint that proposes templates and describes images (IPO_OPENAI_KEY).");
        return service.WithEnvironment(name, key);
    }

    /// <summary>One scorer, or as many as IPO_SCORERS says, each a resource with its own health, logs and
    /// restarts.</summary>
    public static IReadOnlyList<IResourceBuilder<ProjectResource>> AddClipScorers(
        this IDistributedApplicationBuilder builder, HostSettings settings, SharedRedis redis) =>
        [.. Enumerable.Range(1, settings.Scorers).Select(number => builder
            .AddProject<Projects.Ipo_ClipScorer>(Numbered("clip-scorer", number))
            .AsService("ImageSearch", settings.ClipScorer)
            .WithRedis(redis))];

    /// <summary>Makes all scorers known under the one name by which they are called,
    /// <c>services__clip-scorer__grpc__N</c>: the callers' own balancer spreads calls over them.</summary>
    public static IResourceBuilder<ProjectResource> WithClipScorers(
        this IResourceBuilder<ProjectResource> service, IReadOnlyList<IResourceBuilder<ProjectResource>> scorers)
    {
        foreach (var (number, scorer) in scorers.Index())
        {
            service.WaitFor(scorer);
            if (number == 0) service.WithReference(scorer);
            else service.WithEnvironment(Invariant($"services__clip-scorer__grpc__{number}"), scorer.GetEndpoint(GrpcEndpoint));
        }
        return service;
    }

    /// <summary>One scorer more for each checkpoint that is compared on. The caller finds each by its name, and does not
    /// wait for it: runs do not need it.</summary>
    public static IResourceBuilder<ProjectResource> WithComparisonScorers(
        this IResourceBuilder<ProjectResource> service, HostSettings settings, SharedRedis redis)
    {
        foreach (var (at, checkpoint) in settings.ComparedCheckpoints.Index())
            service.WithReference(service.ApplicationBuilder
                .AddProject<Projects.Ipo_ClipScorer>(Numbered("comparison-scorer", at + 1))
                .AsService("ImageSearch", new Dictionary<string, string?> { ["Ipo__ClipScorer__Checkpoint"] = checkpoint })
                .WithRedis(redis));
        return service;
    }

    private static string Numbered(string name, int number) => number == 1 ? name : Invariant($"{name}-{number}");
}
