using System.Globalization;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>One endpoint of a resource: what it is called and which port each replica gets.</summary>
internal sealed class EndpointAnnotation(string name, string scheme, int? port, string? env)
{
    private int[] _ports = [];

    public string Name { get; } = name;
    public string Scheme { get; } = scheme;

    /// <summary>A port asked for; null takes any free one.</summary>
    public int? Port { get; } = port;

    /// <summary>The variable that tells the process its port.</summary>
    public string? Variable { get; } = env;

    public int Replicas => _ports.Length;

    public void Assign(int[] ports) => _ports = ports;

    public int PortOf(int replica) => replica < _ports.Length
        ? _ports[replica]
        : throw new InvalidOperationException($"Endpoint '{Name}' is read before ports are assigned.");

    public string UrlOf(int replica) => string.Create(CultureInfo.InvariantCulture, $"{Scheme}://127.0.0.1:{PortOf(replica)}");
}

/// <summary>Names an endpoint of another resource. With replicas its value is the first one's; <c>WithReference</c> gives all.</summary>
public sealed class EndpointReference : IValueProvider
{
    private readonly ProcessResource _owner;

    internal EndpointReference(ProcessResource owner, string name) => (_owner, EndpointName) = (owner, name);

    public string EndpointName { get; }

    public IResource Resource => _owner;

    /// <summary>The address of the first replica, such as <c>http://127.0.0.1:21013</c>.</summary>
    public string Url => Endpoint.UrlOf(0);

    internal ProcessResource Owner => _owner;

    internal EndpointAnnotation Endpoint => _owner.Endpoints.Find(endpoint => endpoint.Name == EndpointName)
        ?? throw new DistributedApplicationException($"Resource '{_owner.Name}' has no endpoint '{EndpointName}'; it has: {string.Join(", ", _owner.Endpoints.Select(endpoint => endpoint.Name))}.");

    /// <summary>A part of the address, for use in a <see cref="ReferenceExpression"/>.</summary>
    public EndpointReferenceExpression Property(EndpointProperty property) => new(this, property);

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult<string?>(Url);
}

/// <summary>The parts of an endpoint's address.</summary>
public enum EndpointProperty { Url, Host, IPV4Host, Port, Scheme, TargetPort, HostAndPort }

/// <summary>One part of an endpoint's address.</summary>
public sealed class EndpointReferenceExpression(EndpointReference endpoint, EndpointProperty property) : IValueProvider
{
    internal EndpointReference Endpoint => endpoint;

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default)
    {
        var address = new Uri(endpoint.Url);
        return ValueTask.FromResult<string?>(property switch
        {
            EndpointProperty.Url => endpoint.Url,
            EndpointProperty.Host or EndpointProperty.IPV4Host => address.Host,
            EndpointProperty.Port or EndpointProperty.TargetPort => address.Port.ToString(CultureInfo.InvariantCulture),
            EndpointProperty.Scheme => address.Scheme,
            EndpointProperty.HostAndPort => address.Authority,
            _ => throw new DistributedApplicationException($"'{property}' is not a part of an endpoint's address."),
        });
    }
}
