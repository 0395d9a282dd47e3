using k8s.Models;
using Xunit;

namespace Ipo.IntegrationTests.Deploy;

/// <summary>Every overlay of deploy/k8s renders, has no unknown field, and keeps to the policy; and the policy notices what breaks it.</summary>
public sealed class PolicyTests
{
    /// <summary>Parts that can be added to any overlay; the others are in one already, or stand for another.</summary>
    private static readonly string[] Optional = ["datasets", "ingress", "telemetry"];

    public static TheoryData<string> Overlays => [.. Cluster.Overlays];

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Every_overlay_keeps_to_the_policy_alone_and_with_every_optional_part(string overlay)
    {
        AssertNone(Policy.Faults(await Cluster.RenderAsync(overlay)));
        AssertNone(Policy.Faults(await Cluster.RenderAsync(overlay, Optional)));
    }

    [Fact]
    public async Task Every_optional_part_is_in_an_overlay_or_tried_here()
    {
        var parts = (string[])[.. Optional, "external-redis", "external-postgres", "provider", "checkpoint", "scorer-vit-b", "autoscale", "checkpoint-volume", "scale-on-queue", "tls"];
        Assert.Equal(Cluster.Components.Order(StringComparer.Ordinal), parts.Order(StringComparer.Ordinal));

        var all = await Cluster.RenderAsync("dev", "provider", "checkpoint-volume", "scorer-vit-b", "autoscale", "telemetry", "scale-on-queue", "tls");
        AssertNone(Policy.Faults(all));
        Assert.Equal(["Resource", "Pods"], all.Of<V2HorizontalPodAutoscaler>().Single().Spec.Metrics.Select(metric => metric.Type));
    }

    [Fact]
    public async Task The_development_overlay_lets_no_pod_out_of_the_cluster()
    {
        var dev = await Cluster.RenderAsync("dev");
        Assert.DoesNotContain(dev.Of<V1NetworkPolicy>().SelectMany(policy => policy.Spec.Egress ?? []), rule => rule.To.Any(peer => peer.IpBlock is not null));
    }

    [Fact]
    public async Task The_card_is_asked_for_where_the_overlay_is_for_one()
    {
        var pod = (await Cluster.RenderAsync("gpu")).Deployment("clip-scorer").Spec.Template.Spec;
        Assert.Equal("nvidia", pod.RuntimeClassName);
        Assert.Equal("1", pod.Containers[0].Resources.Limits["nvidia.com/gpu"].ToString());
        Assert.EndsWith("/clip-scorer-gpu:0.1.0", pod.Containers[0].Image, StringComparison.Ordinal);
    }

    [Fact]
    public void A_field_that_Kubernetes_does_not_know_is_refused() => Assert.ThrowsAny<Exception>(() => Cluster.Read(
        "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {selectors: {a: b}}\n"));

    public static TheoryData<string, Action<V1Deployment>> Breaks => new()
    {
        { "not in the namespace", deployment => deployment.Metadata.NamespaceProperty = null },
        { "is given a token", deployment => deployment.Spec.Template.Spec.AutomountServiceAccountToken = null },
        { "default service account", deployment => deployment.Spec.Template.Spec.ServiceAccountName = null },
        { "host's namespaces", deployment => deployment.Spec.Template.Spec.HostNetwork = true },
        { "may run as root", deployment => deployment.Spec.Template.Spec.SecurityContext.RunAsUser = 0 },
        { "may run as root", deployment => deployment.Spec.Template.Spec.SecurityContext.RunAsNonRoot = null },
        { "no seccomp profile", deployment => deployment.Spec.Template.Spec.SecurityContext.SeccompProfile = null },
        { "path of the host", deployment => deployment.Spec.Template.Spec.Volumes.Add(new() { Name = "a", HostPath = new() { Path = "/" } }) },
        { "no size limit", deployment => deployment.Spec.Template.Spec.Volumes.Add(new() { Name = "a", EmptyDir = new() }) },
        { "disruption budget", deployment => deployment.Spec.Template.Metadata.Labels["app.kubernetes.io/name"] = "other" },
        { "write to its root", deployment => deployment.Spec.Template.Spec.Containers[0].SecurityContext.ReadOnlyRootFilesystem = false },
        { "gain privileges", deployment => deployment.Spec.Template.Spec.Containers[0].SecurityContext.AllowPrivilegeEscalation = null },
        { "is privileged", deployment => deployment.Spec.Template.Spec.Containers[0].SecurityContext.Privileged = true },
        { "keeps capabilities", deployment => deployment.Spec.Template.Spec.Containers[0].SecurityContext.Capabilities = null },
        { "no limit of memory", deployment => deployment.Spec.Template.Spec.Containers[0].Resources.Limits.Remove("memory") },
        { "requests no cpu", deployment => deployment.Spec.Template.Spec.Containers[0].Resources.Requests.Remove("cpu") },
        { "names no version", deployment => deployment.Spec.Template.Spec.Containers[0].Image = "registry:5000/ipo/orchestrator" },
        { "names no version", deployment => deployment.Spec.Template.Spec.Containers[0].Image = "ipo/orchestrator:latest" },
        { "in plain text", deployment => deployment.Spec.Template.Spec.Containers[0].Env.Add(new() { Name = "Ipo__PromptGen__OpenAI__ApiKey", Value = "sk" }) },
        { "lacks a probe", deployment => deployment.Spec.Template.Spec.Containers[0].StartupProbe = null },
        { "before it stops", deployment => deployment.Spec.Template.Spec.Containers[0].Lifecycle = null },
        { "no time to stop", deployment => deployment.Spec.Template.Spec.TerminationGracePeriodSeconds = 30 },
        { "ConfigMap", deployment => deployment.Spec.Template.Spec.Containers[0].Env.Add(new() { Name = "a", ValueFrom = new() { ConfigMapKeyRef = new() { Name = "none", Key = "k" } } }) },
    };

