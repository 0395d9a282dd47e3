using System.Text.RegularExpressions;
using k8s.Models;

namespace Ipo.IntegrationTests.Deploy;

/// <summary>What every manifest has to keep to, whoever writes the next one.</summary>
internal static partial class Policy
{
    private static readonly string[] PrivateRanges = ["10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"];

    /// <summary>What breaks it, a sentence each.</summary>
    public static IReadOnlyList<string> Faults(Cluster cluster) =>
        [.. cluster.Deployments.SelectMany(deployment => OfPods(cluster, deployment)), .. OfNetwork(cluster), .. OfReferences(cluster), .. OfRights(cluster), .. OfNamespace(cluster)];

    private static IEnumerable<string> OfPods(Cluster cluster, V1Deployment deployment)
    {
        var name = deployment.Metadata.Name;
        var pod = deployment.Spec.Template.Spec;
        if (pod.AutomountServiceAccountToken != false) yield return $"{name} is given a token of the cluster";
        if (pod.ServiceAccountName is null or "default") yield return $"{name} runs as the default service account";
        if (pod.HostNetwork == true || pod.HostPID == true || pod.HostIPC == true) yield return $"{name} shares the host's namespaces";
        if (pod.SecurityContext is not { RunAsNonRoot: true, RunAsUser: > 0 and not 0 }) yield return $"{name} may run as root";
        if (pod.SecurityContext?.SeccompProfile?.Type != "RuntimeDefault") yield return $"{name} has no seccomp profile";
        foreach (var volume in pod.Volumes ?? [])
        {
            if (volume.HostPath is not null) yield return $"{name} mounts a path of the host: {volume.Name}";
            if (volume.EmptyDir is { SizeLimit: null }) yield return $"{name}'s volume {volume.Name} has no size limit";
        }
        if (!cluster.Of<V1PodDisruptionBudget>().Any(budget => Selects(budget.Spec.Selector, deployment)) && IsOurs(deployment))
            yield return $"{name} has no disruption budget";

        foreach (var container in pod.Containers.Concat(pod.InitContainers ?? []))
        {
            var who = $"{name}/{container.Name}";
            if (container.SecurityContext is not { ReadOnlyRootFilesystem: true }) yield return $"{who} may write to its root file system";
            if (container.SecurityContext is not { AllowPrivilegeEscalation: false }) yield return $"{who} may gain privileges";
            if (container.SecurityContext?.Privileged == true) yield return $"{who} is privileged";
            if (container.SecurityContext?.Capabilities is not { Drop: ["ALL"], Add: null or [] }) yield return $"{who} keeps capabilities";
            foreach (var resource in (string[])["cpu", "memory"])
            {
                if (container.Resources?.Limits?.ContainsKey(resource) != true) yield return $"{who} has no limit of {resource}";
                if (container.Resources?.Requests?.ContainsKey(resource) != true) yield return $"{who} requests no {resource}";
            }
            if (!Pinned().IsMatch(container.Image) || container.Image.EndsWith(":latest", StringComparison.Ordinal)) yield return $"{who}'s image {container.Image} names no version";
            foreach (var variable in container.Env ?? [])
                if (SecretName().IsMatch(variable.Name) && variable.ValueFrom?.SecretKeyRef is null) yield return $"{who} has {variable.Name} in plain text";
        }
        foreach (var container in pod.Containers)
        {
            if (container.StartupProbe is null || container.ReadinessProbe is null || container.LivenessProbe is null) yield return $"{name}/{container.Name} lacks a probe";
            if (!IsOurs(deployment)) continue;
            foreach (var fault in OfTls(pod, container)) yield return $"{name}/{container.Name} {fault}";
            if (container.Lifecycle?.PreStop?.Sleep is not { Seconds: >= 10 and var pause }) yield return $"{name}/{container.Name} does not wait for its callers before it stops";
            else if (pod.TerminationGracePeriodSeconds <= pause + 30 - 1) yield return $"{name} has no time to stop after its pause";
        }
    }

