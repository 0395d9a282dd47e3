using System.Text.Json;
using System.Text.RegularExpressions;
using k8s.Models;

namespace Ipo.IntegrationTests.Deploy;

/// <summary>Whether the AppHost and an overlay describe one system. The AppHost's half is its published manifest, with the paths by which
/// it asks for health, which a manifest leaves out.</summary>
internal sealed partial class Composition(JsonDocument manifest, IReadOnlyDictionary<string, string> healthPaths)
{
    private static readonly string SettingsPage = File.ReadAllText(Path.Combine(Tests.Shared.Repository, "docs", "settings.md"));

    /// <summary>The embedded Redis stands in a cluster for the connection string that the manifest asks for.</summary>
    private const string Redis = "redis";

    private Dictionary<string, JsonElement> Resources { get; } =
        manifest.RootElement.GetProperty("resources").EnumerateObject().ToDictionary(resource => resource.Name, resource => resource.Value);

    private IEnumerable<string> Services => Resources.Where(resource => resource.Value.GetProperty("type").GetString()!.StartsWith("project.", StringComparison.Ordinal))
        .Select(resource => resource.Key);

    /// <summary>Where an overlay differs, a sentence each.</summary>
    public IReadOnlyList<string> Differences(Cluster cluster)
    {
        var deployed = cluster.Deployments.Where(Policy.IsOurs).Select(deployment => deployment.Metadata.Name).ToList();
        return
        [
            .. Services.Except(deployed).Select(service => $"{service} is in the AppHost and has no Deployment"),
            .. deployed.Where(service => !Resources.ContainsKey(service)).Select(service => $"{service} has a Deployment and is not in the AppHost"),
            .. Services.Intersect(deployed).SelectMany(service => Ports(cluster, service).Concat(Variables(cluster, service)).Concat(Health(cluster, service))),
            .. Arrows(cluster), .. Openings(cluster),
        ];
    }

    private IEnumerable<string> Ports(Cluster cluster, string service)
    {
        var bindings = Resources[service].GetProperty("bindings").EnumerateObject().ToDictionary(binding => binding.Name, binding => binding.Value);
        var container = Container(cluster, service);
        var names = container.Ports.Select(port => port.Name).ToList();
        foreach (var missing in bindings.Keys.Except(names)) yield return $"{service} has no port {missing}";
        foreach (var more in names.Except(bindings.Keys)) yield return $"{service} has a port {more} that is not in the AppHost";
        var offered = cluster.Of<V1Service>().FirstOrDefault(one => one.Metadata.Name == service);
        if (offered is null || !Policy.Selects(new() { MatchLabels = offered.Spec.Selector }, cluster.Deployment(service)))
        {
            yield return $"{service} has no Service";
            yield break;
        }
        foreach (var (name, binding) in bindings)
        {
            var port = offered.Spec.Ports.FirstOrDefault(port => port.Name == name);
            if (port?.TargetPort?.Value != name) yield return $"the Service {service} does not lead to its port {name}";
            var speaksHttp2 = binding.GetProperty("transport").GetString() == "http2";
            var isPlain = binding.GetProperty("scheme").GetString() == "tcp"; // Redis' protocol, and what orchestrators say to each other
            var (spoken, words) = Policy.TlsFolder(container) is not null && !isPlain ? ("https", "TLS")
                : speaksHttp2 ? ("kubernetes.io/h2c", "HTTP/2") : (null, "not HTTP/2");
            if (port?.AppProtocol != spoken) yield return $"the Service {service}'s port {name} is {words}";
            // Without a virtual address a Service cannot translate ports.
            if (port?.Port != container.Ports.FirstOrDefault(port => port.Name == name)?.ContainerPort) yield return $"the Service {service}'s port {name} has another number";
        }
    }

