using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using k8s.Models;
using Xunit;

namespace Ipo.IntegrationTests.Deploy;

/// <summary>The AppHost and every overlay of deploy/k8s describe one system; and a difference is named.</summary>
public sealed class CompositionTests
{
    private static readonly (string, string)[] Provider =
        [("IPO_OPENAI_KEY", "canary"), ("IPO_OPENAI_MODEL", "a"), ("IPO_OPENAI_VISION_MODEL", "b"), ("IPO_OPENAI_ENDPOINT", "https://api.example.org/v1")];

    // Each asks a process; the tests only read.
    private static readonly Lazy<Task<Composition>> Embedded = new(() => CompositionAsync()), WithProvider = new(() => CompositionAsync(Provider));

    [Theory]
    [InlineData("dev")]
    [InlineData("dev", "telemetry", "datasets", "ingress")]
    [InlineData("dev", "tls")]
    public async Task The_embedded_system_is_the_AppHosts(string overlay, params string[] components) =>
        AssertNone((await Embedded.Value).Differences(await Cluster.RenderAsync(overlay, components)));

    [Theory]
    [InlineData("cpu")]
    [InlineData("gpu")]
    [InlineData("shared")]
    [InlineData("shared", "telemetry", "scale-on-queue", "datasets", "ingress")]
    public async Task With_a_provider_it_is_the_AppHosts_too(string overlay, params string[] components) =>
        AssertNone((await WithProvider.Value).Differences(await Cluster.RenderAsync(overlay, components)));

    [Fact]
    public async Task With_a_PostgreSQL_it_is_the_AppHosts_too() =>
        AssertNone((await CompositionAsync([.. Provider, ("ConnectionStrings__postgres", "Host=db")])).Differences(await Cluster.RenderAsync("ha")));

    public static TheoryData<string, Action<Cluster>> Differences => new()
    {
        { "prompt-gen is in the AppHost and has no Deployment", cluster => cluster.Deployment("prompt-gen").Metadata.Name = "proposer" },
        { "proposer has a Deployment and is not in the AppHost", cluster => cluster.Deployment("prompt-gen").Metadata.Name = "proposer" },
        { "captioner has no port grpc", cluster => Container(cluster, "captioner").Ports.RemoveAt(1) },
        { "captioner has a port metrics", cluster => Container(cluster, "captioner").Ports.Add(new() { Name = "metrics", ContainerPort = 9 }) },
        { "captioner has no Service", cluster => cluster.Service("captioner").Spec.Selector["app.kubernetes.io/name"] = "other" },
        { "does not lead to its port grpc", cluster => cluster.Service("captioner").Spec.Ports[1].TargetPort = "http" },
        { "port grpc is HTTP/2", cluster => cluster.Service("captioner").Spec.Ports[1].AppProtocol = null },
        { "captioner has no variable IPO_INSECURE", cluster => Container(cluster, "captioner").Env.Remove(Variable(cluster, "captioner", "IPO_INSECURE")) },
        { "the Service captioner's port http is TLS", cluster => Container(cluster, "captioner").Env.Add(new() { Name = "IPO_TLS", Value = "/tls" }) },
        { "has another number", cluster => cluster.Service("captioner").Spec.Ports[1].Port = 80 },
        { "captioner's IPO_GRPC_PORT is 8082, and its port grpc is 8081", cluster => Variable(cluster, "captioner", "IPO_GRPC_PORT").Value = "8082" },
        { "captioner has no variable IPO_BIND", cluster => Container(cluster, "captioner").Env.Remove(Variable(cluster, "captioner", "IPO_BIND")) },
        { "captioner's IPO_BIND is loopback and not any", cluster => Variable(cluster, "captioner", "IPO_BIND").Value = "loopback" },
        { "orchestrator's services__captioner__grpc__0 is dns:///captions:8081, and grpc of captioner is at captioner:8081",
            cluster => Variable(cluster, "orchestrator", "services__captioner__grpc__0").Value = "dns:///captions:8081" },
        { "clip-scorer's ConnectionStrings__redis is cache:6379, where no redis is", cluster => Variable(cluster, "clip-scorer", "ConnectionStrings__redis").Value = "cache:6379" },
        { "captioner has the variable services__prompt-gen__grpc__0", cluster => Container(cluster, "captioner").Env.Add(new() { Name = "services__prompt-gen__grpc__0", Value = "dns:///prompt-gen:8081" }) },
        { "captioner has the variable Ipo__Captioner__Modell", cluster => Container(cluster, "captioner").Env.Add(new() { Name = "Ipo__Captioner__Modell", Value = "a" }) },
        { "captioner is asked for health at /healthz of http, and not at /health/ready of http", cluster => Container(cluster, "captioner").ReadinessProbe.HttpGet.Path = "/healthz" },
        { "captioner is asked for health at /health/ready of http, and not at /health/live of http", cluster => Container(cluster, "captioner").LivenessProbe.HttpGet.Path = "/health/ready" },
        { "no policy lets captioner call clip-scorer", cluster => Policies(cluster, "captioner").Egress.Clear() },
        { "no policy lets clip-scorer be called by captioner", cluster => Policies(cluster, "clip-scorer").Ingress[0].FromProperty.RemoveAt(0) },
        { "a policy lets prompt-gen call captioner, which it does not", cluster => Policies(cluster, "prompt-gen").Egress.Add(Policies(cluster, "orchestrator").Egress[1]) },
    };