    /// <summary>Where a service finds its certificate; null if it has none.</summary>
    public static string? TlsFolder(V1Container container) =>
        (container.Env ?? []).FirstOrDefault(variable => variable.Name == "IPO_TLS")?.Value is { } folder && folder.StartsWith('/') ? folder : null;

    private static IEnumerable<string> OfTls(V1PodSpec pod, V1Container container)
    {
        var folder = TlsFolder(container);
        foreach (var probe in (V1Probe?[])[container.StartupProbe, container.ReadinessProbe, container.LivenessProbe])
            if (probe?.HttpGet is { } asked && (asked.Scheme == "HTTPS") != (folder is not null))
                yield return $"is probed over {asked.Scheme ?? "HTTP"} and speaks {(folder is null ? "HTTP" : "HTTPS")}";
        if (folder is null) yield break;
        if ((container.Env ?? []).Any(variable => variable.Name == "IPO_INSECURE")) yield return "has TLS and may go without";
        var mount = (container.VolumeMounts ?? []).FirstOrDefault(mount => mount.MountPath == folder);
        if (mount is not { ReadOnlyProperty: true } || (pod.Volumes ?? []).FirstOrDefault(volume => volume.Name == mount.Name)?.Secret?.SecretName is null)
            yield return $"has no secret at {folder}, read only";
    }

    private static IEnumerable<string> OfNetwork(Cluster cluster)
    {
        var policies = cluster.Of<V1NetworkPolicy>().ToList();
        if (!policies.Any(policy => IsEmpty(policy.Spec.PodSelector) && policy.Spec is { Ingress: null or [], Egress: null or [] }
            && policy.Spec.PolicyTypes.Order(StringComparer.Ordinal).SequenceEqual(["Egress", "Ingress"])))
            yield return "nothing denies what no policy allows";
        foreach (var policy in policies)
        {
            var name = policy.Metadata.Name;
            var rules = (policy.Spec.Ingress ?? []).Select(rule => (Peers: rule.FromProperty, rule.Ports))
                .Concat((policy.Spec.Egress ?? []).Select(rule => (Peers: rule.To, rule.Ports)));
            foreach (var (peers, ports) in rules)
            {
                if (peers is null or []) yield return $"the policy {name} has a rule for everybody";
                if (ports is null or []) yield return $"the policy {name} has a rule for every port";
                foreach (var peer in peers ?? [])
                {
                    if (peer.NamespaceSelector is { } spaces && IsEmpty(spaces)) yield return $"the policy {name} has a rule for every namespace";
                    if (peer.IpBlock is not { } block || !IsWide(block.Cidr)) continue;
                    if (PrivateRanges.Except(block.Except ?? []).Any()) yield return $"the policy {name} opens private addresses";
                    if (ports is not [{ Port.Value: "443" }]) yield return $"the policy {name} opens more than port 443 of the internet";
                }
            }
            if (!(policy.Spec.Egress ?? []).Any(rule => (rule.To ?? []).Any(peer => peer.IpBlock is { } block && IsWide(block.Cidr)))) continue;
            foreach (var deployment in cluster.Deployments.Where(deployment => Selects(policy.Spec.PodSelector, deployment) && !AsksTheInternet(deployment)))
                yield return $"the policy {name} lets {deployment.Metadata.Name} out, which asks nobody there";
        }
    }