    private IEnumerable<string> Variables(Cluster cluster, string service)
    {
        var here = Container(cluster, service).Env.ToDictionary(variable => variable.Name);
        var there = Environment(service);
        foreach (var (name, value) in there)
        {
            var reference = Reference().Match(value);
            if (IsAspires(name, reference) || IsMendedByTls(cluster, service, name)) continue;
            if (!here.TryGetValue(name, out var variable)) yield return $"{service} has no variable {name}";
            else if (Difference(cluster, service, variable, value, reference) is { } difference) yield return $"{service}'s {name} {difference}";
        }
        foreach (var name in here.Keys.Except(there.Keys))
            if (name.StartsWith("services__", StringComparison.Ordinal) || name.StartsWith("ConnectionStrings__", StringComparison.Ordinal) || !IsSetting(name))
                yield return $"{service} has the variable {name}, which is neither in the AppHost nor a setting";
    }

    private static string? Difference(Cluster cluster, string service, V1EnvVar variable, string value, Match reference)
    {
        var (to, what) = (reference.Groups["resource"].Value, reference.Groups["endpoint"].Value);
        switch (reference.Groups["part"].Value)
        {
            case "targetPort":
                var port = Container(cluster, service).Ports.FirstOrDefault(port => port.Name == what)?.ContainerPort.ToString(System.Globalization.CultureInfo.InvariantCulture);
                return variable.Value == port ? null : $"is {variable.Value}, and its port {what} is {port}";
            case "url":
                var address = $"{to}:{PortOf(cluster, to, what)}";
                return variable.Value == $"dns:///{address}" || variable.Value == $"http://{address}" ? null : $"is {variable.Value}, and {what} of {to} is at {address}";
            case "connectionString":
                if (variable.ValueFrom?.SecretKeyRef is not null) return null;
                return variable.Value == $"{to}:{PortOf(cluster, to, to)}" ? null : $"is {variable.Value}, where no {to} is";
            case "value":
                return variable.ValueFrom?.SecretKeyRef is null ? "is no secret" : null;
            default:
                return variable.ValueFrom?.ConfigMapKeyRef is not null || variable.Value == value ? null : $"is {variable.Value} and not {value}";
        }
    }

    private IEnumerable<string> Health(Cluster cluster, string service)
    {
        var container = Container(cluster, service);
        foreach (var (probe, path) in ((V1Probe?, string)[])[(container.StartupProbe, healthPaths[service]), (container.ReadinessProbe, healthPaths[service]), (container.LivenessProbe, "/health/live")])
            if (probe?.HttpGet is not { } asked || asked.Path != path || asked.Port.Value != "http")
                yield return $"{service} is asked for health at {probe?.HttpGet?.Path} of {probe?.HttpGet?.Port.Value}, and not at {path} of http";
    }

    // Who may call whom is who is told where whom is.
    private IEnumerable<string> Arrows(Cluster cluster)
    {
        var ours = cluster.Deployments.Where(Policy.IsOurs).ToList();
        var wanted = Services.SelectMany(from => Environment(from).Values.Select(value => Reference().Match(value))
                .Where(reference => reference.Groups["part"].Value is "url" or "connectionString" && reference.Groups["endpoint"].Value != "http")
                .Select(reference => (From: from, To: reference.Groups["resource"].Value)))
            .Where(arrow => ours.Any(deployment => deployment.Metadata.Name == arrow.To)).ToHashSet();
        foreach (var from in ours)
            foreach (var to in ours.Where(to => to != from))
            {
                var arrow = (From: from.Metadata.Name, To: to.Metadata.Name);
                var (leaves, arrives) = (MayLeave(cluster, from, to), MayArrive(cluster, from, to));
                if (wanted.Contains(arrow) && !leaves) yield return $"no policy lets {arrow.From} call {arrow.To}";
                if (wanted.Contains(arrow) && !arrives) yield return $"no policy lets {arrow.To} be called by {arrow.From}";
                if (!wanted.Contains(arrow) && (leaves || arrives)) yield return $"a policy lets {arrow.From} call {arrow.To}, which it does not";
            }
    }