    [Theory]
    [MemberData(nameof(Breaks), DisableDiscoveryEnumeration = true)]
    public async Task The_policy_names_what_is_wrong_with_a_pod(string said, Action<V1Deployment> spoil)
    {
        var cluster = await Cluster.RenderAsync("dev");
        spoil(cluster.Deployment("orchestrator"));
        Assert.Contains(Policy.Faults(cluster), fault => fault.Contains(said, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_policy_names_what_is_wrong_with_a_certificate()
    {
        Assert.DoesNotContain((await Cluster.RenderAsync("dev")).Deployments, deployment => Policy.TlsFolder(deployment.Spec.Template.Spec.Containers[0]) is not null);
        foreach (var (said, spoil) in ((string, Action<V1PodSpec>)[])[
            ("is probed over HTTP and speaks HTTPS", pod => pod.Containers[0].ReadinessProbe.HttpGet.Scheme = null),
            ("has TLS and may go without", pod => pod.Containers[0].Env.Add(new() { Name = "IPO_INSECURE", Value = "true" })),
            ("has no secret at /tls, read only", pod => pod.Volumes.Remove(pod.Volumes.Single(volume => volume.Name == "tls"))),
            ("has no secret at /tls, read only", pod => pod.Containers[0].VolumeMounts.Single(mount => mount.Name == "tls").ReadOnlyProperty = false),
            ("is probed over HTTPS and speaks HTTP", pod => pod.Containers[0].Env.Single(variable => variable.Name == "IPO_TLS").Value = "terminated")])
        {
            var cluster = await Cluster.RenderAsync("cpu");
            spoil(cluster.Deployment("orchestrator").Spec.Template.Spec);
            Assert.Contains(Policy.Faults(cluster), fault => fault == $"orchestrator/orchestrator {said}");
        }
    }

    public static TheoryData<string, Action<V1NetworkPolicySpec>> Openings => new()
    {
        { "for everybody", policy => policy.Egress[0].To = null },
        { "for every port", policy => policy.Egress[0].Ports = null },
        { "every namespace", policy => policy.Egress[0].To[0] = new() { NamespaceSelector = new() } },
        { "private addresses", policy => policy.Egress[0].To[0].IpBlock.Except = ["10.0.0.0/8"] },
        { "more than port 443", policy => policy.Egress[0].Ports[0].Port = "80" },
        { "lets orchestrator out", policy => policy.PodSelector = new() { MatchLabels = new Dictionary<string, string> { ["app.kubernetes.io/name"] = "orchestrator" } } },
        { "selects no pod", policy => policy.PodSelector = new() { MatchLabels = new Dictionary<string, string> { ["app.kubernetes.io/name"] = "nobody" } } },
    };

    [Theory]
    [MemberData(nameof(Openings), DisableDiscoveryEnumeration = true)]
    public async Task The_policy_names_what_opens_the_network(string said, Action<V1NetworkPolicySpec> spoil)
    {
        var cluster = await Cluster.RenderAsync("cpu");
        spoil(cluster.Of<V1NetworkPolicy>().Single(policy => policy.Metadata.Name == "provider").Spec);
        Assert.Contains(Policy.Faults(cluster), fault => fault.Contains(said, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_policy_names_what_is_missing()
    {
        var cluster = await Cluster.RenderAsync("dev");
        Assert.Contains("nothing denies what no policy allows", Policy.Faults(cluster.Without(item => item.Metadata.Name == "default-deny")));
        Assert.Contains("orchestrator has no service account without a token", Policy.Faults(cluster.Without(item => item is V1ServiceAccount)));
        Assert.Contains("orchestrator has no disruption budget", Policy.Faults(cluster.Without(item => item is V1PodDisruptionBudget)));
    }

    // Assert.Empty would cut the sentences short.
    private static void AssertNone(IReadOnlyList<string> faults) => Assert.True(faults.Count == 0, string.Join('\n', faults));
}