    [Theory]
    [MemberData(nameof(Differences), DisableDiscoveryEnumeration = true)]
    public async Task A_difference_is_named(string said, Action<Cluster> change)
    {
        var cluster = await Cluster.RenderAsync("dev");
        change(cluster);
        Assert.Contains((await Embedded.Value).Differences(cluster), difference => difference.Contains(said, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_service_that_the_AppHost_keeps_inside_is_named_where_an_ingress_opens_it()
    {
        var cluster = await Cluster.RenderAsync("dev", "ingress");
        cluster.Of<V1Ingress>().Single().Spec.Rules[0].Http.Paths[0].Backend.Service.Name = "clip-scorer";
        Assert.Contains((await Embedded.Value).Differences(cluster), difference => difference.StartsWith("clip-scorer is opened to the outside", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_key_that_stands_in_a_manifest_is_named()
    {
        var cluster = await Cluster.RenderAsync("cpu");
        var key = Variable(cluster, "prompt-gen", "Ipo__PromptGen__OpenAI__ApiKey");
        (key.Value, key.ValueFrom) = ("sk", null);
        Assert.Contains("prompt-gen's Ipo__PromptGen__OpenAI__ApiKey is no secret", (await WithProvider.Value).Differences(cluster));
    }

    // Assert.Empty would cut the sentences short.
    private static void AssertNone(IReadOnlyList<string> differences) => Assert.True(differences.Count == 0, string.Join('\n', differences));

    private static V1Container Container(Cluster cluster, string service) => cluster.Deployment(service).Spec.Template.Spec.Containers[0];

    private static V1EnvVar Variable(Cluster cluster, string service, string name) => Container(cluster, service).Env.Single(variable => variable.Name == name);

    private static V1NetworkPolicySpec Policies(Cluster cluster, string name) => cluster.Of<V1NetworkPolicy>().Single(policy => policy.Metadata.Name == name).Spec;

    private static async Task<Composition> CompositionAsync(params (string, string)[] environment)
    {
        // Aspire names a check RESOURCE_ENDPOINT_PATH_STATUS_check.
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Ipo_AppHost>(
            ["--operation", "publish", "--publisher", "manifest"], TestContext.Current.CancellationToken);
        var paths = builder.Resources.SelectMany(resource => resource.Annotations.OfType<HealthCheckAnnotation>().Select(check => (resource.Name, Parts: check.Key.Split('_'))))
            .ToDictionary(check => check.Name, check => check.Parts[2]);
        return new(await PublishedManifest.OfAsync(environment), paths);
    }
}