    private static IEnumerable<string> OfReferences(Cluster cluster)
    {
        var selectors = cluster.Of<V1Service>().Select(service => (service.Kind, service.Metadata.Name, Selector: new V1LabelSelector { MatchLabels = service.Spec.Selector }))
            .Concat(cluster.Of<V1PodDisruptionBudget>().Select(budget => (budget.Kind, budget.Metadata.Name, budget.Spec.Selector)))
            .Concat(cluster.Of<V1NetworkPolicy>().Select(policy => (policy.Kind, policy.Metadata.Name, Selector: policy.Spec.PodSelector)));
        foreach (var (kind, name, selector) in selectors)
            if (!IsEmpty(selector) && name != "client" && !cluster.Deployments.Any(deployment => Selects(selector, deployment)))
                yield return $"the {kind} {name} selects no pod";
        foreach (var scaler in cluster.Of<V2HorizontalPodAutoscaler>())
            if (cluster.Deployments.FirstOrDefault(deployment => deployment.Metadata.Name == scaler.Spec.ScaleTargetRef.Name) is not { Spec.Replicas: null })
                yield return $"{scaler.Metadata.Name} scales a Deployment that is missing or has a number of its own";
        var maps = cluster.Of<V1ConfigMap>().ToDictionary(map => map.Metadata.Name, map => map.Data);
        foreach (var variable in cluster.Deployments.SelectMany(deployment => Containers(deployment)).SelectMany(container => container.Env ?? []))
            if (variable.ValueFrom?.ConfigMapKeyRef is { } key && !(maps.TryGetValue(key.Name, out var map) && map.ContainsKey(key.Key)))
                yield return $"{variable.Name} refers to {key.Key} of the ConfigMap {key.Name}, which is not there";
        var accounts = cluster.Of<V1ServiceAccount>().ToDictionary(account => account.Metadata.Name);
        foreach (var deployment in cluster.Deployments)
            if (!accounts.TryGetValue(deployment.Spec.Template.Spec.ServiceAccountName ?? "", out var account) || account.AutomountServiceAccountToken != false)
                yield return $"{deployment.Metadata.Name} has no service account without a token";
    }

    private static IEnumerable<string> OfRights(Cluster cluster) => cluster.Objects
        .Where(item => item is V1Role or V1ClusterRole or V1RoleBinding or V1ClusterRoleBinding or V1Secret)
        .Select(item => $"the {item.Kind} {item.Metadata.Name} does not belong here");

    // What has none goes to the namespace that the person who applies it happens to be in.
    private static IEnumerable<string> OfNamespace(Cluster cluster) => cluster.Objects
        .Where(item => item is not V1Namespace && item.Metadata.NamespaceProperty != "ipo")
        .Select(item => $"the {item.Kind} {item.Metadata.Name} is not in the namespace ipo");

    public static bool IsOurs(V1Deployment deployment) => deployment.Spec.Template.Spec.Containers[0].Image.Contains("ipo/", StringComparison.Ordinal);

    /// <summary>Whether a selector takes a Deployment's pods.</summary>
    public static bool Selects(V1LabelSelector selector, V1Deployment deployment)
    {
        var labels = deployment.Spec.Template.Metadata.Labels;
        return (selector.MatchLabels ?? new Dictionary<string, string>()).All(label => labels.TryGetValue(label.Key, out var value) && value == label.Value)
            && (selector.MatchExpressions ?? []).All(term => term.OperatorProperty == "In" && labels.TryGetValue(term.Key, out var value) && term.Values.Contains(value));
    }

    private static IEnumerable<V1Container> Containers(V1Deployment deployment) =>
        deployment.Spec.Template.Spec.Containers.Concat(deployment.Spec.Template.Spec.InitContainers ?? []);

    private static bool AsksTheInternet(V1Deployment deployment) => Containers(deployment).SelectMany(container => container.Env ?? [])
        .Any(variable => variable.Name == "HF_ENDPOINT" || variable.Name.EndsWith("__OpenAI__Endpoint", StringComparison.Ordinal));

    private static bool IsEmpty(V1LabelSelector? selector) => selector is null or { MatchLabels: null or { Count: 0 }, MatchExpressions: null or [] };

    private static bool IsWide(string cidr) => !cidr.EndsWith("/32", StringComparison.Ordinal) && !cidr.EndsWith("/128", StringComparison.Ordinal);

    [GeneratedRegex(@"(:[\w][\w.-]*|@sha256:[0-9a-f]{64})$")]
    private static partial Regex Pinned();

    [GeneratedRegex("key$|token$|password|secret", RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();
}
