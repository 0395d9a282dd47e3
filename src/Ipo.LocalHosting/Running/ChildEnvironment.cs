using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Ipo.LocalHosting.Running;

/// <summary>The environment variables of one replica, by Aspire's conventions.</summary>
internal static class ChildEnvironment
{
    /// <summary>What the replica gets in addition to what it inherits.</summary>
    /// <exception cref="DistributedApplicationException">A parameter or connection string it uses has no value.</exception>
    public static async Task<Dictionary<string, string>> Of(ProcessResource resource, int replica, string telemetryAddress)
    {
        var variables = new Dictionary<string, string>
        {
            ["OTEL_SERVICE_NAME"] = resource.Name,
            ["OTEL_RESOURCE_ATTRIBUTES"] = $"service.instance.id={resource.Name}-{replica}",
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = telemetryAddress,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc",
            // The exporter's own pace (5 s for spans, 60 s for metrics) is made for far collectors; somebody is watching this one.
            ["OTEL_BSP_SCHEDULE_DELAY"] = "1000",
            ["OTEL_BLRP_SCHEDULE_DELAY"] = "1000",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "2000",
            ["IPO_STOP_WHEN_STDIN_CLOSES"] = "1",
        };
        // A proxy set for the outside world must not come between processes of this machine: the exporters of telemetry would ask it.
        var direct = Environment.GetEnvironmentVariable("NO_PROXY") ?? Environment.GetEnvironmentVariable("no_proxy");
        variables["NO_PROXY"] = variables["no_proxy"] = string.IsNullOrEmpty(direct) ? "127.0.0.1,localhost" : $"{direct},127.0.0.1,localhost";
        foreach (var endpoint in resource.Endpoints)
            if (endpoint.Variable is { } name) variables[name] = endpoint.PortOf(replica).ToString(CultureInfo.InvariantCulture);
        foreach (var (name, value) in resource.Environment)
        {
            if (value is ServiceReference service)
                foreach (var (variable, address) in Addresses(service)) variables[variable] = address;
            else if (await Text(value) is { } text)
                variables[name] = text;
        }
        return variables;
    }

    /// <summary>The resource's own arguments as text.</summary>
    public static async Task<IReadOnlyList<string>> Arguments(ProcessResource resource)
    {
        var arguments = new List<string>();
        foreach (var argument in resource.Arguments)
            if (await Text(argument) is { } text) arguments.Add(text);
        return arguments;
    }

    /// <summary>What of our own environment a child does not get: the variables that steer this host, and any that holds a secret
    /// parameter's value. A secret reaches the resources it is given to, and no other.</summary>
    public static bool IsKept(string name, string? value, IReadOnlySet<string> secrets) =>
        !Prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
        && !Names.Contains(name)
        && (value is null || !secrets.Contains(value));

    private static readonly string[] Prefixes = ["ASPIRE_", "DOTNET_DASHBOARD_", "DOTNET_RESOURCE_SERVICE_", "Parameters__", "OTEL_"];

    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        "ASPNETCORE_URLS", "ASPNETCORE_HTTP_PORTS", "ASPNETCORE_HTTPS_PORTS", "DOTNET_LAUNCH_PROFILE",
    };

    private static IEnumerable<(string Variable, string Address)> Addresses(ServiceReference service) =>
        from endpoint in service.Owner.Endpoints
        where service.EndpointName is null || endpoint.Name == service.EndpointName
        from replica in Enumerable.Range(0, endpoint.Replicas)
        select (string.Create(CultureInfo.InvariantCulture, $"services__{service.Owner.Name}__{endpoint.Name}__{replica}"), endpoint.UrlOf(replica));

    private static async ValueTask<string?> Text(object value) => value switch
    {
        IValueProvider provider => await provider.GetValueAsync(),
        IResourceBuilder<ParameterResource> parameter => await parameter.Resource.GetValueAsync(),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };
}