    private IEnumerable<string> Openings(Cluster cluster) => cluster.Of<V1Ingress>()
        .SelectMany(ingress => ingress.Spec.Rules).SelectMany(rule => rule.Http.Paths).Select(path => path.Backend.Service)
        .Where(backend => !(Resources.TryGetValue(backend.Name, out var resource) && resource.GetProperty("bindings").TryGetProperty(backend.Port.Name, out var binding)
            && binding.TryGetProperty("external", out var external) && external.GetBoolean()))
        .Select(backend => $"{backend.Name} is opened to the outside, and the AppHost keeps it inside");

    private static bool MayLeave(Cluster cluster, V1Deployment from, V1Deployment to) => cluster.Of<V1NetworkPolicy>()
        .Where(policy => Policy.Selects(policy.Spec.PodSelector, from)).SelectMany(policy => policy.Spec.Egress ?? [])
        .Any(rule => Takes(rule.To, to) && (rule.Ports ?? []).Any(port => IsServing(to, port)));

    private static bool MayArrive(Cluster cluster, V1Deployment from, V1Deployment to) => cluster.Of<V1NetworkPolicy>()
        .Where(policy => Policy.Selects(policy.Spec.PodSelector, to)).SelectMany(policy => policy.Spec.Ingress ?? [])
        .Any(rule => Takes(rule.FromProperty, from) && (rule.Ports ?? []).Any(port => IsServing(to, port)));

    private static bool Takes(IList<V1NetworkPolicyPeer>? peers, V1Deployment deployment) =>
        (peers ?? []).Any(peer => peer is { NamespaceSelector: null, PodSelector: { } pods } && Policy.Selects(pods, deployment));

    private static bool IsServing(V1Deployment to, V1NetworkPolicyPort port) => to.Spec.Template.Spec.Containers[0].Ports
        .Any(open => open.Name is "grpc" or Redis && open.ContainerPort.ToString(System.Globalization.CultureInfo.InvariantCulture) == port.Port.Value);

    // Aspire gives every project these two, and tells a caller every endpoint in several ways; our services read services__NAME__grpc__N.
    private static bool IsAspires(string name, Match reference) => name is "OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY" or "ASPNETCORE_FORWARDEDHEADERS_ENABLED"
        || (reference.Groups["endpoint"].Value is { Length: > 0 } && reference.Groups["part"].Value != "targetPort" && !GrpcAddress().IsMatch(name));

    // A cluster may have certificates where the AppHost's manifest leaves TLS to whoever deploys it.
    private static bool IsMendedByTls(Cluster cluster, string service, string name) =>
        name is "IPO_INSECURE" or "IPO_TLS" && Policy.TlsFolder(Container(cluster, service)) is not null;

    private static bool IsSetting(string name) => name is "POD_NAME" or "OTEL_RESOURCE_ATTRIBUTES" || SettingsPage.Contains($"`{name}`", StringComparison.Ordinal)
        || SettingsPage.Contains($"`{Number().Replace(name, "__0").Replace("__", ":", StringComparison.Ordinal)}`", StringComparison.Ordinal);

    private static V1Container Container(Cluster cluster, string service) => cluster.Deployment(service).Spec.Template.Spec.Containers[0];

    private static int? PortOf(Cluster cluster, string service, string name) =>
        cluster.Of<V1Service>().FirstOrDefault(one => one.Metadata.Name == service)?.Spec.Ports.FirstOrDefault(port => port.Name == name)?.Port;

    private Dictionary<string, string> Environment(string service) =>
        Resources[service].GetProperty("env").EnumerateObject().ToDictionary(variable => variable.Name, variable => variable.Value.GetString()!);

    [GeneratedRegex(@"^\{(?<resource>[a-z-]+)\.(bindings\.(?<endpoint>[a-z]+)\.)?(?<part>targetPort|url|connectionString|value)\}$", RegexOptions.ExplicitCapture)]
    private static partial Regex Reference();

    [GeneratedRegex("^services__[a-z-]+__grpc__[0-9]+$")]
    private static partial Regex GrpcAddress();

    [GeneratedRegex("__[0-9]+$")]
    private static partial Regex Number();
}
