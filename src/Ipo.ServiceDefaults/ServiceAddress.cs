using Grpc.Net.Client.Balancer;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Ipo.ServiceDefaults;

/// <summary>Where one service is, read from <c>services:NAME:grpc:N</c> when the first client needs it.</summary>
internal sealed class ServiceAddress
{
    /// <summary>What a channel is opened with: the one address itself, or a name that a resolver turns into the
    /// replicas.</summary>
    public Uri? Target { get; private set; }

    public bool Secure { get; private set; }

    /// <summary>Why the configuration gives no address, or null.</summary>
    public string? Fault { get; private set; }

    public static string Rule(string service) =>
        $"services:{service}:grpc:0 (variable services__{service}__grpc__0) must be an address of the form http://host:port or "
            + "https://host:port, further ones of the same kind follow as :1, :2; or the one entry is dns:///host:port.";

    public static ServiceAddress Of(IServiceProvider provider, string service) =>
        provider.GetRequiredService<IOptionsMonitor<ServiceAddress>>().Get(service);

    public static IReadOnlyList<Uri?> Entries(IConfiguration configuration, string service) =>
        [.. configuration.GetSection($"services:{service}:grpc").GetChildren()
            .Select(entry => Uri.TryCreate(entry.Value, UriKind.Absolute, out var uri) ? uri : null)];

    public void Read(IConfiguration configuration, string service)
    {
        var entries = Entries(configuration, service);
        var one = entries.Count == 1 ? entries[0] : null;
        var kinds = entries.Select(entry => entry?.Scheme).Distinct().ToList();
        if (one?.Scheme == "dns") (Target, Secure) = (one, TlsSetting.Folder(configuration) is not null);
        else if (kinds is ["http" or "https"])
            (Target, Secure) = (one ?? new Uri($"{ConfiguredAddresses.Scheme}:///{service}"), kinds[0] == Uri.UriSchemeHttps);
        else Fault = Rule(service);
    }
}

/// <summary>Resolves <c>configured:///NAME</c> to all addresses of a service in configuration.</summary>
internal sealed class ConfiguredAddresses(IConfiguration configuration) : ResolverFactory
{
    public const string Scheme = "configured";

    public override string Name => Scheme;

    public override Resolver Create(ResolverOptions options)
    {
        var service = options.Address.AbsolutePath.TrimStart('/');
        return new Fixed(
            [.. ServiceAddress.Entries(configuration, service).OfType<Uri>()
                .Select(address => new BalancerAddress(address.Host, address.Port))]);
    }

    private sealed class Fixed(IReadOnlyList<BalancerAddress> addresses) : Resolver
    {
        public override void Start(Action<ResolverResult> listener) => listener(ResolverResult.ForResult(addresses));
    }
}
